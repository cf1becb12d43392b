import { digestOfText } from '#protocol';
import {
  requireStillInForce,
  TrustError,
  verifyTrustChain,
  verifyTrustMark,
  type MarkIssuer,
  type PinnedAnchor,
  type ShownTrustMark,
  type VerifiedAnchor,
  type VerifiedChain,
  type VerifiedTrustMark,
} from '../src/index.js';

/** The authority behind a mark, with the digests of what vouches for it. */
export type KnownIssuer = MarkIssuer & Pick<VerifiedChain, 'digests'>;

const MAX_REMEMBERED = 20_000;

/** The newest `limit` values by key; the one used longest ago goes first. */
class RecentlyUsed<T> {
  readonly #values = new Map<string, T>();

  constructor(private readonly limit: number) {}

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.limit && oldest !== undefined) this.#values.delete(oldest);
  }
}

/**
 * Remembers what was verified, by the digest of everything that went into it, times apart: a chain that was seen before
 * costs no signature check, and its times are checked again each time. Refusals are not remembered, because they cost an
 * attacker a signature check at most, and the hour may heal them.
 */
export class VerifiedMemory {
  readonly #chains = new RecentlyUsed<VerifiedChain>(MAX_REMEMBERED);
  readonly #marks = new RecentlyUsed<VerifiedTrustMark>(MAX_REMEMBERED);

  constructor(private readonly anchors: readonly PinnedAnchor[]) {}

  /** @throws TrustError as `verifyTrustChain` */
  async chain(chain: readonly string[], now: number): Promise<VerifiedChain> {
    const key = keyOf(chain);
    const known = this.#chains.get(key);
    if (known) {
      requireStillInForce(known, now);
      return known;
    }
    const verified = await verifyTrustChain({ chain, anchors: this.anchors, now });
    this.#chains.set(key, verified);
    return verified;
  }

  /** @throws TrustError as `verifyTrustMark` */
  async mark(input: {
    readonly shown: ShownTrustMark;
    readonly subject: VerifiedChain;
    readonly issuer: KnownIssuer | undefined;
    readonly anchor: VerifiedAnchor;
    readonly now: number;
  }): Promise<VerifiedTrustMark> {
    const { shown, subject, issuer, anchor, now } = input;
    const context = [...subject.digests, '-', ...(issuer?.digests ?? []), '-', ...anchor.digests];
    const key = keyOf([...context, shown.type, shown.token]);
    const known = this.#marks.get(key);
    if (known && now < known.expiresAt) return known;
    if (known) throw new TrustError('expired', 'no longer valid', { entityId: subject.entityId });
    const verified = await verifyTrustMark(input);
    this.#marks.set(key, verified);
    return verified;
  }
}

/** Each part goes in with its length, so that no two lists can be cut differently into one text. */
function keyOf(parts: readonly string[]): string {
  return digestOfText(parts.map((part) => `${part.length}:${part}`).join());
}
