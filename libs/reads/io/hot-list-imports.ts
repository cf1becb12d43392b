import type { DataSource, EntityManager } from 'typeorm';
import type { Clock, JsonObject } from '#protocol';
import { MANUAL_LIST, isListName, type ListedPlate } from '../src/hot-list/entry.js';
import { formatInstant } from '../src/instant.js';
import { ReadsError } from '../src/reads-error.js';
import { entryJson } from './hot-list-row.js';
import { runStatement } from './statement.js';

/** How often something was counted, by code. */
export type Counts = Readonly<Record<string, number>>;

export interface HotListImport {
  readonly id: string;
  readonly list: string;
  readonly mode: 'full' | 'incremental';
  readonly compiledAt: number;
  readonly by: string;
  readonly completed: boolean;
}

export interface CompletedImport {
  /** Of the entries that stand on the list now, by source. */
  readonly bySource: Counts;
  /** What is gone with it: recovered, cancelled, or not in a full list any more. */
  readonly gone: readonly { readonly list: string; readonly record: string }[];
}

/** An import that nobody completed is forgotten with what it brought. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Lists on their way in: staged, and in force all at once or not at all. */
export class HotListImports {
  readonly #dataSource: DataSource;
  readonly #clock: Clock;

  constructor({ dataSource, clock }: { readonly dataSource: DataSource; readonly clock: Clock }) {
    this.#dataSource = dataSource;
    this.#clock = clock;
  }

  /**
   * Begins an import. A list that was compiled before the one that is there would bring back what has been recovered.
   *
   * @throws ReadsError `hot_list_invalid`
   */
  async begin(of: Omit<HotListImport, 'completed'> & { readonly format: string }): Promise<void> {
    if (!isListName(of.list) || of.list === MANUAL_LIST) {
      throw new ReadsError('hot_list_invalid', 'a list is named by small letters, digits and dashes, and not `manual`');
    }
    if (of.compiledAt > this.#clock.now()) {
      throw new ReadsError('hot_list_invalid', 'the list is dated in the future; state when it was compiled');
    }
    const held = await this.#refreshedAt(of.list);
    if (of.mode === 'incremental' && held === undefined) {
      throw new ReadsError('hot_list_invalid', 'there is nothing that this changes; import the full list first');
    }
    if (held !== undefined && of.compiledAt < held) {
      throw new ReadsError('hot_list_invalid', 'a newer list is here already; fetch the current one');
    }
    await this.#run(
      `insert into hot_list_import (id, list, mode, format, compiled_at, imported_by, started_at)
       values ($1, $2, $3, $4, $5::timestamptz, $6, $7::timestamptz)`,
      [of.id, of.list, of.mode, of.format, formatInstant(of.compiledAt), of.by, this.#now()],
    );
  }

  async find(id: string): Promise<HotListImport | undefined> {
    const [row] = await this.#run<{
      list: string;
      mode: 'full' | 'incremental';
      compiled_at: Date;
      imported_by: string;
      completed_at: Date | null;
    }>('select list, mode, compiled_at, imported_by, completed_at from hot_list_import where id = $1', [id]);
    if (row === undefined) return undefined;
    const { list, mode, compiled_at: compiledAt, imported_by: by, completed_at: completedAt } = row;
    return { id, list, mode, compiledAt: compiledAt.getTime(), by, completed: completedAt !== null };
  }

  /** Adds to an import. `undefined` as entry: the record is to go. The last of one record counts. */
  async stage(
    id: string,
    entries: readonly { record: string; source: string; entry: ListedPlate | undefined }[],
  ): Promise<void> {
    if (entries.length === 0) return;
    const last = [...new Map(entries.map((each) => [each.record, each])).values()];
    const rows = last.map(({ record, source, entry }) => ({ record, source, entry: entry && entryJson(entry) }));
    await this.#run(
      `insert into hot_list_staged (import_id, record, source, entry)
       select $1, each->>'record', each->>'source', nullif(each->'entry', 'null'::jsonb)
       from jsonb_array_elements($2::jsonb) as each
       on conflict (import_id, record) do update set source = excluded.source, entry = excluded.entry`,
      [id, JSON.stringify(rows)],
    );
  }

  /** Notes what was refused or rejected on the way, by code. */
  async count(id: string, what: 'refused' | 'rejected', counts: Counts): Promise<void> {
    for (const [code, times] of Object.entries(counts)) {
      await this.#run(
        `update hot_list_import set ${what} = ${what} ||
           jsonb_build_object($2::text, coalesce((${what}->>$2::text)::integer, 0) + $3::integer) where id = $1`,
        [id, code, times],
      );
    }
  }

  /** What was left out of an import, by code. */
  async leftOut(manager: EntityManager, id: string): Promise<{ refused: Counts; rejected: Counts }> {
    const [row] = await runStatement<{ refused: Counts; rejected: Counts }>(manager, [
      'select refused, rejected from hot_list_import where id = $1',
      [id],
    ]);
    return row ?? { refused: {}, rejected: {} };
  }

  /** Puts what was staged into force, in the caller's transaction; whatever a full list does not name is gone. */
  async complete(manager: EntityManager, of: HotListImport, digest: string): Promise<CompletedImport> {
    const { id, list } = of;
    await runStatement(manager, ['select pg_advisory_xact_lock(hashtext($1))', [`hot-list ${list}`]]);
    const held = await runStatement<{ refreshed_at: Date }>(manager, [
      'select refreshed_at from hot_list where name = $1',
      [list],
    ]);
    if (held[0] !== undefined && held[0].refreshed_at.getTime() > of.compiledAt) {
      throw new ReadsError('hot_list_invalid', 'a newer list came in between; fetch the current one');
    }
    const gone = await runStatement<{ record: string }>(manager, [
      `delete from hot_list_entry as held where held.list = $1 and (
         exists (select 1 from hot_list_staged as staged
                 where staged.import_id = $2 and staged.record = held.record and staged.entry is null)
         or ($3 = 'full' and not exists (select 1 from hot_list_staged as staged
                 where staged.import_id = $2 and staged.record = held.record))) returning held.record`,
      [list, id, of.mode],
    ]);
    await runStatement(manager, [
      `insert into hot_list_entry (list, record, plate, source, entry, expires_at)
       select $1, record, entry->>'plate', source, entry, (entry->>'expires_at')::timestamptz
       from hot_list_staged where import_id = $2 and entry is not null
       on conflict (list, record) do update
         set plate = excluded.plate, source = excluded.source, entry = excluded.entry, expires_at = excluded.expires_at`,
      [list, id],
    ]);
    await runStatement(manager, ['delete from hot_list_staged where import_id = $1', [id]]);
    await runStatement(manager, [
      `update hot_list_import set completed_at = $2::timestamptz, digest = $3 where id = $1`,
      [id, this.#now(), digest],
    ]);
    await runStatement(manager, [
      `insert into hot_list (name, refreshed_at, import_id) values ($1, $2::timestamptz, $3)
       on conflict (name) do update set refreshed_at = excluded.refreshed_at, import_id = excluded.import_id`,
      [list, formatInstant(of.compiledAt), id],
    ]);
    const bySource = await entriesBySource(manager, list);
    // The driver answers a `delete` with its rows and their number.
    const [deleted] = gone as unknown as [{ record: string }[], number];
    return { bySource, gone: deleted.map(({ record }) => ({ list, record })) };
  }

  /** Forgets imports that nobody completed. */
  async forgetAbandoned(): Promise<void> {
    await this.#run('delete from hot_list_import where completed_at is null and started_at < $1::timestamptz', [
      formatInstant(this.#clock.now() - ABANDONED_MS),
    ]);
  }

  async #refreshedAt(list: string): Promise<number | undefined> {
    const [row] = await this.#run<{ refreshed_at: Date }>('select refreshed_at from hot_list where name = $1', [list]);
    return row?.refreshed_at.getTime();
  }

  #now(): string {
    return formatInstant(this.#clock.now());
  }

  #run<Row = JsonObject>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    return runStatement<Row>(this.#dataSource.manager, [sql, parameters]);
  }
}

/** How many entries a list has, by source. */
export async function entriesBySource(manager: EntityManager, list: string): Promise<Counts> {
  const rows = await runStatement<{ source: string; entries: number }>(manager, [
    'select source, count(*)::integer as entries from hot_list_entry where list = $1 group by source order by source',
    [list],
  ]);
  return Object.fromEntries(rows.map(({ source, entries }) => [source, entries]));
}
