import type { DataSource } from 'typeorm';
import { tileBytes } from '../src/index.js';
import type { PreparedBatch } from './batch.js';
import { queryRows } from './rows.js';

// One statement, so that state, bundle, tiles, checkpoint, index and queue move together or not at all. The update of the
// state row is the compare-and-swap: all else happens only where it found size and root unchanged. It also demands that
// every queued receipt still waits, so that no entry is without its row in the index, and that none of those that come with
// the batch is on record already, so that a retry gets no second entry. A server that was told not to wait for the
// disk is told to wait for this one.
const COMMIT = `
with moved as (
  update log_state set size = $3, root = $4, edge = $5, checkpoint = $6, last_seq = $7, last_receipt_digest = $8
  where id = 1 and size = $1 and root = $2
    and (select count(*) from log_pending where receipt_id = any($11::text[])) = cardinality($11::text[])
    and not exists (select from receipt_index where receipt_id = any($18::text[]))
    and not exists (select from log_pending where receipt_id = any($18::text[]))
  returning 1
), batch as (
  insert into log_batch (first, n, bundle) select $1, $9, $10::bytea where exists (select from moved)
), tiles as (
  insert into log_tile (level, n, data)
  select level, n, data from unnest($15::smallint[], $16::bigint[], $17::bytea[]) as tile (level, n, data)
  where exists (select from moved)
), note as (
  insert into log_checkpoint (size, note) select $3, $6 where exists (select from moved)
), taken as (
  delete from log_pending where receipt_id = any($11::text[]) and exists (select from moved)
  returning receipt_id, kind, txn, opening
), indexed as (
  insert into receipt_index (receipt_id, entry_index, kind, txn, at, opening, leaf_hash, digest)
  select taken.receipt_id, $1 + cardinality($18::text[]) + place.nth - 1, kind, txn, $14::timestamptz, opening, place.leaf_hash, place.digest
  from unnest($11::text[], $12::bytea[], $13::text[]) with ordinality as place (receipt_id, leaf_hash, digest, nth)
  join taken on taken.receipt_id = place.receipt_id
), direct as (
  insert into receipt_index (receipt_id, entry_index, kind, txn, at, opening, leaf_hash, digest)
  select receipt_id, $1 + nth - 1, kind, txn, $14::timestamptz, opening::jsonb, leaf_hash, digest
  from unnest($18::text[], $19::text[], $20::text[], $21::text[], $22::bytea[], $23::text[]) with ordinality
    as row (receipt_id, kind, txn, opening, leaf_hash, digest, nth)
  where exists (select from moved)
)
select (select count(*)::int from moved) as moved,
  set_config('synchronous_commit', case current_setting('synchronous_commit')
    when 'off' then 'on' else current_setting('synchronous_commit') end, true)`;

/**
 * Writes a batch in one durable commit. False where the log had moved on, or where a receipt of the batch is on record
 * already: another sequencer won, and the caller begins again from what is there now (B11). Where it throws, the outcome is unknown until the state has been read again.
 */
export async function commitBatch(database: DataSource, batch: PreparedBatch): Promise<boolean> {
  const { before, after, entries, filled } = batch;
  const direct = entries.slice(0, batch.direct);
  const queued = entries.slice(batch.direct);
  const [answer] = await queryRows<{ moved: number }>(database, COMMIT, [
    before.size,
    Buffer.from(before.root),
    after.size,
    Buffer.from(after.root),
    Buffer.from(batch.edge),
    after.checkpoint,
    after.lastSeq,
    after.lastReceiptDigest,
    entries.length,
    Buffer.from(batch.bundle),
    queued.map(({ receipt }) => receipt.receiptId),
    queued.map((entry) => Buffer.from(entry.leafHash)),
    queued.map(({ digest }) => digest),
    new Date(batch.atMs),
    filled.map((tile) => tile.level),
    filled.map((tile) => tile.index),
    filled.map((tile) => Buffer.from(tileBytes(tile.rows))),
    direct.map(({ receipt }) => receipt.receiptId),
    direct.map(({ receipt }) => receipt.kind),
    direct.map(({ receipt }) => receipt.txn),
    direct.map(({ receipt }) => JSON.stringify(receipt.sealed)),
    direct.map((entry) => Buffer.from(entry.leafHash)),
    direct.map(({ digest }) => digest),
  ]);
  return answer?.moved === 1;
}
