import type { DataSource, EntityManager } from 'typeorm';
import { heldStatement } from './held-reads.js';
import { DAY_MS, dateOf, dayOf, inPartitionTransaction, partitionDays, partitionName } from './partitions.js';
import { runStatement } from './statement.js';

/** What went of one UTC day, and what a hold kept of it. */
export interface DeletedDay {
  /** `2026-11-29`. */
  readonly day: string;
  /** The whole table of the day is gone, its indexes with it. */
  readonly partitionDropped: boolean;
  /** By the class of the cameras' owners. */
  readonly counts: readonly { readonly class: string; readonly count: number }[];
  /** Copied under a hold before they went. */
  readonly held: number;
}

export interface ExpiredReadsInput {
  /** The latest `seenAt` that may be kept no longer, milliseconds; see `retentionCutoff`. */
  readonly cutoff: number;
  /** How long before its placing a hold may have found a read that was still kept. Milliseconds. */
  readonly retentionMs: number;
  readonly now: number;
}

/**
 * Deletes what has expired, day by day, the oldest first: the whole partition, or read by read where the day holds the limit
 * itself. What a hold preserves is copied first, and the certificate is made in the same transaction: either all of it
 * happened, or nothing. Safe while others do the same.
 *
 * @param certify is called for each day of which anything went
 */
export async function deleteExpiredReads(
  dataSource: DataSource,
  input: ExpiredReadsInput,
  certify: (manager: EntityManager, deleted: DeletedDay) => Promise<void>,
): Promise<DeletedDay[]> {
  const days = (await partitionDays(dataSource.manager)).filter((day) => day <= dayOf(input.cutoff));
  const all: DeletedDay[] = [];
  for (const day of days) {
    const deleted = await deleteExpiredDay(dataSource, day, input, certify);
    if (deleted !== undefined) all.push(deleted);
  }
  return all;
}

async function deleteExpiredDay(
  dataSource: DataSource,
  day: number,
  input: ExpiredReadsInput,
  certify: (manager: EntityManager, deleted: DeletedDay) => Promise<void>,
): Promise<DeletedDay | undefined> {
  let deleted: DeletedDay | undefined;
  await inPartitionTransaction(dataSource, async (manager) => {
    // Another sweeper may have been faster.
    if (!(await partitionDays(manager)).includes(day)) return;
    const isWhole = (day + 1) * DAY_MS - 1 <= input.cutoff;
    const found = isWhole ? await dropDay(manager, day, input) : await deleteUpTo(manager, day, input);
    if (found.counts.length === 0) return;
    deleted = { day: dateOf(day), partitionDropped: isWhole, ...found };
    await certify(manager, deleted);
  });
  return deleted;
}

type Found = Pick<DeletedDay, 'counts' | 'held'>;

async function dropDay(manager: EntityManager, day: number, input: ExpiredReadsInput): Promise<Found> {
  const name = partitionName(day);
  // First: from here on nobody writes into it, so that what is counted and held is what goes.
  await runStatement(manager, [`alter table plate_read detach partition ${name}`, []]);
  const [kept] = await runStatement<{ held: number }>(manager, heldStatement(name, input));
  const counts = await runStatement<{ class: string; count: number }>(manager, [
    `select camera_owner_class as class, count(*)::integer as count from ${name} group by 1 order by 1`,
    [],
  ]);
  await runStatement(manager, [`drop table ${name}`, []]);
  return { counts, held: kept?.held ?? 0 };
}

async function deleteUpTo(manager: EntityManager, day: number, input: ExpiredReadsInput): Promise<Found> {
  const name = partitionName(day);
  const cutoff = new Date(input.cutoff).toISOString();
  // Held by name and by bound, so that a read which arrives in between is neither deleted nor lost.
  await runStatement(manager, [`lock table ${name} in share row exclusive mode`, []]);
  const [kept] = await runStatement<{ held: number }>(
    manager,
    heldStatement(`(select * from ${name} where seen_at <= '${cutoff}'::timestamptz)`, input),
  );
  const counts = await runStatement<{ class: string; count: number }>(manager, [
    `with gone as (delete from ${name} where seen_at <= $1::timestamptz returning camera_owner_class)
     select camera_owner_class as class, count(*)::integer as count from gone group by 1 order by 1`,
    [cutoff],
  ]);
  return { counts, held: kept?.held ?? 0 };
}
