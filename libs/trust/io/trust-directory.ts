// Long because it is the one door to the federation that a node has; each question to it is one short method.
import type { Clock, Network } from '#protocol';
import { BackgroundRounds } from '#protocol/io';
import { TrustError, type PinnedAnchor, type VerifiedAnchor, type VerifiedChain } from '../src/index.js';
import { AgencyViews, type AgencyView } from './agency-views.js';
import { collectFederation, failedRound, type Collection, type CollectionReport } from './collect-federation.js';
import { CLIENT_LIMITS, FederationClient } from './federation-client.js';
import { FederationRegister, type CollectedEntity } from './federation-register.js';
import { publishedLedger, publishedWitnessKeys, type PublishedLedger } from './published-logs.js';
import { FollowedFeeds, type FeedPositionsStore } from './followed-feeds.js';
import { formerMember, type FormerMember, type MemberArchive } from './member-archive.js';
import { RefusedMarks, type RefusedMark } from './refused-marks.js';
import type { RefusedMarksStore } from './refused-marks.store.js';
import { SeenStatements, type SeenStatementsStore } from './seen-statements.js';
import { StatusLists, type StatusIssuer } from './status-lists.js';
import { unknownEntity } from './unknown-entity.js';
import { VerifiedMemory } from './verified-memory.js';

export interface TrustDirectoryOptions {
  /** Pinned out of band. */
  readonly anchors: readonly PinnedAnchor[];
  readonly network: Network;
  readonly clock: Clock;
  /** What was seen before this process started. */
  readonly seen: SeenStatementsStore;
  /** How far the events of each authority were followed. */
  readonly feeds: FeedPositionsStore;
  /** Chains of members, for when they have left. */
  readonly archive: MemberArchive;
  /** Marks that were not believed, and attestors in quarantine. */
  readonly refused: RefusedMarksStore;
  /** Between two rounds in the background; 20 when absent. */
  readonly refreshSeconds?: number;
  /** Called after each round in the background, with what failed in it. */
  readonly onRefresh?: (report: CollectionReport) => void;
  /** Called once a day for each mark that is shown and not believed (T06, T08). */
  readonly onRefusedMark?: (refused: RefusedMark) => void;
}

const COLLECTION_LIMITS = { maxDepth: 2, maxPerRound: 1_000, concurrency: 8, maxRoundMs: 15_000 };
const DEFAULT_REFRESH_SECONDS = 20;
/** While no anchor answers there is nothing to go on, and one that starts up is soon there. */
const RETRY_SECONDS = 1;
/** Between two looks at the status lists: a list that was just missed is found long before it is 40 s old. */
const STATUS_SECONDS = 5;

// Long because every question to the federation is asked here, each in a line or two.
/**
 * The federation as one node sees it, from its own pinned anchors: refreshed in the background, never because a request
 * said so. All lookups answer from memory, and only with what is in force at this moment.
 */
export class TrustDirectory {
  readonly #collection: Collection;
  readonly #register = new FederationRegister();
  readonly #views: AgencyViews;
  readonly #clock: Clock;
  readonly #feeds: FollowedFeeds;
  /** Of every authority that this node holds: what still holds of what they stated. */
  readonly statuses: StatusLists;
  /** What was shown and not believed, and whom this node does not believe for a while. */
  readonly refusedMarks: RefusedMarks;
  #running: Promise<CollectionReport> | undefined;
  readonly #rounds = new BackgroundRounds();
  readonly #statusRounds = new BackgroundRounds();
  /** Before the first round has ended a part of the federation is missing: nothing may be decided on what is there. */
  #hasLooked = false;

  constructor(private readonly options: TrustDirectoryOptions) {
    const { anchors, network, clock, seen, feeds, archive, refused } = options;
    this.#clock = clock;
    const memory = new VerifiedMemory(anchors);
    const client = new FederationClient(network, CLIENT_LIMITS, clock);
    const issuers = () => this.#authorities();
    // A court takes back what it issued itself; it has no events, and a court that is away takes no authority along.
    this.statuses = new StatusLists({ client, clock, issuers, further: () => this.#chains().filter(isCourt) });
    this.#feeds = new FollowedFeeds({ client, clock, issuers, store: feeds });
    const statements = new SeenStatements(seen);
    const tell = (mark: RefusedMark) => options.onRefusedMark?.(mark);
    this.refusedMarks = new RefusedMarks({ clock, seen: statements, store: refused, tell });
    const held = {
      anchors,
      clock,
      register: this.#register,
      memory,
      seen: statements,
      refusedMarks: this.refusedMarks,
    };
    this.#views = new AgencyViews({ ...held, statuses: this.statuses });
    this.#collection = { ...held, archive, client, limits: COLLECTION_LIMITS };
  }

  /**
   * One round now; callers at the same time share it. What could not be collected is in the report, not thrown.
   *
   * @throws where what was seen before cannot be read
   */
  refresh(): Promise<CollectionReport> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Refreshes in the background until `stop`. */
  start(): void {
    const { refreshSeconds = DEFAULT_REFRESH_SECONDS, onRefresh } = this.options;
    this.#statusRounds.start(this.#clock, async () => {
      const failures = await this.statuses.refresh();
      if (failures.length > 0) onRefresh?.({ collected: 0, postponed: 0, failures });
      return STATUS_SECONDS * 1_000;
    });
    this.#rounds.start(this.#clock, async () => {
      const report = await this.refresh().catch(failedRound);
      onRefresh?.(report);
      const now = this.#clock.now();
      const hasAnchor = this.options.anchors.some(({ entityId }) => this.#register.anchor(entityId, now));
      return (hasAnchor ? refreshSeconds : Math.min(refreshSeconds, RETRY_SECONDS)) * 1_000;
    });
  }

  stop(): void {
    this.#statusRounds.stop();
    this.#rounds.stop();
  }

  /** @throws TrustError `entity_unknown` where nothing in force is held */
  anchor(entityId: string): VerifiedAnchor {
    const anchor = this.#register.anchor(entityId, this.#clock.now());
    if (!anchor) throw unknownEntity(entityId);
    return anchor;
  }

  /** A jurisdiction's verified chain, with the marks of its law. @throws TrustError `entity_unknown` */
  jurisdiction(entityId: string): CollectedEntity {
    const entity = this.#entity(entityId);
    if (entity.chain.entityType !== 'comity_jurisdiction') {
      throw new TrustError('entity_type_unexpected', 'not a jurisdiction', { entityId });
    }
    return entity;
  }

  /** Those whose every statement is known to hold at this moment. */
  brokers(): VerifiedChain[] {
    return this.#chains().filter((chain) => chain.entityType === 'comity_broker' && this.#stands(chain));
  }

  /** Issuers of legal process whose every statement is known to hold at this moment. */
  courts(): VerifiedChain[] {
    return this.#chains().filter((chain) => isCourt(chain) && this.#stands(chain));
  }

  /** Those held, whatever their status: who decides on one takes its `agencyView`. */
  agencies(): VerifiedChain[] {
    return this.#chains().filter(({ entityType }) => entityType === 'comity_agency');
  }

  /** Everybody held, of every type, whatever their status. */
  members(): VerifiedChain[] {
    return this.#chains();
  }

  /**
   * The chain of an agency, broker or jurisdiction as this node collected it, whatever its status: evidence of a suspended
   * party is still verified by it.
   *
   * @throws TrustError `entity_unknown`
   */
  chainFor(entityId: string): VerifiedChain {
    return this.#entity(entityId).chain;
  }

  /** Whether an authority lists the entity, also where the entity itself could not be collected. */
  lists(entityId: string): boolean {
    return !this.#hasLooked || this.#register.superiorsListing(entityId).length > 0;
  }

  /** The statements of that chain (for an anchor, its configuration alone). @throws TrustError `entity_unknown` */
  statementsFor(entityId: string): readonly string[] {
    const anchor = this.#register.anchor(entityId, this.#clock.now());
    return anchor ? [anchor.token] : this.#entity(entityId).tokens;
  }

  /**
   * A member that is held no more as this node last verified it, for its part in old transactions alone. `undefined` where it
   * was never held, or no chain of it leads to the anchors' keys of now.
   */
  formerMember(entityId: string): Promise<FormerMember | undefined> {
    return formerMember(this.options.archive, this.options.anchors, entityId);
  }

  /**
   * Verifies the chain that came with a message, and says what is attested for its agency now. The law is that of every
   * jurisdiction whose register lists the agency, whatever path the agency chose to show.
   *
   * @param chain the `trust_chain` header
   * @throws TrustError what a chain can be refused for; `older_than_seen` where newer statements were seen and are not held
   *   any more; `not_enrolled` where its superior no longer lists the agency;
   *   `entity_unknown` where this node has not collected that superior's list yet, as just after its start
   */
  async agencyView(chain: readonly string[]): Promise<AgencyView> {
    if (!this.#hasLooked) throw unknownEntity(undefined);
    return this.#views.view(chain);
  }

  /** The same for whoever may read receipts: an agency, or an auditor with the scope its superior states. @throws TrustError */
  async readerChain(chain: readonly string[]): Promise<VerifiedChain> {
    if (!this.#hasLooked) throw unknownEntity(undefined);
    return this.#views.standing(chain, ['comity_agency', 'comity_auditor']);
  }

  /**
   * An authority pushed an event: where it is new, this node looks at the status lists at once, before it answers, and at
   * everything else right after.
   *
   * @returns whether it was new
   * @throws TrustError what an event is refused for
   */
  async takeEvent(token: string): Promise<boolean> {
    const events = await this.#feeds.take(token);
    if (events.length === 0) return false;
    await Promise.all([...new Set(events.map(({ issuer }) => issuer))].map((issuer) => this.statuses.refresh(issuer)));
    void this.#lookAround();
    return true;
  }

  /** Public keys of witnesses, as anchors and jurisdictions publish them (`federation_entity.witness_vkeys`). */
  witnessKeys(): string[] {
    const now = this.#clock.now();
    const anchors = this.options.anchors.flatMap(({ entityId }) => this.#register.anchor(entityId, now) ?? []);
    return publishedWitnessKeys([...anchors, ...this.#chains().filter(isJurisdiction)]);
  }

  /** The ledgers that brokers and agencies publish (`ledger` in their metadata). */
  ledgers(): PublishedLedger[] {
    return this.#chains().flatMap(publishedLedger);
  }

  async #round(): Promise<CollectionReport> {
    const report = await collectFederation(this.#collection);
    const statuses = await this.statuses.refresh();
    const { failures } = await this.#feeds.pull();
    this.#hasLooked = true;
    return { ...report, failures: [...report.failures, ...statuses, ...failures] };
  }

  /** A round that is under way may have passed by what is new: the one after it has not. */
  async #lookAround(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      const report = await this.refresh().catch(failedRound);
      this.options.onRefresh?.(report);
    }
  }

  #stands(chain: VerifiedChain): boolean {
    try {
      this.statuses.requireChain(chain);
      return true;
    } catch (error) {
      if (error instanceof TrustError) return false;
      throw error;
    }
  }

  /** Whoever makes statements about others. */
  #authorities(): StatusIssuer[] {
    const now = this.#clock.now();
    const anchors = this.options.anchors.flatMap(({ entityId }) => this.#register.anchor(entityId, now) ?? []);
    return [...anchors, ...this.#chains().filter(isJurisdiction)];
  }

  #entity(entityId: string): CollectedEntity {
    const entity = this.#register.entity(entityId, this.#clock.now());
    if (!entity) throw unknownEntity(entityId);
    return entity;
  }

  #chains(): VerifiedChain[] {
    return this.#register.entities(this.#clock.now()).map(({ chain }) => chain);
  }
}

function isJurisdiction({ entityType }: VerifiedChain): boolean {
  return entityType === 'comity_jurisdiction';
}

function isCourt({ entityType }: VerifiedChain): boolean {
  return entityType === 'federation_entity';
}
