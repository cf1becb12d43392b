import type { DataSource, EntityManager } from 'typeorm';
import {
  FIELD_GROUPS,
  LedgerError,
  RECEIPT_KINDS,
  SALT_BYTES,
  commitFields,
  type Commitments,
  type Opening,
  type ReceiptFields,
  type ReceiptKind,
} from '../src/index.js';
import type { Randomness } from '#protocol';
import { opensTo, receiptConflict } from './direct-receipts.js';
import { queryRows } from './rows.js';
import type { SealedOpening, SideRecords } from './side-records.js';

/** What a hop wants to have on record. */
export interface ReceiptDraft {
  /** Chosen by the caller and kept with its own state, so that a retry after a crash finds the same entry. */
  readonly receiptId: string;
  readonly kind: ReceiptKind;
  /** Side record only: the leaf commits to what stands in `fields`. */
  readonly txn?: string;
  readonly fields: ReceiptFields;
}

/** A receipt that waits for its place in the log. */
export interface PendingReceipt {
  readonly receiptId: string;
  readonly kind: ReceiptKind;
  readonly txn: string | null;
  readonly commitments: Commitments;
  readonly opening: Opening;
  /** The opening as it is stored; sealed once, so that a retry writes the same bytes. */
  readonly sealed: SealedOpening;
}

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
// With 32 fields a group a receipt stays below the 16 KiB that other nodes read.
const MAX_FIELDS = 32;
const MAX_ID_LENGTH = 200;

/**
 * Puts a receipt on record inside the caller's transaction: it becomes an entry if and only if that transaction commits.
 * The same id again with the same content does nothing. The transaction must be READ COMMITTED, PostgreSQL's default.
 *
 * @throws LedgerError `receipt_conflict` where the id stands for other content, `malformed_commitment`
 */
export async function appendPending(
  manager: EntityManager,
  draft: ReceiptDraft,
  randomness: Randomness,
  side: SideRecords,
  nowMs: number,
): Promise<void> {
  const { receiptId, kind, txn, commitments, sealed } = committed(draft, randomness, side);
  const inserted = await queryRows<{ position: string }>(
    manager,
    `insert into log_pending (receipt_id, kind, txn, commitments, opening, created)
     values ($1, $2, $3, $4::jsonb, $5::jsonb, $6) on conflict (receipt_id) do nothing returning position`,
    [receiptId, kind, txn, JSON.stringify(commitments), JSON.stringify(sealed), new Date(nowMs)],
  );
  // A second statement, because the sequencer may have moved an earlier row of this id to the index meanwhile: whoever
  // could insert sees it there now.
  const known = await queryRows<{ pending: boolean; kind: string; txn: string | null; opening: SealedOpening }>(
    manager,
    `select false as pending, kind, txn, opening from receipt_index where receipt_id = $1
     union all select true, kind, txn, opening from log_pending where receipt_id = $1`,
    [receiptId],
  );
  const indexed = known.find((row) => !row.pending);
  if (inserted.length > 0) {
    if (indexed === undefined) return;
    await manager.query(`delete from log_pending where receipt_id = $1`, [receiptId]);
  }
  const earlier = indexed ?? known[0];
  if (earlier === undefined)
    throw new LedgerError('receipt_conflict', 'the receipt was taken away while it was appended');
  if (earlier.kind !== kind || earlier.txn !== txn || !opensTo(side.open(receiptId, earlier.opening), draft.fields)) {
    throw receiptConflict(receiptId);
  }
}

/**
 * Checks a draft and commits to its fields, under salts of one draw of randomness.
 *
 * @throws LedgerError `malformed_commitment`
 */
export function committed(draft: ReceiptDraft, randomness: Randomness, side: SideRecords): PendingReceipt {
  checkDraft(draft);
  const { receiptId, kind, fields } = draft;
  const count = FIELD_GROUPS.reduce((sum, group) => sum + Object.keys(fields[group]).length, 0);
  const salts = randomness.bytes(SALT_BYTES * count);
  let drawn = 0;
  const nextSalt = () => salts.subarray(drawn, (drawn += SALT_BYTES));
  const { commitments, opening } = commitFields(fields, nextSalt);
  return { receiptId, kind, txn: draft.txn ?? null, commitments, opening, sealed: side.seal(receiptId, opening) };
}

/** The receipts whose turn it is, in order of insertion; without those that are in the log already. */
export async function readPending(database: DataSource, side: SideRecords, limit: number): Promise<PendingReceipt[]> {
  const rows = await queryRows<Omit<PendingReceipt, 'opening' | 'sealed'> & { readonly opening: SealedOpening }>(
    database,
    `select receipt_id as "receiptId", kind, txn, commitments, opening from log_pending p
     where not exists (select from receipt_index i where i.receipt_id = p.receipt_id)
     order by position limit $1`,
    [limit],
  );
  return rows.map((row) => ({ ...row, opening: side.open(row.receiptId, row.opening), sealed: row.opening }));
}

function checkDraft(draft: ReceiptDraft): void {
  if (draft.receiptId === '' || draft.receiptId.length > MAX_ID_LENGTH)
    throw refused('the id of a receipt is out of bounds');
  if (!RECEIPT_KINDS.includes(draft.kind)) throw refused('the kind of a receipt is unknown');
  for (const group of FIELD_GROUPS) {
    const names = Object.keys(draft.fields[group]);
    if (names.length > MAX_FIELDS) throw refused(`a receipt has more than ${MAX_FIELDS} fields in one group`);
    const strange = names.find((name) => !FIELD_NAME.test(name));
    if (strange !== undefined) throw refused('the name of a field is out of bounds');
  }
}

function refused(reason: string): LedgerError {
  return new LedgerError('malformed_commitment', reason);
}
