import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

const DAY_MS = 86_400_000;
const LOCK_TIMEOUT_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Of a table of the schema, by a name of this program alone. */
const RELATION = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * A deleted row stays in the pages of its table and indexes until they are rewritten: whoever takes the disk, or a copy of the
 * files, would still read it. In the transaction of the deletion itself it is noted which tables are concerned.
 */
export async function noteRemains(manager: EntityManager, relations: readonly string[], now: number): Promise<void> {
  for (const relation of relations) {
    await manager.query(
      `insert into deletion_remains (relation, deleted_at, last_at) values ($1, $2, $2)
       on conflict (relation) do update set last_at = excluded.last_at`,
      [relation, new Date(now)],
    );
  }
}

/**
 * Rewrites the tables that have held the bytes of deleted rows for a day, or all of them with `now`.
 * @returns the tables that were rewritten; one that is busy is tried again in the next round
 */
export async function rewriteRemains(
  dataSource: DataSource,
  { now, at }: { readonly now: number; readonly at: 'later' | 'now' },
): Promise<string[]> {
  const due: { relation: string; last_at: Date }[] = await dataSource.query(
    'select relation, last_at from deletion_remains where deleted_at <= $1 order by relation',
    [new Date(at === 'now' ? now : now - DAY_MS)],
  );
  const rewritten: string[] = [];
  for (const { relation, last_at: lastAt } of due) {
    if (!(await rewrite(dataSource, relation))) continue;
    // Rows that were deleted meanwhile were noted with a later instant, and keep the note.
    await dataSource.query('delete from deletion_remains where relation = $1 and last_at <= $2', [relation, lastAt]);
    rewritten.push(relation);
  }
  return rewritten;
}

/** On one connection, since `vacuum` runs in no transaction and how long it waits is a setting of the connection. */
async function rewrite(dataSource: DataSource, relation: string): Promise<boolean> {
  if (!RELATION.test(relation)) throw new TypeError('a relation is named by this program');
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // A day's own table of reads may have gone whole since.
    if (await isThere(relation, runner)) await runner.query(`vacuum (full) ${relation}`);
    return true;
  } catch (error) {
    if ((error as { driverError?: { code?: unknown } }).driverError?.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  } finally {
    await runner.query('reset lock_timeout').catch(() => undefined);
    await runner.release();
  }
}

async function isThere(relation: string, runner: QueryRunner): Promise<boolean> {
  const rows: { there: boolean }[] = await runner.query('select to_regclass($1) is not null as there', [relation]);
  return rows[0]?.there === true;
}
