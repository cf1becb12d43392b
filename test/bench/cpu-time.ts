import { readFileSync, readdirSync } from 'node:fs';

/** CPU milliseconds by party; `database` is what the database server did for nobody in particular. */
export type CpuTimes = Readonly<Record<string, number>>;

/** How far each process has come, and whom it works for. */
export interface CpuReading {
  readonly processes: ReadonlyMap<number, { readonly name: string; readonly ms: number }>;
  /** CPU milliseconds of backends that have ended, over their whole lives. */
  readonly endedMs: number;
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** The processes of a party, from its own environment; a name for every process id. */
export function partyNames(pids: readonly number[]): Map<number, string> {
  return new Map(pids.map((pid) => [pid, environmentOf(pid)['OTEL_SERVICE_NAME'] ?? String(pid)]));
}

/**
 * CPU time so far of the parties and of the database server. A backend is counted for the party whose database it
 * serves, as its title says.
 *
 * @param skipBackends backends of the measurement itself
 */
export function readCpu(
  parties: ReadonlyMap<number, string>,
  postmaster: number,
  skipBackends: ReadonlySet<number>,
): CpuReading {
  const own = [...parties].map(([pid, name]) => [pid, { name, ms: ownTimeOf(pid) }] as const);
  const backends = childrenOf(postmaster)
    .filter((pid) => !skipBackends.has(pid))
    .map((pid) => [pid, { name: servedBy(pid), ms: ownTimeOf(pid) }] as const);
  const server = { name: 'database', ms: ownTimeOf(postmaster) };
  return { processes: new Map([...own, ...backends, [postmaster, server]]), endedMs: endedChildrenOf(postmaster) };
}

/** What was used in between. Of a backend that ended only what it had not used before counts, for the `database`. */
export function cpuBetween(before: CpuReading, after: CpuReading): CpuTimes {
  const times: Record<string, number> = {};
  const add = (name: string, ms: number) => (times[name] = (times[name] ?? 0) + ms);
  for (const [pid, { name, ms }] of after.processes) add(name, ms - (before.processes.get(pid)?.ms ?? 0));
  const gone = [...before.processes].filter(([pid]) => !after.processes.has(pid));
  add('database', after.endedMs - before.endedMs - gone.reduce((sum, [, { ms }]) => sum + ms, 0));
  return times;
}

function servedBy(backend: number): string {
  const database = /sandbox_([a-z_]+)/.exec(titleOf(backend))?.[1];
  return database === undefined ? 'database' : `${database.replaceAll('_', '-')}: database`;
}

/** CPU milliseconds of one process since it started, its threads included. */
export function ownTimeOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * TICK_MS;
}

function endedChildrenOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat[13] ?? 0) + Number(stat[14] ?? 0)) * TICK_MS;
}

/** The fields of `/proc/PID/stat` from the third on: the second is a name that may hold anything. */
function statOf(pid: number): string[] {
  const text = readText(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(statOf(child)[1]) === pid);
}

function titleOf(pid: number): string {
  return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function environmentOf(pid: number): Record<string, string> {
  const entries = readText(`/proc/${pid}/environ`).split('\0');
  return Object.fromEntries(
    entries.map((entry) => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** A process that is gone has no files, and has used nothing since. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
