import type { DataSource } from 'typeorm';
import type { FieldGroup, Opening } from '../src/index.js';
import { queryRows } from './rows.js';
import type { SealedOpening, SideRecords } from './side-records.js';

const AT_ONCE = 1_000;

/**
 * Which side records to erase a group of: those older than an instant but of the transactions that are to be kept, those of one
 * transaction, or by their ids.
 */
export type ErasedReceipts =
  | { readonly before: number; readonly kept: readonly string[] }
  | { readonly txn: string }
  | { readonly receiptIds: readonly string[] };

/**
 * Takes a group of fields out of side records for good; the log does not change. Dead rows keep the ciphertext until the
 * server has vacuumed, and backups keep it until they are gone: that is what the key is for.
 *
 * @returns how many records had the group
 */
export async function eraseOpenings(database: DataSource, group: FieldGroup, which: ErasedReceipts): Promise<number> {
  const [where, ...values] =
    'before' in which
      ? ['at < $2 and (txn is null or txn <> all($3::text[]))', new Date(which.before), which.kept]
      : 'txn' in which
        ? ['txn = $2', which.txn]
        : ['receipt_id = any($2::text[])', which.receiptIds];
  let erased = 0;
  for (;;) {
    const rows = await queryRows(
      database,
      `with erased as (
         update receipt_index set opening = opening - $1
         where entry_index in (
           select entry_index from receipt_index where ${where} and opening ? $1 order by entry_index limit ${AT_ONCE}
         ) returning 1
       ) select from erased`,
      [group, ...values],
    );
    erased += rows.length;
    if (rows.length < AT_ONCE) return erased;
  }
}

/** How many side records that are older than `before` still have the group, of transactions that are kept. */
export async function countKept(
  database: DataSource,
  group: FieldGroup,
  { before, kept }: { readonly before: number; readonly kept: readonly string[] },
): Promise<number> {
  const [row] = await queryRows<{ count: number }>(
    database,
    `select count(*)::integer as count from receipt_index where at < $2 and opening ? $1 and txn = any($3::text[])`,
    [group, new Date(before), kept],
  );
  return row?.count ?? 0;
}

/**
 * Seals what an earlier version stored in clear, and seals anew what lies under an earlier key, so that this key can be
 * destroyed. From the oldest on, a thousand at once.
 *
 * @returns how many records were sealed
 */
export async function sealOpenings(database: DataSource, side: SideRecords): Promise<number> {
  const done = await queryRows(database, `select 1 from side_record_sealing where key_id = $1`, [side.currentKeyId]);
  if (done.length > 0) return 0;
  let sealed = 0;
  for (const table of ['log_pending', 'receipt_index'] as const) {
    for (;;) {
      const rows = await queryRows<{ receipt_id: string; opening: SealedOpening | Opening }>(
        database,
        `select receipt_id, opening from ${table}
         where exists (select from jsonb_each(opening) as part (name, value)
           where jsonb_typeof(value) = 'object' or not starts_with(value #>> '{}', $1))
         limit ${AT_ONCE}`,
        [`${side.currentKeyId}.`],
      );
      if (rows.length === 0) break;
      await database.query(
        `update ${table} t set opening = s.sealed::jsonb from unnest($1::text[], $2::text[], $3::text[]) as s (id, was, sealed)
         where t.receipt_id = s.id and t.opening = s.was::jsonb`,
        [
          rows.map(({ receipt_id: id }) => id),
          rows.map(({ opening }) => JSON.stringify(opening)),
          rows.map(({ receipt_id: id, opening }) => JSON.stringify(side.seal(id, side.open(id, opening)))),
        ],
      );
      sealed += rows.length;
    }
  }
  await database.query(
    `insert into side_record_sealing (id, key_id) values (1, $1) on conflict (id) do update set key_id = $1`,
    [side.currentKeyId],
  );
  return sealed;
}
