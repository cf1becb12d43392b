import { createHash } from 'node:crypto';
import type { ClientBase, QueryResult } from 'pg';
import { planIsLost } from '../src/plan-is-lost.js';

/** On one connection. The texts of a program are constants; should they not be, the rest is sent as it is. */
const MAX_PREPARED = 256;

type Query = (statement: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * Lets the server parse and plan each statement with parameters once on this connection, instead of every time it is run. A
 * statement for which `isPlannedAnew` holds is planned with its values, as for a table in partitions, of which only those that
 * the values mean are to be looked at.
 *
 * Where the server cannot run what it has prepared (a migration changed the columns of a `select *`; a pooler handed the
 * connection to another server), the connection prepares no more, and the statement is run again as it is; inside a
 * transaction it fails, as the transaction then has.
 */
export function prepareStatements(client: ClientBase, isPlannedAnew: (statement: string) => boolean): void {
  const plain = client.query.bind(client) as Query;
  const names = new Map<string, string>();
  let prepares = true;
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_PREPARED || isPlannedAnew(text)) return known;
    const name = createHash('sha256').update(text).digest('base64url').slice(0, 32);
    names.set(text, name);
    return name;
  };
  const query: Query = (statement, values, ...rest) => {
    const isOne = typeof statement === 'string' && Array.isArray(values) && values.length > 0 && rest.length === 0;
    const name = prepares && isOne ? nameOf(statement) : undefined;
    if (name === undefined) return plain(statement, values, ...rest);
    return (plain({ name, text: statement, values }) as Promise<QueryResult>).catch((error: unknown) => {
      if (!planIsLost(error)) throw error;
      prepares = false;
      // As it was before this statement: the server tells of the failure first.
      if (client.getTransactionStatus() !== 'I') throw error;
      return plain(statement, values);
    });
  };
  client.query = query as ClientBase['query'];
}
