import type { DataSource, EntityManager } from 'typeorm';
import { ReadsError } from '../src/reads-error.js';
import { runStatement, withoutValues } from './statement.js';

export const DAY_MS = 24 * 3_600_000;
/** Eleven years: beyond that a clock or a file is wrong. */
const MAX_DAYS = 4_000;
/** Each new partition holds several locks until its transaction ends, and the server has some thousands of them. */
const DAYS_A_TRANSACTION = 100;

/** The number of whole UTC days from 1970-01-01 to the day of an instant. */
export function dayOf(instant: number): number {
  return Math.floor(instant / DAY_MS);
}

/** The days that a half-open window of instants touches. @throws ReadsError `partitions_too_many` */
export function daysOf(from: number, until: number): number[] {
  const [first, last] = [dayOf(from), dayOf(until - 1)];
  if (!(until > from)) return [];
  if (!(last - first < MAX_DAYS)) throw new ReadsError('partitions_too_many', `a window of more than ${MAX_DAYS} days`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Makes the partitions of these days where they are missing; safe while others do the same. */
export async function createPartitions(dataSource: DataSource, days: readonly number[]): Promise<void> {
  for (let start = 0; start < days.length; start += DAYS_A_TRANSACTION) {
    const batch = days.slice(start, start + DAYS_A_TRANSACTION);
    await inPartitionTransaction(dataSource, async (manager) => {
      const present = new Set(await partitionDays(manager));
      for (const day of batch) if (!present.has(day)) await createPartition(manager, day);
    });
  }
}

/**
 * A table is made beside and then attached: `create table … partition of` would lock every search out while it waits,
 * attaching does not (PostgreSQL documentation, "5.12.2 Declarative Partitioning"). Names and bounds come from a number.
 */
async function createPartition(manager: EntityManager, day: number): Promise<void> {
  const name = partitionName(day);
  await runStatement(manager, [`create table ${name} (like plate_read including defaults including constraints)`, []]);
  const [from, until] = [day, day + 1].map((bound) => `${dateOf(bound)} 00:00:00+00`);
  await runStatement(manager, [
    `alter table plate_read attach partition ${name} for values from ('${from}') to ('${until}')`,
    [],
  ]);
}

/** Numbers of the UTC days that have a partition, the oldest first. */
export async function partitionDays(manager: EntityManager): Promise<number[]> {
  const rows = await runStatement<{ name: string }>(manager, [
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'plate_read'::regclass order by c.relname`,
    [],
  ]);
  return rows.flatMap(({ name }) => {
    const date = /^plate_read_d(\d{4})(\d{2})(\d{2})$/.exec(name);
    return date ? [dayOf(Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])))] : [];
  });
}

/** One change of partitions at a time, and none that makes searches wait long behind it. */
export async function inPartitionTransaction(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<void>,
): Promise<void> {
  try {
    await dataSource.transaction(async (manager) => {
      await runStatement(manager, [
        `select pg_advisory_xact_lock(hashtextextended('comity plate_read partitions', 0))`,
        [],
      ]);
      await runStatement(manager, [`set local lock_timeout = '5s'`, []]);
      await work(manager);
    });
  } catch (error) {
    throw withoutValues(error);
  }
}

export function partitionName(day: number): string {
  return `plate_read_d${dateOf(day).replaceAll('-', '')}`;
}

/** `2026-11-29`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
