import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '#protocol';
import { formatInstant } from '../src/instant.js';
import { retentionCutoff } from '../src/retention.js';
import { heldHitsStatement, heldStatement } from './held-reads.js';
import { runStatement } from './statement.js';

/** A read that a hold preserves, as it was stored. */
export interface HeldRead {
  readonly plate: string;
  readonly seenAt: number;
  readonly device: string;
  readonly source: string;
  /** Every column of the read. */
  readonly read: Readonly<Record<string, unknown>>;
}

export const HELD_READS_MAX = 10_000;

/**
 * Reads that holds preserve. They are copies: the read itself goes when its limit ends, and from then on it is found through
 * its hold and in no other way.
 */
export class HeldReads {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;

  constructor({ dataSource, clock }: { readonly dataSource: DataSource; readonly clock: Clock }) {
    this.#dataSource = dataSource;
    this.#clock = clock;
  }

  /**
   * Copies what a hold that was just placed preserves and that is still kept.
   * @param window instants in milliseconds
   * @returns how many reads that are
   */
  async preserve(
    manager: EntityManager,
    hold: string,
    window: { readonly from: number; readonly until: number; readonly retentionMs: number | undefined },
  ): Promise<number> {
    const now = this.#clock.now();
    const { retentionMs } = window;
    // As text that this program made of numbers, so that only the partitions of the window are looked at.
    const from = Math.max(window.from, retentionMs === undefined ? window.from : retentionCutoff(now, retentionMs));
    const rows = `(select * from plate_read where seen_at >= '${formatInstant(from)}'::timestamptz
      and seen_at < '${formatInstant(window.until)}'::timestamptz)`;
    await runStatement(manager, heldStatement(rows, { now, retentionMs, hold }));
    await runStatement(manager, heldHitsStatement('all', now, hold));
    const [counted] = await runStatement<{ held: number }>(manager, [
      'select count(*)::integer as held from held_read where hold = $1',
      [hold],
    ]);
    return counted?.held ?? 0;
  }

  /** What a hold preserves, the oldest first; at most 10,000. */
  async of(hold: string, manager: EntityManager = this.#dataSource.manager): Promise<HeldRead[]> {
    const rows = await runStatement<HeldRow>(manager, [
      `select plate, seen_at, device, source, read from held_read where hold = $1
       order by seen_at, plate, device, source limit ${HELD_READS_MAX}`,
      [hold],
    ]);
    return rows.map(({ plate, seen_at: seenAt, device, source, read }) => ({
      plate,
      seenAt: seenAt.getTime(),
      device,
      source,
      read,
    }));
  }

  /** Deletes what a hold preserved; counts by UTC day and by the class of the cameras' owners. */
  async remove(manager: EntityManager, hold: string): Promise<{ day: string; class: string; count: number }[]> {
    return runStatement(manager, [
      `with gone as (delete from held_read where hold = $1 returning seen_at, read)
       select to_char(seen_at at time zone 'UTC', 'YYYY-MM-DD') as day, coalesce(read ->> 'camera_owner_class', '') as class,
         count(*)::integer as count
       from gone group by 1, 2 order by 1, 2`,
      [hold],
    ]);
  }
}

interface HeldRow {
  readonly plate: string;
  readonly seen_at: Date;
  readonly device: string;
  readonly source: string;
  readonly read: Record<string, unknown>;
}

/** Copies what open holds preserve of the hits whose limit has ended; to be called before those are deleted. */
export async function preserveExpiredHits(manager: EntityManager, now: number): Promise<void> {
  await runStatement(manager, heldHitsStatement('expired', now));
}
