import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessMemory {
  readonly process: string;
  /** Resident now. */
  readonly bytes: number;
  /** The most that was ever resident; `undefined` for several processes together. */
  readonly peakBytes: number | undefined;
}

/** As Linux counts it: `VmRSS` and `VmHWM`. */
export function memoryOf(name: string, pid: number): ProcessMemory {
  const status = readText(`/proc/${pid}/status`);
  return { process: name, bytes: kib(status, 'VmRSS'), peakBytes: kib(status, 'VmHWM') };
}

/** A database server and all its backends: memory that they share counts once (`Pss`). */
export function memoryOfServer(name: string, postmaster: number): ProcessMemory {
  const pids = [postmaster, ...childrenOf(postmaster)];
  const bytes = pids.reduce((sum, pid) => sum + kib(readText(`/proc/${pid}/smaps_rollup`), 'Pss'), 0);
  return { process: `${name} (${pids.length} processes)`, bytes, peakBytes: undefined };
}

function kib(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return Number(found ?? 0) * 1024;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => readText(`/proc/${pid}/status`).includes(`\nPPid:\t${parent}\n`));
}

/** A process that is gone has no files, and no memory. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
