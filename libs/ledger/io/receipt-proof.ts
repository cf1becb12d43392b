import type { DataSource } from 'typeorm';
import { LedgerError, encodeBase64, type Opening } from '../src/index.js';
import type { BatchEntry, PreparedBatch } from './batch.js';
import { readCheckpoint, readEntries, type IndexedReceipt } from './log-store.js';
import type { LogView } from './log-view.js';

/** A receipt that is durable under a signed checkpoint, with all that is needed to verify it offline. */
export interface ReceiptProof {
  readonly receiptId: string;
  readonly index: number;
  /** Size of the tree that `inclusion` and `checkpoint` are about. */
  readonly size: number;
  /** Compact JWS; its bytes are the leaf. */
  readonly entry: string;
  readonly opening: Opening;
  /** Base64 hashes from leaf to root. */
  readonly inclusion: string[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** Straight from memory, right after the commit. */
export async function proofFromBatch(view: LogView, batch: PreparedBatch, entry: BatchEntry): Promise<ReceiptProof> {
  const { size, checkpoint } = batch.after;
  const inclusion = await view.inclusion(entry.index, size);
  return {
    receiptId: entry.receipt.receiptId,
    index: entry.index,
    size,
    entry: entry.entry,
    opening: entry.receipt.opening,
    inclusion: inclusion.map(encodeBase64),
    checkpoint,
  };
}

/** From the database, at the size asked for or else at the head. */
export async function proofFromIndex(
  database: DataSource,
  view: LogView,
  receipt: IndexedReceipt,
  size: number | undefined,
): Promise<ReceiptProof> {
  const head = await view.headOf(receipt.index + 1);
  const wanted = size ?? head.size;
  if (receipt.index >= wanted) {
    throw new LedgerError('range_refused', 'the log did not hold the receipt at that size', { size: wanted });
  }
  const checkpoint = wanted === head.size ? head.checkpoint : await readCheckpoint(database, wanted);
  if (checkpoint === undefined) {
    throw new LedgerError('range_refused', 'no checkpoint of that size was signed', { size: wanted });
  }
  const [entry] = await readEntries(database, receipt.index, receipt.index + 1);
  if (entry === undefined) throw new LedgerError('database_doubtful', 'the entry is missing', { index: receipt.index });
  const inclusion = await view.inclusion(receipt.index, wanted);
  return {
    receiptId: receipt.receiptId,
    index: receipt.index,
    size: wanted,
    entry: Buffer.from(entry).toString(),
    opening: receipt.opening,
    inclusion: inclusion.map(encodeBase64),
    checkpoint,
  };
}
