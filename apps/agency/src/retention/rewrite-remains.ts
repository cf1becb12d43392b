import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Clock } from '#protocol';

const DAY_MS = 86_400_000;
const LOCK_TIMEOUT_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** Together longer than a statement may run. */
const TRIES_NOW = 100;
const TRY_AGAIN_MS = 500;

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
  { clock, at }: { readonly clock: Clock; readonly at: 'later' | 'now' },
): Promise<string[]> {
  const due: { relation: string; last_at: Date }[] = await dataSource.query(
    'select relation, last_at from deletion_remains where deleted_at <= $1 order by relation',
    [new Date(clock.now() - (at === 'now' ? 0 : DAY_MS))],
  );
  const rewritten: string[] = [];
  for (const { relation, last_at: lastAt } of due) {
    if (!(await rewrite(dataSource, relation, clock, at === 'now' ? TRIES_NOW : 1))) continue;
    // Rows that were deleted meanwhile were noted with a later instant, and keep the note.
    await dataSource.query('delete from deletion_remains where relation = $1 and last_at <= $2', [relation, lastAt]);
    rewritten.push(relation);
  }
  return rewritten;
}

/** A few times, since a statement that reads just now is over soon. @returns whether no deleted row is left in the pages */
async function rewrite(dataSource: DataSource, relation: string, clock: Clock, tries: number): Promise<boolean> {
  if (!RELATION.test(relation)) throw new TypeError('a relation is named by this program');
  for (let left = tries; left > 0; left -= 1) {
    if (await rewriteOnce(dataSource, relation)) return true;
    if (left > 1) await clock.sleep(TRY_AGAIN_MS);
  }
  return false;
}

/** On one connection, since `vacuum` runs in no transaction and how long it waits is a setting of the connection. */
async function rewriteOnce(dataSource: DataSource, relation: string): Promise<boolean> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // A large table takes longer than a statement of the running program may.
    await runner.query('set statement_timeout = 0');
    // A day's own table of reads may have gone whole since.
    return !(await isThere(relation, runner)) || (await rewrittenWhole(relation, runner));
  } catch (error) {
    if ((error as { driverError?: { code?: unknown } }).driverError?.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  } finally {
    await runner.query('reset lock_timeout').catch(() => undefined);
    // As the connection began with it.
    await runner.query('reset statement_timeout').catch(() => undefined);
    await runner.release();
  }
}

/**
 * `vacuum full` takes deleted rows along that a statement older than their deletion could still see, the server's own `analyze`
 * too, and says so nowhere but in its report: of that, the number of the detail is read, which is the same in every language.
 */
async function rewrittenWhole(relation: string, runner: QueryRunner): Promise<boolean> {
  const client = (await runner.connect()) as PoolClient;
  const taken: string[] = [];
  const report = ({ detail }: { readonly detail?: string | undefined }) => {
    const [dead] = /\d+/.exec(detail ?? '') ?? [];
    if (dead !== undefined) taken.push(dead);
  };
  client.on('notice', report);
  try {
    await runner.query(`vacuum (full, verbose) ${relation}`);
  } finally {
    client.off('notice', report);
  }
  return taken.length > 0 && taken.every((dead) => dead === '0');
}

async function isThere(relation: string, runner: QueryRunner): Promise<boolean> {
  const rows: { there: boolean }[] = await runner.query('select to_regclass($1) is not null as there', [relation]);
  return rows[0]?.there === true;
}
