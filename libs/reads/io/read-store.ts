import type { DataSource } from 'typeorm';
import type { Clock } from '#protocol';
import type { PlateHistoryQuery } from '../src/plate-history.js';
import { CAMERA_OWNER_CLASSES, type CameraOwnerClass, type Read, type UnstoredRead } from '../src/read.js';
import type { LatestSighting, PlateHistory, ReadsQuery } from '../src/reads-query.js';
import { ReadsError } from '../src/reads-error.js';
import { retentionCutoff } from '../src/retention.js';
import { createPartitions, dayOf, daysOf } from './partitions.js';
import { insertReads } from './insert-reads.js';
import { readOf, recentStatement, type ReadRow } from './read-row.js';
import { lookAlikeReads, type UnverifiedRead } from './look-alikes.js';
import { inSearchTransaction } from './search-transaction.js';
import type { SearchResult } from './search-bounds.js';
import { searchReads } from './search-reads.js';
import { isPartitionMissing, runStatement, withoutValues } from './statement.js';

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

export interface SearchLimits extends PlateHistoryLimits {
  /** Whose cameras' reads the rule lets through; those of others are as if they had not been made. */
  readonly cameraOwnerClasses: readonly CameraOwnerClass[];
  /** `next` of an earlier result for the very same query; never taken from a requester unsigned (P14). */
  readonly position?: string;
}

export type PlateHistoryResult = Pick<SearchResult, 'reads' | 'truncated'>;

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
        const stored = await insertReads(manager, reads);
        inserted = stored.inserted;
        superseded = stored.superseded;
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
   * What a query of any kind asks for, each read within the owner's retention at this moment by the owner's clock, a page of at
   * most `limit` (`searchReads`). Compared literally; a look-alike is never among them.
   * @throws ReadsError `limit_invalid` `retention_invalid` `position_invalid` `search_too_broad` `search_too_slow`
   */
  async search(query: ReadsQuery, limits: SearchLimits): Promise<SearchResult> {
    const { limit, cameraOwnerClasses, position } = limits;
    const bounds = { limit, cutoff: this.#cutoff(limits), cameraOwnerClasses, position };
    return inSearchTransaction(this.#dataSource, (manager) => searchReads(manager, query, bounds));
  }

  /** The reads of these plates, the newest first. @throws ReadsError as `search` */
  async plateHistory(query: PlateHistoryQuery, limits: PlateHistoryLimits): Promise<PlateHistoryResult> {
    const { reads, truncated } = await this.search(
      { kind: 'plate_history', ...query },
      { ...limits, cameraOwnerClasses: CAMERA_OWNER_CLASSES },
    );
    return { reads, truncated };
  }

  /**
   * Reads that may be of an asked plate although their text is another: for a person's eye, marked as unverified.
   * @throws ReadsError as `search`
   */
  async lookAlikes(query: PlateHistory | LatestSighting, limits: PlateHistoryLimits): Promise<UnverifiedRead[]> {
    const bounds = { limit: limits.limit, cutoff: this.#cutoff(limits) };
    return inSearchTransaction(this.#dataSource, (manager) => lookAlikeReads(manager, query, bounds));
  }

  /** The instant up to which nothing is found: whoever adds other reasons to hide a read adds them where this is used. */
  #cutoff({ limit, retentionMs }: PlateHistoryLimits): number | undefined {
    if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_LIMIT_MAX) {
      throw new ReadsError('limit_invalid', `the limit is a whole number from 1 to ${HISTORY_LIMIT_MAX}`);
    }
    return retentionMs === undefined ? undefined : retentionCutoff(this.#clock.now(), retentionMs);
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
