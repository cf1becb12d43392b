import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parsePostmasterPid, type PostmasterPid } from '../src/postmaster-pid.js';
import { PostgresError } from '../src/postgres-error.js';
import type { ClusterFiles } from './cluster.js';
import type { ServerAccount } from './server-account.js';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Error texts, details and statements repeat values such as plates (attack W14): the log tells of the server only.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
};

const STOP_SIGNALS = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** The server that runs in this cluster, by its pid file; undefined when that file is absent or stale. */
export async function runningServer(cluster: string): Promise<PostmasterPid | undefined> {
  const found = parsePostmasterPid(await readPidFile(cluster));
  return found !== undefined && livesIn(found.pid, cluster) ? found : undefined;
}

/**
 * Whether the process is a live PostgreSQL of this cluster: every PostgreSQL process works inside its data directory.
 * The number alone proves nothing, since after a crash it may belong to any other program.
 */
function livesIn(pid: number, cluster: string): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8');
    return name.startsWith('postgres') && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    // Gone, a zombie, or another user's process: none of them is our server.
    return false;
  }
}

/**
 * Removes a pid file that no server stands behind. Children of a killed server may outlive it for a moment and still
 * write, and PostgreSQL finds them through this very file, so it goes only when the last of them has gone.
 */
export async function removeStalePidFile(cluster: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
    if ((await readPidFile(cluster)) === '' || (await runningServer(cluster)) !== undefined) return;
    const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
    if (pids.some((pid) => livesIn(Number(pid), cluster))) await sleep(50);
    else await rm(pidFile(cluster), { force: true });
  }
  throw new PostgresError('server_start_failed', `processes of an earlier server still work in \`${cluster}\``);
}

/**
 * Starts the server and waits until it takes connections. It is detached: an interrupt typed at the terminal goes to
 * the program, which stops the server after its own work is done.
 */
export async function launchServer(
  files: ClusterFiles,
  account: ServerAccount,
  server: string,
  options: { readonly port: number | undefined; readonly onSpawn: (pid: number | undefined) => void },
): Promise<PostmasterPid> {
  const settings = Object.entries({ ...SETTINGS, port: String(options.port ?? (await freePort())) });
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(files.log, 'a', 0o600);
  const before = (await log.stat()).size;
  try {
    const child = spawn(join(server, 'bin', 'postgres'), ['-D', '/proc/self/cwd', ...flags], {
      ...account,
      cwd: files.cluster,
      env: {},
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    options.onSpawn(child.pid);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    const hasEnded = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
    for (let waitedMs = 0; waitedMs < 60_000 && !hasEnded(); waitedMs += 20) {
      const found = await runningServer(files.cluster);
      if (found?.ready === true && found.pid === child.pid) return found;
      await sleep(20);
    }
    child.kill('SIGQUIT');
    const detail = (await readFile(files.log)).subarray(before).toString().trim().slice(-2000);
    throw new PostgresError('server_start_failed', 'the embedded postgres server did not start', {
      detail,
      cause: failure,
    });
  } finally {
    await log.close();
  }
}

/** Waits until a server found in the cluster takes connections, or has gone (undefined). */
export async function waitUntilReady(cluster: string): Promise<PostmasterPid | undefined> {
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 50) {
    const found = await runningServer(cluster);
    if (found === undefined || found.ready) return found;
    await sleep(50);
  }
  return undefined;
}

/**
 * Fast shutdown (SIGINT: sessions are ended, everything is written), then immediate (SIGQUIT) and at last SIGKILL, which
 * even a suspended server obeys; after these two the next start replays the log, so no commit is lost.
 */
export async function stopServer(cluster: string): Promise<void> {
  for (const [signal, patienceMs] of STOP_SIGNALS) {
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 20) {
      const found = await runningServer(cluster);
      if (found === undefined) return;
      if (waitedMs === 0) signalServer(found.pid, cluster, signal);
      await sleep(20);
    }
  }
  throw new PostgresError('server_stop_failed', `the embedded postgres server in \`${cluster}\` does not stop`);
}

/** Synchronous, so that it can be the last act of an ending process. */
export function signalServer(pid: number, cluster: string, signal: (typeof STOP_SIGNALS)[number][0]): void {
  try {
    if (livesIn(pid, cluster)) process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readPidFile(cluster: string): Promise<string> {
  return readFile(pidFile(cluster), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

function pidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => probe.once('error', fail).listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise<void>((done) => probe.close(() => done()));
  if (address === null || typeof address === 'string') throw new Error('a listening socket has a port');
  return address.port;
}
