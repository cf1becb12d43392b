import type { DataSource } from 'typeorm';
import { LedgerError, decodeBundle, emptyRoot, type Opening, type ReceiptKind } from '../src/index.js';
import { queryRows, toBytes, toCount } from './rows.js';
import type { SealedOpening, SideRecords } from './side-records.js';

/** The row that every commit moves by compare-and-swap. */
export interface LogState {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly edge: Uint8Array;
  /** The signed note over size and root. */
  readonly checkpoint: string;
  readonly lastSeq: number | null;
  readonly lastReceiptDigest: string | null;
}

export interface StoredBatch {
  /** Index of its first entry. */
  readonly first: number;
  readonly entries: Uint8Array[];
}

export interface IndexedReceipt {
  readonly receiptId: string;
  readonly index: number;
  readonly kind: ReceiptKind;
  readonly txn: string | null;
  readonly atMs: number;
  readonly opening: Opening;
  readonly leafHash: Uint8Array;
  /** Message digest of the receipt: its identity. */
  readonly digest: string;
}

export async function readState(database: DataSource): Promise<LogState | undefined> {
  const [row] = await queryRows<{
    origin: string;
    size: string;
    root: Buffer;
    edge: Buffer;
    checkpoint: string;
    last_seq: string | null;
    last_receipt_digest: string | null;
  }>(database, `select * from log_state where id = 1`);
  if (row === undefined) return undefined;
  return {
    origin: row.origin,
    size: toCount(row.size),
    root: toBytes(row.root),
    edge: toBytes(row.edge),
    checkpoint: row.checkpoint,
    lastSeq: row.last_seq === null ? null : toCount(row.last_seq),
    lastReceiptDigest: row.last_receipt_digest,
  };
}

/**
 * Begins a log with its signed checkpoint over nothing, where there is none yet. Batches without a state are not begun
 * anew: that would sign a second history.
 */
export async function createState(database: DataSource, origin: string, checkpoint: string): Promise<void> {
  await database.query(
    `with state as (
       insert into log_state (id, origin, size, root, edge, checkpoint)
       select 1, $1, 0, $2::bytea, ''::bytea, $3
       where not exists (select from log_batch) and not exists (select from log_checkpoint)
       on conflict (id) do nothing returning 1
     )
     insert into log_checkpoint (size, note) select 0, $3 from state`,
    [origin, Buffer.from(emptyRoot()), checkpoint],
  );
}

/** Batches that hold entries from `begin` up to, not including, `end`; at most `limit` of them, in order. */
export async function readBatches(
  database: DataSource,
  begin: number,
  end: number,
  limit = 10_000,
): Promise<StoredBatch[]> {
  const rows = await queryRows<{ first: string; n: number; bundle: Buffer }>(
    database,
    `select first, n, bundle from log_batch
     where first >= coalesce((select max(first) from log_batch where first <= $1), $1) and first < $2
     order by first limit $3`,
    [begin, end, limit],
  );
  return rows.map((row) => {
    const first = toCount(row.first);
    return { first, entries: entriesOf(row.bundle, first, row.n) };
  });
}

function entriesOf(bundle: Buffer, first: number, count: number): Uint8Array[] {
  const doubtful = (cause?: unknown) =>
    new LedgerError('database_doubtful', 'a stored bundle is damaged', { index: first }, { cause });
  try {
    const entries = decodeBundle(toBytes(bundle));
    if (entries.length === count) return entries;
  } catch (cause) {
    throw doubtful(cause);
  }
  throw doubtful();
}

/**
 * Entries from `begin` up to, not including, `end`.
 *
 * @throws LedgerError `database_doubtful` with the first index that is missing or unreadable (B09)
 */
export async function readEntries(database: DataSource, begin: number, end: number): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (const batch of begin < end ? await readBatches(database, begin, end) : []) {
    const skip = begin + entries.length - batch.first;
    if (skip < 0 || skip > batch.entries.length) break;
    entries.push(...batch.entries.slice(skip, skip + end - begin - entries.length));
  }
  if (entries.length < end - begin) {
    throw new LedgerError('database_doubtful', 'an entry of the log is missing', { index: begin + entries.length });
  }
  return entries;
}

/** Full tiles of a level by number; those that do not exist are missing in the answer. */
export async function readTiles(
  database: DataSource,
  level: number,
  numbers: readonly number[],
): Promise<Map<number, Uint8Array>> {
  if (numbers.length === 0) return new Map();
  const rows = await queryRows<{ n: string; data: Buffer }>(
    database,
    `select n, data from log_tile where level = $1 and n = any($2::bigint[])`,
    [level, numbers],
  );
  return new Map(rows.map((row) => [toCount(row.n), toBytes(row.data)]));
}

export async function readCheckpoint(database: DataSource, size: number): Promise<string | undefined> {
  const [row] = await queryRows<{ note: string }>(database, `select note from log_checkpoint where size = $1`, [size]);
  return row?.note;
}

interface IndexRow {
  receipt_id: string;
  entry_index: string;
  kind: ReceiptKind;
  txn: string | null;
  at: Date;
  opening: SealedOpening;
  leaf_hash: Buffer;
  digest: string;
}

async function readIndex(
  database: DataSource,
  side: SideRecords,
  where: string,
  parameters: unknown[],
): Promise<IndexedReceipt[]> {
  const rows = await queryRows<IndexRow>(
    database,
    `select receipt_id, entry_index, kind, txn, at, opening, leaf_hash, digest
     from receipt_index where ${where} order by entry_index`,
    parameters,
  );
  return rows.map((row) => ({
    receiptId: row.receipt_id,
    index: toCount(row.entry_index),
    kind: row.kind,
    txn: row.txn,
    atMs: row.at.getTime(),
    opening: side.open(row.receipt_id, row.opening),
    leafHash: toBytes(row.leaf_hash),
    digest: row.digest,
  }));
}

export function readReceipts(
  database: DataSource,
  side: SideRecords,
  receiptIds: readonly string[],
): Promise<IndexedReceipt[]> {
  return readIndex(database, side, `receipt_id = any($1::text[])`, [receiptIds]);
}

export function readReceiptsOf(database: DataSource, side: SideRecords, txn: string): Promise<IndexedReceipt[]> {
  return readIndex(database, side, `txn = $1`, [txn]);
}

/** Of each entry which receipt it is, without what opens it. */
export async function readPlaces(
  database: DataSource,
  begin: number,
  end: number,
): Promise<{ index: number; leafHash: Uint8Array }[]> {
  const rows = await queryRows<{ entry_index: string; leaf_hash: Buffer }>(
    database,
    `select entry_index, leaf_hash from receipt_index where entry_index >= $1 and entry_index < $2 order by entry_index`,
    [begin, end],
  );
  return rows.map((row) => ({ index: toCount(row.entry_index), leafHash: toBytes(row.leaf_hash) }));
}
