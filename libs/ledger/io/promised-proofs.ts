import type { DataSource } from 'typeorm';
import type { LedgerError } from '../src/index.js';
import type { BatchEntry, PreparedBatch } from './batch.js';
import { isSameReceipt, receiptConflict, type DirectReceipts } from './direct-receipts.js';
import { readReceipts } from './log-store.js';
import type { LogView } from './log-view.js';
import type { PendingReceipt } from './pending-receipts.js';
import { proofFromBatch, proofFromIndex, type ReceiptProof } from './receipt-proof.js';
import type { SideRecords } from './side-records.js';
import { Waiters } from './waiters.js';

/** Who waits for the proof of which receipt, and what is durable and has no proof yet. */
export class PromisedProofs {
  readonly #waiters = new Waiters<ReceiptProof>();
  /** A batch that is durable, and of it what has no proof yet. */
  #written: { readonly batch: PreparedBatch; readonly left: readonly BatchEntry[] } | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly view: LogView,
    private readonly sideRecords: SideRecords,
    private readonly direct: DirectReceipts,
  ) {}

  wait(receiptId: string, deadlineMs: number): Promise<ReceiptProof> {
    return this.#waiters.wait(receiptId, deadlineMs);
  }

  failAll(error: LedgerError): void {
    this.#waiters.failAll(error);
  }

  /** Ends the waits whose time has come; whoever was told that its receipt is not durable comes again. `cause` where it is known. */
  expire(nowMs: number, cause: unknown): void {
    // Of what nobody awaits any more some may be in flight: it is written later or not at all.
    this.direct.drop(this.#waiters.expire(nowMs, cause));
  }

  /** Who waits for a receipt that was not given to this process itself. */
  queuedWaiters(): string[] {
    return this.#waiters.receiptIds().filter((receiptId) => !this.direct.has(receiptId));
  }

  /** Takes what `batch` wrote out of what waits. Its proofs are made by `giveWritten`. */
  written(batch: PreparedBatch): void {
    this.#written = { batch, left: batch.entries };
    for (const { receipt } of batch.entries.slice(0, batch.direct)) this.#takeFromWaiting(receipt);
  }

  /**
   * Who waited too long may have come again while the batch was in flight, and must not get a proof of something else.
   *
   * @returns false where another receipt of that id waited, which is refused
   */
  #takeFromWaiting(written: Pick<PendingReceipt, 'receiptId' | 'kind' | 'txn' | 'opening'>): boolean {
    const { receiptId } = written;
    const waiting = this.direct.get(receiptId);
    this.direct.drop([receiptId]);
    if (waiting === undefined || waiting === written || isSameReceipt(waiting, written)) return true;
    this.#waiters.fail(receiptId, receiptConflict(receiptId));
    return false;
  }

  /** Gives the proofs of what was written, or of the first `part` of it. */
  async giveWritten(part = 1): Promise<void> {
    if (this.#written === undefined) return;
    const { batch, left } = this.#written;
    const count = Math.ceil(left.length * part);
    this.#written = count < left.length ? { batch, left: left.slice(count) } : undefined;
    for (const entry of left.slice(0, count)) {
      const { receiptId } = entry.receipt;
      if (this.#waiters.has(receiptId)) this.#waiters.settle(receiptId, await proofFromBatch(this.view, batch, entry));
    }
  }

  /** Of a batch that may not have been written: receipts that came with it and are on record get their proof, or a refusal. */
  async giveKnown(batch: PreparedBatch): Promise<void> {
    const wanted = batch.entries.slice(0, batch.direct).map(({ receipt }) => receipt.receiptId);
    if (wanted.length === 0) return;
    for (const known of await readReceipts(this.database, this.sideRecords, wanted)) {
      if (!this.#takeFromWaiting(known)) continue;
      this.#waiters.settle(known.receiptId, await proofFromIndex(this.database, this.view, known, undefined));
    }
  }

  /**
   * Those who had waited before the batch was read and are not in it: their receipt is in the log already, or another
   * process put it there, or its transaction has not committed yet.
   */
  async giveLeft(waiting: readonly string[]): Promise<void> {
    const written = new Set(this.#written?.left.map(({ receipt }) => receipt.receiptId));
    const left = waiting.filter((receiptId) => this.#waiters.has(receiptId) && !written.has(receiptId));
    if (left.length === 0) return;
    for (const receipt of await readReceipts(this.database, this.sideRecords, left)) {
      this.#waiters.settle(receipt.receiptId, await proofFromIndex(this.database, this.view, receipt, undefined));
    }
  }
}
