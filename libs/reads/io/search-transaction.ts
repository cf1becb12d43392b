import type { DataSource, EntityManager } from 'typeorm';
import { ReadsError } from '../src/reads-error.js';
import { runStatement, withoutValues } from './statement.js';

/** A search that takes longer than this ends: one requester must not hold the database of an agency. */
const STATEMENT_MS = 10_000;
const QUERY_CANCELED = '57014';

/**
 * Runs a search in a transaction that only reads, over one state of the table, each of its statements bounded in time.
 * @throws ReadsError `search_too_slow`, and what `work` throws
 */
export async function inSearchTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  try {
    return await dataSource.transaction('REPEATABLE READ', async (manager) => {
      await runStatement(manager, [`set local statement_timeout = ${STATEMENT_MS}`, []]);
      await runStatement(manager, ['set transaction read only', []]);
      return work(manager);
    });
  } catch (error) {
    const failure = withoutValues(error);
    const { code } = (failure.evidence.cause ?? {}) as { code?: unknown };
    if (code !== QUERY_CANCELED) throw failure;
    throw new ReadsError('search_too_slow', 'the search took too long and was ended; narrow its window or area');
  }
}
