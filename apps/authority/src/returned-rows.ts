import type { DataSource, EntityManager } from 'typeorm';

/** Rows of a statement with `returning`: TypeORM answers `[rows, count]` for an update, and the rows for an insert. */
export async function returned<T>(
  database: DataSource | EntityManager,
  text: string,
  values: readonly unknown[],
): Promise<T[]> {
  const answer = await database.query<T[] | [T[], number]>(text, [...values]);
  return Array.isArray(answer[0]) ? answer[0] : (answer as T[]);
}
