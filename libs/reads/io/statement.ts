import type { EntityManager } from 'typeorm';
import { databaseIsAway, describeDatabaseError } from '#postgres/io';
import { ReadsError } from '../src/reads-error.js';

/** One statement with its values as parameters; the text is always a constant of this library (W10). */
export type Statement = readonly [sql: string, parameters: readonly unknown[]];

/**
 * Runs a statement and answers its rows. TypeORM's error keeps the parameters and PostgreSQL's detail repeats values; both
 * would carry plates into a log (W14, law 10), so neither leaves here.
 * @throws ReadsError `store_away` (try again later), `read_invalid` (a constraint refused), `store_failed`
 */
export async function runStatement<Row>(manager: EntityManager, [sql, parameters]: Statement): Promise<Row[]> {
  try {
    return await manager.query<Row[]>(sql, [...parameters]);
  } catch (error) {
    throw withoutValues(error);
  }
}

/** The failure without the values that it repeats; passes this library's own errors through. */
export function withoutValues(error: unknown): ReadsError {
  if (error instanceof ReadsError) return error;
  const { code, constraint } = driverErrorOf(error);
  if (databaseIsAway(error)) {
    return new ReadsError('store_away', 'the read store cannot be reached', { cause: awayCause(error, code) });
  }
  const cause = Object.assign(new Error(describeDatabaseError(error)), { code });
  if (code === CHECK_VIOLATION && constraint !== undefined) {
    return new ReadsError('read_invalid', `a read breaks \`${constraint}\``, { at: constraint, cause });
  }
  return new ReadsError('store_failed', 'the read store failed', { cause });
}

const CHECK_VIOLATION = '23514';

/** PostgreSQL reports a row without a partition as a check violation that names no constraint. */
export function isPartitionMissing(error: unknown): boolean {
  return (
    error instanceof ReadsError &&
    error.code === 'store_failed' &&
    (error.evidence.cause as { code?: unknown }).code === CHECK_VIOLATION
  );
}

/** A lost connection or a server that shuts down names no values, and its text is what tells it apart. */
function awayCause(error: unknown, code: string | undefined): Error {
  return Object.assign(new Error(error instanceof Error ? error.message : 'the database is away'), { code });
}

function driverErrorOf(error: unknown): { code: string | undefined; constraint: string | undefined } {
  const source: unknown = (error as { driverError?: unknown } | null)?.driverError ?? error;
  const { code, constraint } = (source ?? {}) as Record<string, unknown>;
  return {
    code: typeof code === 'string' ? code : undefined,
    constraint: typeof constraint === 'string' ? constraint : undefined,
  };
}
