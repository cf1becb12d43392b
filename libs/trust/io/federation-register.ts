import type { TrustError, VerifiedAnchor, VerifiedChain, VerifiedTrustMark } from '../src/index.js';

/** An entity as it was collected from its own host and its superior's. */
export interface CollectedEntity {
  readonly chain: VerifiedChain;
  /** `[configuration, SS(superior→entity), …, anchor configuration]`. */
  readonly tokens: readonly string[];
  /** Verified marks of a jurisdiction's configuration; none for others. */
  readonly marks: readonly VerifiedTrustMark[];
  /** Why the other marks it shows are not believed. */
  readonly refusedMarks: readonly TrustError[];
  /** Milliseconds. */
  readonly collectedAt: number;
}

/**
 * What was collected, by superior: which entities each authority lists, and what was verified of each. An entity that
 * several superiors list is held once for each.
 */
export class FederationRegister {
  readonly #anchors = new Map<string, VerifiedAnchor>();
  /** Last list that each authority answered with. */
  readonly #listed = new Map<string, ReadonlySet<string>>();
  readonly #collected = new Map<string, Map<string, CollectedEntity>>();

  putAnchor(anchor: VerifiedAnchor): void {
    this.#anchors.set(anchor.entityId, anchor);
  }

  anchor(entityId: string, now: number): VerifiedAnchor | undefined {
    const anchor = this.#anchors.get(entityId);
    return anchor && now < anchor.expiresAt ? anchor : undefined;
  }

  /** The last one collected, in force or not. */
  lastAnchor(entityId: string): VerifiedAnchor | undefined {
    return this.#anchors.get(entityId);
  }

  /** Takes a new list, and drops what is held of entities that are no longer on it. */
  putList(superior: string, entityIds: readonly string[]): void {
    const listed = new Set(entityIds);
    this.#listed.set(superior, listed);
    for (const entityId of this.#of(superior).keys()) if (!listed.has(entityId)) this.drop(superior, entityId);
  }

  listed(superior: string): readonly string[] {
    return [...(this.#listed.get(superior) ?? [])];
  }

  /** Whether the authority has ever answered with its list. */
  hasListOf(superior: string): boolean {
    return this.#listed.has(superior);
  }

  superiorsListing(entityId: string): string[] {
    return [...this.#listed].filter(([, listed]) => listed.has(entityId)).map(([superior]) => superior);
  }

  put(superior: string, entity: CollectedEntity): void {
    this.#of(superior).set(entity.chain.entityId, entity);
  }

  /** With an authority that nobody lists any more goes all that it listed itself. */
  drop(superior: string, entityId: string): void {
    this.#of(superior).delete(entityId);
    if (this.superiorsListing(entityId).length > 0) return;
    this.#listed.delete(entityId);
    this.#collected.delete(entityId);
  }

  held(superior: string, entityId: string): CollectedEntity | undefined {
    return this.#of(superior).get(entityId);
  }

  /** Where several superiors list the entity, the one collected last. */
  entity(entityId: string, now: number): CollectedEntity | undefined {
    return [...this.#collected.values()]
      .flatMap((of) => of.get(entityId) ?? [])
      .filter(({ chain }) => now < chain.expiresAt)
      .toSorted((a, b) => b.collectedAt - a.collectedAt)[0];
  }

  entities(now: number): CollectedEntity[] {
    return [...this.#collected.values()].flatMap((of) => [...of.values()]).filter(({ chain }) => now < chain.expiresAt);
  }

  #of(superior: string): Map<string, CollectedEntity> {
    const of = this.#collected.get(superior) ?? new Map<string, CollectedEntity>();
    this.#collected.set(superior, of);
    return of;
  }
}
