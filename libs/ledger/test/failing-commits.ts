import type { DataSource } from 'typeorm';

/** A database whose commits of batches fail as `fail` says; the rest goes through. */
export function failingCommits(dataSource: DataSource, fail: (commit: () => Promise<unknown>) => Promise<unknown>) {
  const commits: unknown[][] = [];
  const query = (statement: string, parameters?: unknown[]): Promise<unknown> => {
    const run = () => dataSource.query<unknown>(statement, parameters);
    if (!statement.includes('update log_state')) return run();
    commits.push(parameters ?? []);
    return fail(run);
  };
  const wrapped = new Proxy(dataSource, {
    get: (target, member) => (member === 'query' ? query : (Reflect.get(target, member, target) as unknown)),
  });
  return { wrapped, commits };
}
