import {
  ProtocolError,
  readToken,
  verifyArchivedToken,
  type JsonObject,
  type KeySet,
  type UnverifiedToken,
} from '#protocol';
import type { AuditProblem } from './audit-ledger.js';

/** So many are listed; a ledger that is wrong throughout needs no more. */
const MAX_PROBLEMS = 20;

interface Place {
  readonly seq: number;
  readonly digest: string;
}

/** Of each signer its last receipt. */
export type LastReceipts = readonly { readonly signer: string; readonly seq: number; readonly digest: string }[];

/** The receipts of a ledger as they go by: each signed by its keeper, numbered without a gap, each naming the one before. */
export class AuditedReceipts {
  readonly #problems: AuditProblem[] = [];
  readonly #kinds = new Map<string, number>();
  readonly #last = new Map<string, Place>();
  #origin: string | undefined;

  constructor(
    private readonly signer: { readonly entityId: string; readonly keys: KeySet } | undefined,
    /** Where an earlier reading stopped. */
    last: LastReceipts = [],
  ) {
    for (const { signer: from, seq, digest } of last) this.#last.set(from, { seq, digest });
  }

  /** The last receipt of each signer, to go on from. */
  last(): LastReceipts {
    return [...this.#last].map(([from, place]) => ({ signer: from, ...place }));
  }

  get problems(): readonly AuditProblem[] {
    return this.#problems.slice(0, MAX_PROBLEMS);
  }

  kinds(): Record<string, number> {
    return Object.fromEntries([...this.#kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param first index of the first of `entries` in the ledger */
  async add(entries: readonly string[], first: number): Promise<void> {
    const receipts = await Promise.all(entries.map((entry) => this.#verified(entry)));
    receipts.forEach((receipt, position) => this.#place(receipt, first + position));
  }

  async #verified(entry: string): Promise<UnverifiedToken | undefined> {
    try {
      if (this.signer === undefined) return readToken('receipt', entry);
      const { entityId: issuer, keys } = this.signer;
      return await verifyArchivedToken({ kind: 'receipt', token: entry, keys, issuer });
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #place(receipt: UnverifiedToken | undefined, index: number): void {
    if (receipt === undefined) {
      this.#note('receipt_invalid', index, "is no receipt that the ledger's keeper signed");
      return;
    }
    const claims = readClaims(receipt.claims);
    this.#origin ??= claims?.ledger;
    if (claims === undefined || claims.ledger !== this.#origin) {
      this.#note('receipt_invalid', index, 'is no receipt of this ledger');
      return;
    }
    const { iss, seq, prev, kind } = claims;
    const before = this.#last.get(iss);
    if (seq !== (before?.seq ?? -1) + 1 || prev !== (before?.digest ?? null)) {
      this.#note('order_broken', index, 'does not follow its signer’s receipt before it');
    }
    this.#last.set(iss, { seq, digest: receipt.digest });
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  #note(code: AuditProblem['code'], index: number, text: string): void {
    this.#problems.push({ code, index, message: `entry ${index} ${text}` });
  }
}

function readClaims(
  claims: JsonObject,
): { iss: string; ledger: string; seq: number; prev: string | null; kind: string } | undefined {
  const { iss, ledger, seq, prev, kind } = claims;
  if (typeof iss !== 'string' || typeof ledger !== 'string' || typeof kind !== 'string') return undefined;
  if (typeof seq !== 'number' || (prev !== null && typeof prev !== 'string')) return undefined;
  return { iss, ledger, seq, prev, kind };
}
