import { mkdir, realpath } from 'node:fs/promises';
import { Client } from 'pg';
import type { PostmasterPid } from '../src/postmaster-pid.js';
import { PostgresError } from '../src/postgres-error.js';
import { clusterFiles, EMBEDDED_USER, ensureCluster } from './cluster.js';
import { becomeOwner, ownerOf } from './server-owner.js';
import { serverAccount } from './server-account.js';
import { reachableServer } from './server-binaries.js';
import {
  launchServer,
  removeStalePidFile,
  runningServer,
  signalServer,
  stopServer,
  waitUntilReady,
} from './server-process.js';
import { forget, stopWithProcess, type StoppedWithProcess } from './stop-with-process.js';

export interface EmbeddedPostgresOptions {
  /** Folder for all the server's files; made if absent. */
  readonly dataDirectory: string;
  /** Port for a server that is started now; a free one when absent. A server found running keeps its own. */
  readonly port?: number;
  /** Takes one line for the operator. */
  readonly log?: (line: string) => void;
  /** The bundled server's files and where copies may be kept; tests move them. */
  readonly native?: string;
  readonly cacheRoots?: string[];
}

export interface EmbeddedPostgres {
  /** Whether the server was running already, left by a process that was killed or shared with a living one. */
  readonly adopted: boolean;
  readonly port: number;
  /** Connection address of one database, with the password: never to be logged. */
  url(database: string): string;
  /** Makes the database unless it exists; returns its address. */
  createDatabase(name: string): Promise<string>;
  /** Stops the server if this process owns it. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server that comes with the packages, or takes over the one that still runs in the data
 * directory. It listens on 127.0.0.1 only, asks for a password (SCRAM), and ends with the process that owns it.
 * For development and tests; production names a server by DATABASE_URL.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  const dataDirectory = await realpath(options.dataDirectory);
  const files = clusterFiles(dataDirectory);
  // Whoever starts it answers for it from the first moment: a signal may come while it is starting.
  if (ownerOf(files.owner) !== 'another') await becomeOwner(files.owner);
  const account = await serverAccount();
  const server = () => reachableServer(account, options.native, options.cacheRoots);
  const password = await ensureCluster(dataDirectory, account, server);
  const url = (port: number, database: string) =>
    `postgres://${EMBEDDED_USER}:${password}@127.0.0.1:${port}/${database}`;

  let pid: number | undefined;
  const handle: StoppedWithProcess = {
    async stop() {
      if (ownerOf(files.owner) === 'us') await stopServer(files.cluster);
      // Only now: the process may exit while this waits.
      forget(handle);
    },
    stopNow() {
      if (ownerOf(files.owner) === 'us' && pid !== undefined) signalServer(pid, files.cluster, 'SIGINT');
    },
  };
  stopWithProcess(handle);

  const adopt = () => adoptRunning(files.cluster, (port) => url(port, 'postgres'), log);
  const launch = async () => {
    log('starting the embedded postgres server');
    await removeStalePidFile(files.cluster);
    return launchServer(files, account, await server(), {
      port: options.port,
      onSpawn: (spawned) => (pid = spawned),
    });
  };
  const adopted = await adopt();
  const found = adopted ?? (await launch().catch((error: unknown) => adoptInstead(error, adopt)));
  pid = found.pid;

  return {
    adopted: adopted !== undefined,
    port: found.port,
    url: (database) => url(found.port, checkedName(database)),
    createDatabase: async (name) => {
      await createDatabase(url(found.port, 'postgres'), checkedName(name));
      return url(found.port, name);
    },
    stop: () => handle.stop(),
  };
}

/** A start that fails beside a server that now runs has lost a race with another process of ours. */
async function adoptInstead(error: unknown, adopt: () => Promise<PostmasterPid | undefined>): Promise<PostmasterPid> {
  const found = await adopt();
  if (found === undefined) throw error;
  return found;
}

/** A server that runs in the cluster and lets us in with the stored password, if there is one; any other is stopped. */
async function adoptRunning(
  cluster: string,
  url: (port: number) => string,
  log: (line: string) => void,
): Promise<PostmasterPid | undefined> {
  if ((await runningServer(cluster)) === undefined) return undefined;
  const found = await waitUntilReady(cluster);
  if (found !== undefined && (await letsUsIn(url(found.port)))) {
    log('using the embedded postgres server that is still running');
    return found;
  }
  log('stopping an embedded postgres server that does not answer');
  await stopServer(cluster);
  return undefined;
}

async function letsUsIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (known.rowCount === 0) await client.query(`create database "${name}"`);
  } catch (error) {
    // 42P04 duplicate_database, 23505: another process made it between the two statements.
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

function checkedName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new PostgresError('database_name_invalid', `\`${name}\` is not a database name of this program`);
  }
  return name;
}
