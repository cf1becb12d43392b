import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of its own on a file: what is in the file is what a disk would hold after the power went. */
export interface LoopDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Copies the file as it is, with whatever was not flushed to it missing, and mounts the copy. */
  cut(): Promise<LoopDisk>;
  /** Fills it up to the last `bytesLeft`. */
  fill(bytesLeft: number): Promise<void>;
  makeRoom(): Promise<void>;
  remove(): Promise<void>;
}

const BALLAST = 'ballast';

/** Why no such disk can be made here; undefined where it can. */
export async function noLoopDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root may mount a file system';
  try {
    const disk = await makeLoopDisk(16);
    await disk.remove();
    return undefined;
  } catch (error) {
    return `no file system can be mounted here: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`;
  }
}

export async function makeLoopDisk(mebibytes: number): Promise<LoopDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'comity-disk-'));
  const image = join(folder, 'image');
  await run('truncate', ['-s', `${mebibytes}M`, image]);
  await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  return mounted(folder, image);
}

async function mounted(folder: string, image: string): Promise<LoopDisk> {
  const mount = join(folder, 'mounted');
  await mkdir(mount, { recursive: true });
  await run('mount', ['-o', 'loop', image, mount]);
  // The account of the server walks through both.
  await run('chmod', ['0755', folder, mount]);
  return {
    folder: mount,
    async cut() {
      const other = await mkdtemp(join(tmpdir(), 'comity-disk-'));
      const copy = join(other, 'image');
      await run('cp', ['--sparse=always', image, copy]);
      return mounted(other, copy);
    },
    async fill(bytesLeft) {
      const { stdout } = await run('df', ['--output=avail', '-B1', mount]);
      const available = Number(stdout.trim().split('\n').at(-1));
      await run('fallocate', ['-l', String(Math.max(4096, available - bytesLeft)), join(mount, BALLAST)]);
    },
    async makeRoom() {
      await rm(join(mount, BALLAST), { force: true });
    },
    async remove() {
      await run('umount', [mount]).catch(() => run('umount', ['-l', mount]));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Stops every process that works inside the folder, as a moment stops them, and lets them go on. */
export async function whileStopped<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const pids = await processesIn(folder);
  for (const pid of pids) signal(pid, 'SIGSTOP');
  try {
    await allAreStopped(pids);
    return await act();
  } finally {
    for (const pid of pids) signal(pid, 'SIGCONT');
  }
}

async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
  const cwds = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, i) => cwds[i]?.startsWith(folder) === true).map(Number);
}

async function allAreStopped(pids: readonly number[]): Promise<void> {
  for (let look = 0; look < 1_000; look += 1) {
    const states = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') T')));
    if (states.every((state) => /\) [TZX]/.test(state))) return;
  }
  throw new Error('the server could not be stopped');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
