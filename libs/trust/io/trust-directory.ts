import type { Clock, Network } from '#protocol';
import {
  attestationsInForce,
  TrustError,
  type Attestation,
  type PinnedAnchor,
  type VerifiedAnchor,
  type VerifiedChain,
} from '../src/index.js';
import { startRounds } from './background-rounds.js';
import { collectFederation, verifyShownMarks, type Collection, type CollectionReport } from './collect-federation.js';
import { CLIENT_LIMITS, FederationClient } from './federation-client.js';
import { FederationRegister, type CollectedEntity } from './federation-register.js';
import { VerifiedMemory, type KnownIssuer } from './verified-memory.js';

export interface TrustDirectoryOptions {
  /** Pinned out of band. */
  readonly anchors: readonly PinnedAnchor[];
  readonly network: Network;
  readonly clock: Clock;
  /** Between two rounds in the background; 20 when absent. */
  readonly refreshSeconds?: number;
  /** Called after each round in the background, with what failed in it. */
  readonly onRefresh?: (report: CollectionReport) => void;
}

/** An agency as a decision sees it. */
export interface AgencyView {
  readonly chain: VerifiedChain;
  /** Every jurisdiction of the agency, by its chain and by the register; parity is tested in each. */
  readonly jurisdictions: readonly string[];
  readonly attestations: readonly Attestation[];
  /** Marks the agency shows that are not believed: not met, and to be reported (T06). */
  readonly refusedMarks: readonly TrustError[];
}

/** A ledger as its owner publishes it in its metadata. */
export interface PublishedLedger {
  readonly entityId: string;
  readonly origin: string;
  readonly vkey: string;
}

const COLLECTION_LIMITS = { maxDepth: 2, maxPerRound: 1_000, concurrency: 8, maxRoundMs: 15_000 };
const DEFAULT_REFRESH_SECONDS = 20;
/** While no anchor answers there is nothing to go on, and one that starts up is soon there. */
const RETRY_SECONDS = 1;

/**
 * The federation as one node sees it, from its own pinned anchors: refreshed in the background, never because a request
 * said so. All lookups answer from memory, and only with what is in force at this moment.
 */
export class TrustDirectory {
  readonly #collection: Collection;
  readonly #register = new FederationRegister();
  readonly #memory: VerifiedMemory;
  readonly #clock: Clock;
  #running: Promise<CollectionReport> | undefined;
  #stop: (() => void) | undefined;
  /** Before the first round has ended a part of the federation is missing: nothing may be decided on what is there. */
  #hasLooked = false;

  constructor(private readonly options: TrustDirectoryOptions) {
    const { anchors, network, clock } = options;
    this.#clock = clock;
    this.#memory = new VerifiedMemory(anchors);
    this.#collection = {
      anchors,
      clock,
      register: this.#register,
      memory: this.#memory,
      client: new FederationClient(network, CLIENT_LIMITS),
      limits: COLLECTION_LIMITS,
    };
  }

  /** One round now; callers at the same time share it. What could not be collected is in the report, not thrown. */
  refresh(): Promise<CollectionReport> {
    this.#running ??= collectFederation(this.#collection).finally(() => {
      this.#running = undefined;
      this.#hasLooked = true;
    });
    return this.#running;
  }

  /** Refreshes in the background until `stop`. */
  start(): void {
    const { refreshSeconds = DEFAULT_REFRESH_SECONDS, onRefresh } = this.options;
    this.#stop ??= startRounds(this.#clock, async () => {
      const report = await this.refresh();
      onRefresh?.(report);
      const now = this.#clock.now();
      const hasAnchor = this.options.anchors.some(({ entityId }) => this.#register.anchor(entityId, now));
      return hasAnchor ? refreshSeconds : Math.min(refreshSeconds, RETRY_SECONDS);
    });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** @throws TrustError `entity_unknown` where nothing in force is held */
  anchor(entityId: string): VerifiedAnchor {
    const anchor = this.#register.anchor(entityId, this.#clock.now());
    if (!anchor) throw unknown(entityId);
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

  brokers(): VerifiedChain[] {
    return this.#chains().filter(({ entityType }) => entityType === 'comity_broker');
  }

  agencies(): VerifiedChain[] {
    return this.#chains().filter(({ entityType }) => entityType === 'comity_agency');
  }

  /** The chain of an agency, broker or jurisdiction as this node collected it. @throws TrustError `entity_unknown` */
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
   * Verifies the chain that came with a message, and says what is attested for its agency now. The law is that of every
   * jurisdiction whose register lists the agency, whatever path the agency chose to show.
   *
   * @param chain the `trust_chain` header
   * @throws TrustError what a chain can be refused for; `not_enrolled` where its superior no longer lists the agency;
   *   `entity_unknown` where this node has not collected that superior's list yet, as just after its start
   */
  async agencyView(chain: readonly string[]): Promise<AgencyView> {
    const now = this.#clock.now();
    const verified = await this.#memory.chain(chain, now);
    const { entityId, entityType } = verified;
    if (entityType !== 'comity_agency') throw new TrustError('entity_type_unexpected', 'not an agency', { entityId });
    const superiors = this.#register.superiorsListing(entityId);
    if (!this.#hasLooked || this.#isUncollected(verified.superiors)) throw unknown(entityId);
    if (!verified.superiors[0] || !superiors.includes(verified.superiors[0])) {
      throw new TrustError('not_enrolled', 'its superior does not list it', { link: 1, entityId });
    }
    this.#refuseOtherHolder(verified, superiors);
    const anchor = this.anchor(verified.anchor);
    const jurisdictions = this.#jurisdictionsOf(verified, superiors);
    const issuerOf = (id: string): KnownIssuer | undefined =>
      id === anchor.entityId ? anchor : this.#register.entity(id, now)?.chain;
    const shown = verified.trustMarks;
    const own = await verifyShownMarks({ shown, chain: verified, anchor, memory: this.#memory, issuerOf, now });
    const attestations = attestationsInForce({
      agencyChain: verified,
      agencyMarks: own.marks,
      jurisdictions: jurisdictions.flatMap((id) => this.#register.entity(id, now) ?? []),
      at: now,
    });
    return { chain: verified, jurisdictions, attestations, refusedMarks: own.refusedMarks };
  }

  /** Whether, from the anchor down, a list is missing before one that is held leaves the next authority out. */
  #isUncollected(superiors: readonly string[]): boolean {
    for (const [index, authority] of superiors.toReversed().entries()) {
      if (!this.#register.hasListOf(authority)) return true;
      const next = superiors.at(-2 - index);
      if (next !== undefined && !this.#register.listed(authority).includes(next)) return false;
    }
    return false;
  }

  /** A jurisdiction that lists another's agency, with keys of its own choosing, would speak in that agency's name (T08). */
  #refuseOtherHolder(chain: VerifiedChain, superiors: readonly string[]): void {
    const { entityId, federationKeys } = chain;
    const now = this.#clock.now();
    for (const superior of superiors) {
      const held = this.#register.held(superior, entityId);
      if (
        held &&
        now < held.chain.expiresAt &&
        ![...held.chain.federationKeys.keys()].some((kid) => federationKeys.has(kid))
      ) {
        throw new TrustError('enrolment_conflict', 'two superiors state different keys for it', { link: 1, entityId });
      }
    }
  }

  /** Those above it in the chain it shows, those that list it, and what is above them; also where none is in force. */
  #jurisdictionsOf(chain: VerifiedChain, superiors: readonly string[]): string[] {
    const now = this.#clock.now();
    const listing = superiors.filter((id) => !this.options.anchors.some(({ entityId }) => entityId === id));
    const above = listing.flatMap((id) => this.#register.entity(id, now)?.chain.jurisdictions ?? []);
    return [...new Set([...chain.jurisdictions, ...listing, ...above])];
  }

  /** Public keys of witnesses, as anchors and jurisdictions publish them (`federation_entity.witness_vkeys`). */
  witnessKeys(): string[] {
    const now = this.#clock.now();
    const anchors = this.options.anchors.flatMap(({ entityId }) => this.#register.anchor(entityId, now) ?? []);
    const jurisdictions = this.#chains().filter(({ entityType }) => entityType === 'comity_jurisdiction');
    const published = [...anchors, ...jurisdictions].flatMap(({ federationEntity }) => {
      const keys = federationEntity['witness_vkeys'];
      return Array.isArray(keys) ? keys : [];
    });
    return [...new Set(published.filter((key) => typeof key === 'string'))];
  }

  /** The ledgers that brokers and agencies publish (`ledger` in their metadata). */
  ledgers(): PublishedLedger[] {
    return this.#chains().flatMap(({ entityId, metadata }) => {
      const ledger = metadata['ledger'];
      if (typeof ledger !== 'object' || ledger === null || Array.isArray(ledger)) return [];
      const { origin, vkey } = ledger;
      return typeof origin === 'string' && typeof vkey === 'string' ? [{ entityId, origin, vkey }] : [];
    });
  }

  #entity(entityId: string): CollectedEntity {
    const entity = this.#register.entity(entityId, this.#clock.now());
    if (!entity) throw unknown(entityId);
    return entity;
  }

  #chains(): VerifiedChain[] {
    return this.#register.entities(this.#clock.now()).map(({ chain }) => chain);
  }
}

function unknown(entityId: string): TrustError {
  return new TrustError('entity_unknown', 'nothing in force is held of this entity', { entityId });
}
