import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, link, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresError } from '../src/postgres-error.js';
import type { ServerAccount } from './server-account.js';

/** The only database user of the embedded server. */
export const EMBEDDED_USER = 'comity';
const MAJOR_VERSION = '18';

/** What lies in the data directory that the caller names. Removing that directory removes all of it. */
export interface ClusterFiles {
  /** PostgreSQL's own data directory; belongs to the server's account. */
  readonly cluster: string;
  /** Random password of the embedded server's user, mode 0600. */
  readonly password: string;
  /** Which process stops the server. */
  readonly owner: string;
  readonly log: string;
}

export function clusterFiles(dataDirectory: string): ClusterFiles {
  return {
    cluster: join(dataDirectory, 'cluster'),
    password: join(dataDirectory, 'password'),
    owner: join(dataDirectory, 'owner'),
    log: join(dataDirectory, 'server.log'),
  };
}

/**
 * Makes the cluster if there is none; returns its password. Safe when two processes begin at once: both may build,
 * one renames first and the other takes what it finds.
 */
export async function ensureCluster(
  dataDirectory: string,
  account: ServerAccount,
  server: () => Promise<string>,
): Promise<string> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const files = clusterFiles(dataDirectory);
  const password = await ensurePassword(files.password);
  if (!(await exists(join(files.cluster, 'PG_VERSION')))) {
    const unfinished = await mkdtemp(join(dataDirectory, 'unfinished-'));
    try {
      if (account.uid !== undefined && account.gid !== undefined) await chown(unfinished, account.uid, account.gid);
      await initialise(unfinished, account, await server(), password);
      await rename(unfinished, files.cluster).catch(async (error: unknown) => {
        if (!(await exists(join(files.cluster, 'PG_VERSION')))) throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  const version = (await readFile(join(files.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version !== MAJOR_VERSION) {
    throw new PostgresError(
      'cluster_unusable',
      `the data directory \`${dataDirectory}\` was made by postgres ${version}, this program brings ${MAJOR_VERSION}`,
    );
  }
  return password;
}

/** `link` gives the name to whole files only: a crash leaves either no password or all of it. */
async function ensurePassword(path: string): Promise<string> {
  if (!(await exists(path))) {
    const unfinished = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(unfinished, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
    await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(unfinished);
  }
  return (await readFile(path, 'utf8')).trim();
}

/**
 * Runs `initdb` inside the folder. The folder is named `/proc/self/cwd` because the account may not be able to walk
 * the path to it (a parent with mode 0700), while a process may always use the folder it was started in.
 * The password goes through a pipe, never through an argument that `ps` shows to everybody.
 */
async function initialise(folder: string, account: ServerAccount, server: string, password: string): Promise<void> {
  const initdb = join(server, 'bin', 'initdb');
  const options = ['-D', '/proc/self/cwd', '-U', EMBEDDED_USER, '-A', 'scram-sha-256', '--pwfile=/dev/stdin'];
  // The built-in locale sorts by code point and is the same on every machine.
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // `cat |` because the pipe that Node gives is a socket, which Linux does not open a second time by name.
  const command = ['-c', 'cat | exec "$0" "$@"', initdb, ...options, ...locale];
  const child = spawn('/bin/sh', command, { ...account, cwd: folder, env: { PATH: '/usr/bin:/bin' } });
  let output = '';
  const keep = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.stdin.on('error', keep);
  child.stdin.end(`${password}\n`);
  const status = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  if (status !== 0) {
    const detail = output.trim().slice(-2000);
    throw new PostgresError('cluster_unusable', 'the embedded postgres server could not make its data directory', {
      detail,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
