import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often each operation was done, by party. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const WAIT_MS = 5_000;
const POLL_MS = 10;

/** Asks each party for its counts and waits until it has written them. */
export async function readCounts(directory: string, parties: ReadonlyMap<number, string>): Promise<Counts> {
  const entries = await Promise.all(
    [...parties].map(async ([pid, name]) => [name, await countsOf(pid, join(directory, `${name}.json`))] as const),
  );
  return Object.fromEntries(entries);
}

async function countsOf(pid: number, path: string): Promise<Record<string, number>> {
  await rm(path, { force: true });
  process.kill(pid, 'SIGWINCH');
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as Record<string, number>;
    if (Date.now() > until) throw new Error(`process ${pid} does not say what it counted`);
    await sleep(POLL_MS);
  }
}

/** All parties together, between two readings. */
export function operationsBetween(before: Counts, after: Counts): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [party, counted] of Object.entries(after)) {
    for (const [what, times] of Object.entries(counted)) {
      sum[what] = (sum[what] ?? 0) + times - (before[party]?.[what] ?? 0);
    }
  }
  return sum;
}
