import type { DataSource } from 'typeorm';
import { isQuorum, type TlogPolicy } from '../src/index.js';
import { queryRows, toCount } from './rows.js';

/** That the log has grown beyond what enough witnesses have cosigned. */
export interface Unwitnessed {
  /** When the first entry came in that they have not cosigned. Milliseconds. */
  readonly sinceMs: number;
  /** The largest tree that enough of them have cosigned. */
  readonly cosignedSize: number;
  readonly size: number;
}

/**
 * Whether enough witnesses have cosigned the whole log, from the database alone, so that a restart begins no time anew. Enough
 * is the quorum of `policy`; without one, or where it asks for nobody, a single witness.
 */
export async function readUnwitnessed(
  database: DataSource,
  policy: TlogPolicy | undefined,
): Promise<Unwitnessed | undefined> {
  const cosignedSize =
    policy?.quorum === undefined ? await largestCosigned(database) : await largestByQuorum(database, policy);
  const [row] = await queryRows<{ size: string; since: Date | null }>(
    database,
    `select s.size, (select i.at from receipt_index i where i.entry_index = $1) as since from log_state s
     where s.id = 1 and s.size > $1`,
    [cosignedSize],
  );
  return row?.since ? { sinceMs: row.since.getTime(), cosignedSize, size: toCount(row.size) } : undefined;
}

async function largestCosigned(database: DataSource): Promise<number> {
  const [row] = await queryRows<{ size: string | null }>(database, `select max(size) as size from cosignature`, []);
  return row?.size ? toCount(row.size) : 0;
}

/** Whoever has cosigned a larger tree has cosigned every smaller one. */
async function largestByQuorum(database: DataSource, policy: TlogPolicy): Promise<number> {
  const newest = await Promise.all(
    policy.witnesses.map(async ({ key: { name, vkey } }) => {
      const [row] = await queryRows<{ size: string }>(
        database,
        `select size from cosignature where name = $1 order by size desc limit 1`,
        [name],
      );
      return { vkey, size: row ? toCount(row.size) : 0 };
    }),
  );
  const cosigned = new Set<string>();
  for (const { vkey, size } of newest.sort((a, b) => b.size - a.size)) {
    cosigned.add(vkey);
    if (size > 0 && isQuorum(policy, cosigned)) return size;
  }
  return 0;
}
