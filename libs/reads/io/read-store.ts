import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import type { PlateHistoryQuery } from '../src/plate-history.js';
import type { Read, UnstoredRead } from '../src/read.js';
import { ReadsError } from '../src/reads-error.js';
import { retentionCutoff } from '../src/retention.js';
import { createPartitions, dayOf, daysOf } from './partitions.js';
import { insertReads } from './insert-reads.js';
import { historyStatement, readOf, recentStatement, type ReadRow } from './read-row.js';
import { isPartitionMissing, runStatement, withoutValues } from './statement.js';

const INSERT_CHUNK = 5_000;
export const HISTORY_LIMIT_MAX = 10_000;

export interface StoredReads {
  readonly inserted: number;
  /** Also those of one call that a later reading of the same event superseded. */
  readonly alreadyPresent: number;
  /** Stored readings that gave way to a later one of the same event; absent where there were none. */
  readonly superseded?: number;
}

export interface PlateHistoryLimits {
  /** Reads at most, 1 to 10,000. */
  readonly limit: number;
  /**
   * The owner's retention at this moment; what is past it is not found, even where the sweeper is late (P11). `undefined`
   * only where the law sets none.
   */
  readonly retentionMs: number | undefined;
}

export interface PlateHistoryResult {
  /** The newest first. */
  readonly reads: Read[];
  /** There are more than `limit`; the oldest were left out. */
  readonly truncated: boolean;
}

/** The agency's own reads. Every method throws ReadsError `store_away` or `store_failed` where the database does. */
export class ReadStore {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;
  /** Days whose partition this process has seen; another process may have dropped one since. */
  readonly #knownDays = new Set<number>();
  #stored: (reads: readonly UnstoredRead[]) => void = () => undefined;

  constructor({ dataSource, clock }: { readonly dataSource: DataSource; readonly clock: Clock }) {
    this.#dataSource = dataSource;
    this.#clock = clock;
  }

  /** `stored` is called with the reads of each batch, known ones among them, after they are durable; it must not wait. */
  whenStored(stored: (reads: readonly UnstoredRead[]) => void): void {
    this.#stored = stored;
  }

  /** The clock by which this store tells what is past. */
  get clock(): Clock {
    return this.#clock;
  }

  /**
   * Stores reads, all or none, and makes the partitions they need. A read of the same plate, instant, device and source is
   * there already and stays as it is; a later reading of an event replaces an earlier one (`insertReads`).
   * @throws ReadsError `read_invalid`
   */
  async insertMany(reads: readonly UnstoredRead[]): Promise<StoredReads> {
    if (reads.length === 0) return { inserted: 0, alreadyPresent: 0 };
    const days = [...new Set(reads.map((read) => dayOf(read.seenAt)))];
    await this.#ensureDays(days);
    try {
      return await this.#insert(reads);
    } catch (error) {
      if (!isPartitionMissing(error)) throw error;
      // The retention sweep of another process dropped a day that this one had seen.
      for (const day of days) this.#knownDays.delete(day);
      await this.#ensureDays(days);
      return this.#insert(reads);
    }
  }

  async #insert(reads: readonly UnstoredRead[]): Promise<StoredReads> {
    let inserted = 0;
    let superseded = 0;
    try {
      await this.#dataSource.transaction(async (manager) => {
        for (let start = 0; start < reads.length; start += INSERT_CHUNK) {
          const stored = await insertReads(manager, reads.slice(start, start + INSERT_CHUNK));
          inserted += stored.inserted;
          superseded += stored.superseded;
        }
      });
    } catch (error) {
      throw withoutValues(error);
    }
    this.#stored(reads);
    return { inserted, alreadyPresent: reads.length - inserted, ...(superseded > 0 && { superseded }) };
  }

  /** What was seen after `since`, the newest first. */
  async recent(since: number, limit: number): Promise<Read[]> {
    const rows = await runStatement<ReadRow>(this.#dataSource.manager, recentStatement(since, limit));
    return rows.map(readOf);
  }

  /**
   * The reads that a query asks for, compared literally, each within the owner's retention.
   * @throws ReadsError `limit_invalid` `retention_invalid`
   */
  async plateHistory(query: PlateHistoryQuery, limits: PlateHistoryLimits): Promise<PlateHistoryResult> {
    const { limit, retentionMs } = limits;
    if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_LIMIT_MAX) {
      throw new ReadsError('limit_invalid', `the limit is a whole number from 1 to ${HISTORY_LIMIT_MAX}`);
    }
    const cutoff = retentionMs === undefined ? undefined : retentionCutoff(this.#clock.now(), retentionMs);
    const statement = historyStatement(query, cutoff, limit + 1);
    const rows = await runStatement<ReadRow>(this.#dataSource.manager, statement);
    return { reads: rows.slice(0, limit).map(readOf), truncated: rows.length > limit };
  }

  /** How many reads are stored. Reads them all: for operators and tests. */
  async count(): Promise<number> {
    const [row] = await runStatement<{ reads: string }>(this.#dataSource.manager, [
      'select count(*) as reads from plate_read',
      [],
    ]);
    return Number(row?.reads);
  }

  /**
   * Makes the partitions of every UTC day that the half-open window [from, until) touches, instants in milliseconds. Safe
   * to run at once in several processes.
   * @throws ReadsError `partitions_too_many`
   */
  async ensurePartitions(from: number, until: number): Promise<void> {
    await this.#ensureDays(daysOf(from, until));
  }

  /** Partitions may have been dropped: which are there is asked anew. */
  forgetDays(): void {
    this.#knownDays.clear();
  }

  async #ensureDays(days: readonly number[]): Promise<void> {
    const missing = days.filter((day) => !this.#knownDays.has(day));
    if (missing.length === 0) return;
    await createPartitions(this.#dataSource, missing);
    for (const day of missing) this.#knownDays.add(day);
  }

  /** Where the store's data lies, for the import's own bookkeeping. */
  get dataSource(): DataSource {
    return this.#dataSource;
  }
}
