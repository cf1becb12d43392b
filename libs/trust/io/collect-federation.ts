import type { Clock } from '#protocol';
import {
  parseEntityId,
  parseTrustMark,
  TrustError,
  verifyAnchorConfiguration,
  type PinnedAnchor,
  type ShownTrustMark,
  type VerifiedAnchor,
  type VerifiedChain,
  type VerifiedTrustMark,
} from '../src/index.js';
import type { FederationAuthority, FederationClient } from './federation-client.js';
import type { CollectedEntity, FederationRegister } from './federation-register.js';
import type { MemberArchive } from './member-archive.js';
import type { RefusedMarks } from './refused-marks.js';
import type { SeenStatements } from './seen-statements.js';
import type { KnownIssuer, VerifiedMemory } from './verified-memory.js';

export interface CollectionLimits {
  /** Jurisdictions below jurisdictions, counted from the anchor. */
  readonly maxDepth: number;
  /** Entities collected in one round; the others wait, those collected longest ago first. */
  readonly maxPerRound: number;
  readonly concurrency: number;
  /** After this long a round starts nothing more. */
  readonly maxRoundMs: number;
}

export interface Collection {
  readonly register: FederationRegister;
  readonly client: FederationClient;
  readonly memory: VerifiedMemory;
  readonly seen: SeenStatements;
  readonly archive: MemberArchive;
  readonly refusedMarks: RefusedMarks;
  readonly anchors: readonly PinnedAnchor[];
  readonly clock: Clock;
  readonly limits: CollectionLimits;
}

/** What a round did. A failure takes nothing away that is still in force; it is reported so that somebody looks. */
export interface CollectionReport {
  readonly collected: number;
  readonly postponed: number;
  readonly failures: readonly TrustError[];
}

interface Authority extends FederationAuthority {
  /** Its own chain without its configuration: what follows a subordinate's `[configuration, statement]`. */
  readonly upwards: readonly string[];
  readonly anchor: VerifiedAnchor;
  /** Itself, as the issuer of marks about its subordinates. */
  readonly issuer: KnownIssuer;
}

interface Task {
  readonly authority: Authority;
  readonly entityId: string;
}

/**
 * One round: anchors, then level by level what each authority lists. Only names that an authority lists are fetched, and
 * only from their own hosts; nothing that a request says leads here (SSRF, T02).
 */
export async function collectFederation(collection: Collection): Promise<CollectionReport> {
  await collection.seen.load();
  await collection.refusedMarks.load();
  const round = new Round(collection);
  let authorities = await round.anchors();
  for (let depth = 0; depth <= collection.limits.maxDepth && authorities.length > 0; depth += 1) {
    const tasks = (await Promise.all(authorities.map((authority) => round.subordinates(authority)))).flat();
    await round.collect(tasks);
    authorities = round.jurisdictionsAmong(tasks);
  }
  return round.report();
}

class Round {
  readonly #failures: TrustError[] = [];
  readonly #startedAt: number;
  #started = 0;
  #collected = 0;
  #postponed = 0;

  constructor(private readonly collection: Collection) {
    this.#startedAt = collection.clock.now();
  }

  report(): CollectionReport {
    return { collected: this.#collected, postponed: this.#postponed, failures: this.#failures };
  }

  async anchors(): Promise<Authority[]> {
    const { anchors, register, clock } = this.collection;
    await Promise.all(anchors.map((pinned) => this.#attempt(pinned.entityId, () => this.#collectAnchor(pinned))));
    return anchors.flatMap(({ entityId }) => {
      const anchor = register.anchor(entityId, clock.now());
      return anchor ? [{ ...anchor, upwards: [anchor.token], anchor, issuer: anchor }] : [];
    });
  }

  async subordinates(authority: Authority): Promise<Task[]> {
    const { client, register } = this.collection;
    await this.#attempt(authority.entityId, async () => {
      register.putList(authority.entityId, await client.subordinates(authority));
    });
    return register.listed(authority.entityId).map((entityId) => ({ authority, entityId }));
  }

  /** Those collected longest ago first, several at a time, as far as the round's limits reach. */
  async collect(tasks: readonly Task[]): Promise<void> {
    const { register, limits } = this.collection;
    const collectedAt = ({ authority, entityId }: Task) =>
      register.held(authority.entityId, entityId)?.collectedAt ?? 0;
    const due = tasks.toSorted((a, b) => collectedAt(a) - collectedAt(b)).values();
    const work = async () => {
      for (const task of due) {
        if (this.#isSpent()) this.#postponed += 1;
        else await this.#attempt(task.entityId, () => this.#collectEntity(task));
      }
    };
    await Promise.all(Array.from({ length: limits.concurrency }, work));
  }

  jurisdictionsAmong(tasks: readonly Task[]): Authority[] {
    const { register, clock } = this.collection;
    return tasks.flatMap(({ authority, entityId }) => {
      const held = register.held(authority.entityId, entityId);
      if (held?.chain.entityType !== 'comity_jurisdiction' || clock.now() >= held.chain.expiresAt) return [];
      const { chain, tokens } = held;
      const { federationEntity } = chain;
      return [{ entityId, federationEntity, upwards: tokens.slice(1), anchor: authority.anchor, issuer: chain }];
    });
  }

  async #collectAnchor(pinned: PinnedAnchor): Promise<void> {
    const { client, register, seen, anchors, clock } = this.collection;
    const token = await client.configuration(pinned.entityId);
    const anchor = await verifyAnchorConfiguration({ token, anchors, now: clock.now() });
    if (anchor.entityId !== pinned.entityId) throw new TrustError('link_broken', 'the configuration of another anchor');
    const statement = { issuer: anchor.entityId, subject: anchor.entityId, issuedAt: anchor.issuedAt };
    seen.requireNotOlder([statement]);
    await seen.remember([statement]);
    register.putAnchor(anchor);
    this.#collected += 1;
  }

  async #collectEntity({ authority, entityId }: Task): Promise<void> {
    const { register, memory, seen, archive, refusedMarks: refused, clock } = this.collection;
    if (parseEntityId(entityId).loopback && !parseEntityId(authority.anchor.entityId).loopback) {
      throw new TrustError('entity_id_invalid', 'plain http on loopback below an anchor that is not on loopback');
    }
    this.#started += 1;
    const [configuration, statement] = await this.#fetchBoth(authority, entityId);
    const tokens = [configuration, statement, ...authority.upwards];
    const now = clock.now();
    const chain = await memory.chain(tokens, now);
    if (chain.entityId !== entityId) throw new TrustError('link_broken', 'the configuration of another entity');
    seen.requireNotOlder(chain.links);
    // Only a jurisdiction's marks are law; those of an agency are read from the chain that comes with its request.
    const shown = chain.entityType === 'comity_jurisdiction' ? chain.trustMarks : [];
    const issuerOf = (id: string) =>
      [chain, authority.issuer, authority.anchor].find((issuer) => issuer.entityId === id);
    const marks = await verifyShownMarks({ shown, chain, anchor: authority.anchor, memory, refused, now, issuerOf });
    await seen.remember(chain.links);
    await archive.keep(chain, tokens, now);
    register.put(authority.entityId, { chain, tokens, ...marks, collectedAt: now });
    this.#collected += 1;
  }

  async #fetchBoth(authority: Authority, entityId: string): Promise<[string, string]> {
    const { client, register } = this.collection;
    const statement = client.subordinateStatement(authority, entityId).catch((error: unknown) => {
      // The superior's word ends an enrolment at once, whatever is still in force.
      if (error instanceof TrustError && error.code === 'not_enrolled') register.drop(authority.entityId, entityId);
      throw error;
    });
    const [configuration, stated] = await Promise.all([client.configuration(entityId), statement]);
    return [configuration, stated];
  }

  async #attempt(entityId: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Whatever an entity answers, it must not end the round for all others.
      const refusal =
        error instanceof TrustError ? error : new TrustError('answer_refused', 'failed', { cause: error });
      this.#failures.push(refusal.at(undefined, entityId));
    }
  }

  #isSpent(): boolean {
    const { limits, clock } = this.collection;
    return this.#started >= limits.maxPerRound || clock.now() - this.#startedAt >= limits.maxRoundMs;
  }
}

/** Verifies what an entity shows; a mark that is not believed is reported and otherwise as if it were not there. */
export async function verifyShownMarks(input: {
  readonly shown: readonly ShownTrustMark[];
  readonly chain: VerifiedChain;
  readonly anchor: VerifiedAnchor;
  readonly memory: VerifiedMemory;
  readonly refused: RefusedMarks;
  readonly issuerOf: (entityId: string) => KnownIssuer | undefined;
  readonly now: number;
}): Promise<Pick<CollectedEntity, 'marks' | 'refusedMarks'>> {
  const { chain, anchor, memory, refused, issuerOf, now } = input;
  const marks: VerifiedTrustMark[] = [];
  const refusedMarks: TrustError[] = [];
  for (const shown of input.shown) {
    let issuer: KnownIssuer | undefined;
    try {
      issuer = issuerOf(parseTrustMark(shown.token).issuer);
      marks.push(await memory.mark({ shown, subject: chain, issuer, anchor, now }));
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      refusedMarks.push(error);
      await refused.note({ shown, subject: chain.entityId, issuer, anchor: anchor.entityId, error });
    }
  }
  return { marks, refusedMarks };
}

/** What was seen before cannot be read: nothing is collected that might be older. */
export function failedRound(cause: unknown): CollectionReport {
  return {
    collected: 0,
    postponed: 0,
    failures: [new TrustError('unreachable', 'no memory of what was seen', { cause })],
  };
}
