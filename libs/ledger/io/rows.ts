import type { DataSource, EntityManager } from 'typeorm';
import { LedgerError } from '../src/index.js';

/** Rows of one statement. The statement says what they hold; PostgreSQL's bigint comes as text. */
export async function queryRows<Row>(
  database: DataSource | EntityManager,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const answer: unknown = await database.query(statement, [...parameters]);
  if (!Array.isArray(answer)) throw new TypeError('a statement that returns no rows was asked for rows');
  return answer as Row[];
}

/** A bigint column as a number, which is exact to 2^53 - 1. */
export function toCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new LedgerError('database_doubtful', 'a count in the database is out of range');
  }
  return value;
}

/** A bytea column without Buffer's methods, so that it compares equal to other bytes. */
export function toBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
