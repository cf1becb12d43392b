import type { Clock } from '#protocol';
import {
  reconciledInForce,
  TrustError,
  type Attestation,
  type Contradiction,
  type LeafEntityType,
  type PinnedAnchor,
  type VerifiedChain,
  type VerifiedTrustMark,
} from '../src/index.js';
import { verifyShownMarks } from './collect-federation.js';
import type { FederationRegister } from './federation-register.js';
import { newestChain } from './newest-chain.js';
import type { RefusedMarks } from './refused-marks.js';
import type { SeenStatements } from './seen-statements.js';
import type { StatusLists } from './status-lists.js';
import { unknownEntity } from './unknown-entity.js';
import type { KnownIssuer, VerifiedMemory } from './verified-memory.js';

/** An agency as a decision sees it. */
export interface AgencyView {
  readonly chain: VerifiedChain;
  /** Every jurisdiction of the agency, by its chain and by the register; parity is tested in each. */
  readonly jurisdictions: readonly string[];
  readonly attestations: readonly Attestation[];
  /** Marks the agency shows that are not believed: not met, and to be reported (T06). */
  readonly refusedMarks: readonly TrustError[];
  /** What is attested or stated and does not count, because a worse word about the same fact stands against it. */
  readonly contradictions: readonly Contradiction[];
}

/** Joins the chain that comes with a message with what this node collected itself. */
export class AgencyViews {
  constructor(
    private readonly known: {
      readonly anchors: readonly PinnedAnchor[];
      readonly register: FederationRegister;
      readonly memory: VerifiedMemory;
      readonly seen: SeenStatements;
      readonly statuses: StatusLists;
      readonly refusedMarks: RefusedMarks;
      readonly clock: Clock;
    },
  ) {}

  /** @throws TrustError as `TrustDirectory.agencyView` */
  async view(tokens: readonly string[]): Promise<AgencyView> {
    const { register, memory, refusedMarks: refused, clock } = this.known;
    const now = clock.now();
    const chain = await this.standing(tokens, ['comity_agency']);
    const superiors = register.superiorsListing(chain.entityId);
    const anchor = register.anchor(chain.anchor, now);
    if (!anchor) throw unknownEntity(chain.anchor);
    const jurisdictions = this.#jurisdictionsOf(chain, superiors);
    const issuerOf = (id: string): KnownIssuer | undefined =>
      id === anchor.entityId ? anchor : register.entity(id, now)?.chain;
    const shown = await verifyShownMarks({ shown: chain.trustMarks, chain, anchor, memory, refused, issuerOf, now });
    const own = this.#standing(shown.marks);
    const laws = jurisdictions.flatMap((id) => this.#lawOf(id, now));
    const { attestations, contradictions } = reconciledInForce({
      agencyChain: chain,
      agencyMarks: own.marks,
      jurisdictions: laws,
      at: now,
    });
    const refusedMarks = [...shown.refusedMarks, ...own.refused, ...laws.flatMap(({ refused }) => refused)];
    return { chain, jurisdictions, attestations, refusedMarks, contradictions };
  }

  /**
   * The chain that a message shows, of an entity that is enrolled and whose every statement is known to hold now.
   *
   * @throws TrustError as `TrustDirectory.agencyView`
   */
  async standing(tokens: readonly string[], types: readonly LeafEntityType[]): Promise<VerifiedChain> {
    const { register, memory, clock, statuses } = this.known;
    const chain = await this.#newest(await memory.chain(tokens, clock.now()), tokens);
    const { entityId, entityType } = chain;
    if (!types.includes(entityType)) throw new TrustError('entity_type_unexpected', 'of another type', { entityId });
    const superiors = register.superiorsListing(entityId);
    if (this.#isUncollected(chain.superiors)) throw unknownEntity(entityId);
    if (!chain.superiors[0] || !superiors.includes(chain.superiors[0])) {
      throw new TrustError('not_enrolled', 'its superior does not list it', { link: 1, entityId });
    }
    this.#refuseOtherHolder(chain, superiors);
    statuses.requireChain(chain);
    return chain;
  }

  /** What a jurisdiction attests that has not been taken back; nothing of one that is itself suspended. */
  #lawOf(id: string, now: number): { chain: VerifiedChain; marks: VerifiedTrustMark[]; refused: TrustError[] }[] {
    const entity = this.known.register.entity(id, now);
    if (!entity) return [];
    const { chain } = entity;
    try {
      this.known.statuses.requireChain(chain);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      return [{ chain, marks: [], refused: [error] }];
    }
    return [{ chain, ...this.#standing(entity.marks) }];
  }

  /** Marks whose status is known to be valid at this moment (T07), by issuers that are free (T08); and why the others do not count. */
  #standing(marks: readonly VerifiedTrustMark[]): { marks: VerifiedTrustMark[]; refused: TrustError[] } {
    const standing: VerifiedTrustMark[] = [];
    const refused: TrustError[] = [];
    for (const mark of marks) {
      try {
        this.known.statuses.require(mark.status, { entityId: mark.subject });
        this.known.refusedMarks.requireFree(mark);
        standing.push(mark);
      } catch (error) {
        if (!(error instanceof TrustError)) throw error;
        refused.push(error);
      }
    }
    return { marks: standing, refused };
  }

  /** The same chain, with a newer statement in the place of each that this node holds a newer one of (T10, T12, T13). */
  async #newest(shown: VerifiedChain, tokens: readonly string[]): Promise<VerifiedChain> {
    const { register, memory, seen, clock } = this.known;
    const newest = newestChain(shown, tokens, register);
    const chain = newest === tokens ? shown : await memory.chain(newest, clock.now());
    await seen.load();
    seen.requireNotOlder(chain.links);
    await seen.remember(chain.links);
    return chain;
  }

  /** Whether, from the anchor down, a list is missing before one that is held leaves the next authority out. */
  #isUncollected(superiors: readonly string[]): boolean {
    const { register } = this.known;
    for (const [index, authority] of superiors.toReversed().entries()) {
      if (!register.hasListOf(authority)) return true;
      const next = superiors.at(-2 - index);
      if (next !== undefined && !register.listed(authority).includes(next)) return false;
    }
    return false;
  }

  /** A jurisdiction that lists another's agency, with keys of its own choosing, would speak in that agency's name (T08). */
  #refuseOtherHolder({ entityId, federationKeys }: VerifiedChain, superiors: readonly string[]): void {
    const now = this.known.clock.now();
    for (const superior of superiors) {
      const held = this.known.register.held(superior, entityId);
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
    const { anchors, register, clock } = this.known;
    const now = clock.now();
    const listing = superiors.filter((id) => !anchors.some(({ entityId }) => entityId === id));
    const above = listing.flatMap((id) => register.entity(id, now)?.chain.jurisdictions ?? []);
    return [...new Set([...chain.jurisdictions, ...listing, ...above])];
  }
}
