import type { DataSource, EntityManager } from 'typeorm';
import type { Clock, JsonObject } from '#protocol';
import { MANUAL_LIST, type ActiveEntry, type ListedPlate, type SourcePermit } from '../src/hot-list/entry.js';
import { isFresh } from '../src/hot-list/freshness.js';
import { formatInstant } from '../src/instant.js';
import { activeEntryOf, entryJson, type EntryRow } from './hot-list-row.js';
import { entriesBySource, type Counts } from './hot-list-imports.js';
import { runStatement } from './statement.js';

export interface HotListStatus {
  readonly list: string;
  readonly refreshedAt: number;
  readonly fresh: boolean;
  readonly entries: number;
  readonly bySource: Counts;
}

/** The agency's lists of wanted plates. Every method throws ReadsError `store_away` or `store_failed` where the database does. */
export class HotLists {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;

  constructor({ dataSource, clock }: { readonly dataSource: DataSource; readonly clock: Clock }) {
    this.#dataSource = dataSource;
    this.#clock = clock;
  }

  /** An entry that a person types in: it is as fresh as the moment, and gone when the shift ends. */
  async type(manager: EntityManager, entry: ListedPlate): Promise<void> {
    await runStatement(manager, [
      `insert into hot_list_entry (list, record, plate, source, entry, expires_at, entered_at)
       values ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz)`,
      [
        MANUAL_LIST,
        entry.record,
        entry.plate,
        entry.source,
        JSON.stringify(entryJson(entry)),
        formatInstant(entry.expiresAt),
        this.#now(),
      ],
    ]);
  }

  /** Recovered or cancelled. True where it was there. */
  async remove(manager: EntityManager, list: string, record: string): Promise<boolean> {
    const [, deleted] = (await runStatement(manager, [
      'delete from hot_list_entry where list = $1 and record = $2 returning 1',
      [list, record],
    ])) as unknown as [unknown[], number];
    return deleted > 0;
  }

  /** The entries of these plates that may give a hit now: not expired, of a permitted source, on a list that is fresh. */
  async active(plates: readonly string[], permit: SourcePermit): Promise<ActiveEntry[]> {
    if (plates.length === 0) return [];
    const rows = await this.#run<EntryRow>(
      `${SELECT_ENTRY} where e.plate = any($1::text[]) and e.expires_at > $2::timestamptz`,
      [[...new Set(plates)], this.#now()],
    );
    return rows.map(activeEntryOf).filter((entry) => this.#mayHit(entry, permit));
  }

  /** One entry as it stands, and whether it may give a hit; `undefined` where it is gone. */
  async standing(
    list: string,
    record: string,
    permit: SourcePermit,
  ): Promise<{ entry: ActiveEntry; mayHit: boolean } | undefined> {
    const [row] = await this.#run<EntryRow>(
      `${SELECT_ENTRY} where e.list = $1 and e.record = $2 and e.expires_at > $3::timestamptz`,
      [list, record, this.#now()],
    );
    const entry = row && activeEntryOf(row);
    return entry && { entry, mayHit: this.#mayHit(entry, permit) };
  }

  /** The entries of a list after `after`, by record. */
  async entries(list: string, after: string, limit: number): Promise<ActiveEntry[]> {
    const rows = await this.#run<EntryRow>(
      `${SELECT_ENTRY} where e.list = $1 and e.record > $2 and e.expires_at > $3::timestamptz order by e.record limit $4`,
      [list, after, this.#now(), limit],
    );
    return rows.map(activeEntryOf);
  }

  async status(permit: SourcePermit): Promise<HotListStatus[]> {
    const rows = await this.#run<{ name: string; refreshed_at: Date }>(
      `select name, refreshed_at from hot_list
       union all select '${MANUAL_LIST}', max(entered_at) from hot_list_entry where list = '${MANUAL_LIST}' having count(*) > 0
       order by name`,
      [],
    );
    const now = this.#clock.now();
    return Promise.all(
      rows.map(async ({ name, refreshed_at: at }) => {
        const bySource = await entriesBySource(this.#dataSource.manager, name);
        const entries = Object.values(bySource).reduce((sum, count) => sum + count, 0);
        const refreshedAt = at.getTime();
        return { list: name, refreshedAt, fresh: isFresh(refreshedAt, permit.maxAgeHours, now), entries, bySource };
      }),
    );
  }

  /**
   * Deletes what has expired, and what no rule permits any more.
   *
   * @returns what is gone with it, so that nothing stays pending on it
   */
  async purge(permit: SourcePermit): Promise<{ list: string; record: string }[]> {
    const sources = await this.#run<{ source: string }>('select distinct source from hot_list_entry', []);
    const barred = sources.map(({ source }) => source).filter((source) => permit.of(source) !== 'permitted');
    const [gone] = (await this.#run(
      `delete from hot_list_entry where expires_at <= $1::timestamptz or source = any($2::text[]) returning list, record`,
      [this.#now(), barred],
    )) as unknown as [{ list: string; record: string }[], number];
    return gone;
  }

  #mayHit(entry: ActiveEntry, permit: SourcePermit): boolean {
    return permit.of(entry.source) === 'permitted' && isFresh(entry.refreshedAt, permit.maxAgeHours, this.#clock.now());
  }

  #now(): string {
    return formatInstant(this.#clock.now());
  }

  #run<Row = JsonObject>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return runStatement<Row>(this.#dataSource.manager, [sql, parameters]);
  }
}

const SELECT_ENTRY = `select e.list, e.record, e.entry, coalesce(e.entered_at, l.refreshed_at) as refreshed_at
  from hot_list_entry e left join hot_list l on l.name = e.list`;
