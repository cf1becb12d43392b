import { LedgerError, canonicalValue, FIELD_GROUPS, type Opening, type ReceiptFields } from '../src/index.js';
import type { PendingReceipt } from './pending-receipts.js';

/** So many receipts may wait in memory; beyond that the ledger is slower than its callers and says so at once. */
const MAX_WAITING = 16_384;

/**
 * Receipts that are written with their batch and wait for it in memory, in the order in which they came. What a crash takes
 * from here was promised to nobody: whoever waits for it gets no proof, and comes again under the same id.
 */
export class DirectReceipts {
  readonly #waiting = new Map<string, PendingReceipt>();

  get size(): number {
    return this.#waiting.size;
  }

  has(receiptId: string): boolean {
    return this.#waiting.has(receiptId);
  }

  /**
   * The same id with the same fields again does nothing.
   *
   * @throws LedgerError `receipt_conflict`; `not_durable_in_time` where too many wait already
   */
  add(receipt: PendingReceipt): void {
    const { receiptId } = receipt;
    const waiting = this.#waiting.get(receiptId);
    if (waiting !== undefined) {
      if (isSameReceipt(waiting, receipt)) return;
      throw receiptConflict(receiptId);
    }
    if (this.#waiting.size >= MAX_WAITING) {
      throw new LedgerError('not_durable_in_time', 'too many receipts wait for the log', { receiptId });
    }
    this.#waiting.set(receiptId, receipt);
  }

  /** The first `limit` of them but those that `others` holds; they stay until `drop`. */
  first(limit: number, others: Pick<ReadonlySet<string>, 'has'>): PendingReceipt[] {
    const first: PendingReceipt[] = [];
    for (const receipt of this.#waiting.values()) {
      if (first.length >= limit) break;
      if (!others.has(receipt.receiptId)) first.push(receipt);
    }
    return first;
  }

  get(receiptId: string): PendingReceipt | undefined {
    return this.#waiting.get(receiptId);
  }

  clear(): void {
    this.#waiting.clear();
  }

  drop(receiptIds: Iterable<string>): void {
    for (const receiptId of receiptIds) this.#waiting.delete(receiptId);
  }
}

/** What makes two receipts of one id the same: kind, transaction and every field in clear, whatever the salts. */
export function isSameReceipt(
  known: { readonly kind: string; readonly txn: string | null; readonly opening: Opening },
  wanted: { readonly kind: string; readonly txn: string | null; readonly opening: Opening },
): boolean {
  return known.kind === wanted.kind && known.txn === wanted.txn && opensTo(known.opening, valuesOf(wanted.opening));
}

export function opensTo(opening: Opening, fields: ReceiptFields): boolean {
  const values = valuesOf(opening);
  return FIELD_GROUPS.every((group) => canonicalValue(values[group]) === canonicalValue(fields[group]));
}

function valuesOf(opening: Opening): ReceiptFields {
  const of = (group: (typeof FIELD_GROUPS)[number]) =>
    Object.fromEntries(Object.entries(opening[group]).map(([name, { value }]) => [name, value]));
  return { accountability: of('accountability'), content: of('content') };
}

export function receiptConflict(receiptId: string): LedgerError {
  return new LedgerError('receipt_conflict', `receipt \`${receiptId}\` is on record with other content`, { receiptId });
}
