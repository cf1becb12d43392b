import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseIsAway } from '../src/database-is-away.js';
import { createDataSource } from './data-source.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { runningServer } from './server-process.js';

let folder: string;
let counter = 0;
const newDataDirectory = () => join(folder, `data-${(counter += 1)}`);
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comity-embedded-'));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (let i = 1; i <= counter; i += 1) {
    const left = await runningServer(join(folder, `data-${i}`, 'cluster'));
    if (left !== undefined) process.kill(left.pid, 'SIGKILL');
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** A Node process of its own that starts the server, prints its port and then lives until a signal. */
async function startInChild(dataDirectory: string, account: { uid?: number; gid?: number } = {}, more = '') {
  const [loader, index] = ['../../../test/support/run-typescript.mjs', './index.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(index)});
    const server = await startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    console.log(JSON.stringify({ port: server.port, adopted: server.adopted }));
    setInterval(() => {}, 1000);
    ${more}`;
  const options = ['--experimental-transform-types', '--import', loader ?? '', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, options, { ...account, cwd: '/', env: { HOME: dataDirectory } });
  children.push(child);
  let [output, errors] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const started = await new Promise<{ port: number; adopted: boolean }>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.endsWith('\n')) done(JSON.parse(output) as { port: number; adopted: boolean });
    });
    child.once('exit', () => fail(new Error(errors)));
  });
  return { child, ...started };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<NodeJS.Signals | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  return ((await exited) as [number | null, NodeJS.Signals | null])[1];
}

const portIsOpen = (port: number, host = '127.0.0.1') =>
  new Promise<boolean>((done) => {
    const socket = connect({ port, host }, () => done(true)).once('error', () => done(false));
    socket.unref();
  });

describe('the embedded server', () => {
  it('listens on 127.0.0.1 alone and lets nobody in without the password of its 0600 file', async () => {
    const dataDirectory = newDataDirectory();
    const server = await startEmbeddedPostgres({ dataDirectory });
    const url = await server.createDatabase('one');
    expect(server.adopted).toBe(false);
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(await query(url, 'show max_connections')).toEqual([{ max_connections: '200' }]);
    expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await portIsOpen(server.port)).toBe(true);
    expect(await portIsOpen(server.port, '127.0.0.2')).toBe(false);

    const password = await readFile(join(dataDirectory, 'password'), 'utf8');
    expect(url).toContain(`:${password}@`);
    expect((await stat(join(dataDirectory, 'password'))).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(password, 'wrong'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    await expect(query(url.replace(`:${password}`, ''), 'select 1')).rejects.toThrow(/password/);
    await server.stop();
    expect(await portIsOpen(server.port)).toBe(false);
  });

  it('makes a database once, and refuses a name that would need quoting', async () => {
    const server = await startEmbeddedPostgres({ dataDirectory: newDataDirectory() });
    const urls = await Promise.all([server.createDatabase('same'), server.createDatabase('same')]);
    expect(new Set(urls).size).toBe(1);
    await expect(server.createDatabase('x"; drop database same; --')).rejects.toMatchObject({
      code: 'database_name_invalid',
    });
    await server.stop();
  });

  it('is taken over with its data by the next process when the first was killed with SIGKILL', async () => {
    const dataDirectory = newDataDirectory();
    const first = await startInChild(dataDirectory);
    await kill(first.child, 'SIGKILL');
    expect(await portIsOpen(first.port)).toBe(true);

    const second = await startEmbeddedPostgres({ dataDirectory });
    expect({ adopted: second.adopted, port: second.port }).toEqual({ adopted: true, port: first.port });
    expect(await query(second.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await second.stop();
    expect(await portIsOpen(first.port)).toBe(false);
  });

  it('comes back with every commit when the server itself was killed with SIGKILL', async () => {
    const dataDirectory = newDataDirectory();
    const first = await startEmbeddedPostgres({ dataDirectory });
    const url = first.url('postgres');
    await query(url, 'create table kept as select generate_series(1, 1000) as n');
    const pid = (await runningServer(join(dataDirectory, 'cluster')))?.pid ?? 0;
    process.kill(pid, 'SIGKILL');

    const second = await startEmbeddedPostgres({ dataDirectory });
    expect(second.adopted).toBe(false);
    expect(await query(second.url('postgres'), 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }]);
    await second.stop();
  });

  it('is shared by a second process and stopped only by the one that owns it, also at SIGTERM', async () => {
    const dataDirectory = newDataDirectory();
    const owner = await startInChild(dataDirectory);
    const guest = await startEmbeddedPostgres({ dataDirectory });
    expect(guest.adopted).toBe(true);
    await guest.stop();
    expect(await portIsOpen(owner.port)).toBe(true);
    expect(await kill(owner.child, 'SIGTERM')).toBe('SIGTERM');
    expect(await portIsOpen(owner.port)).toBe(false);
  });

  it('is stopped when the program ends by itself without a word to the server', async () => {
    const { child, port } = await startInChild(newDataDirectory(), {}, 'setTimeout(() => process.exit(3), 50)');
    expect(await once(child, 'exit')).toEqual([3, null]);
    await expect.poll(() => portIsOpen(port), { timeout: 20_000, interval: 100 }).toBe(false);
  });

  it.each([
    ['of a process that is gone', 4_194_000],
    ['whose number now belongs to another program', process.pid],
  ])('starts over a pid file %s, and leaves that program alone', async (_, pid) => {
    const dataDirectory = newDataDirectory();
    await (await startEmbeddedPostgres({ dataDirectory })).stop();
    await writeFile(
      join(dataDirectory, 'cluster', 'postmaster.pid'),
      `${pid}\n/proc/self/cwd\n1\n5999\n\n127.0.0.1\n\nready   \n`,
    );
    const server = await startEmbeddedPostgres({ dataDirectory });
    expect(server.adopted).toBe(false);
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('is started once when two calls race for the same folder', async () => {
    const dataDirectory = newDataDirectory();
    const [one, two] = await Promise.all([1, 2].map(() => startEmbeddedPostgres({ dataDirectory })));
    expect(one?.port).toBe(two?.port);
    await one?.stop();
    await two?.stop();
    expect(await portIsOpen(one?.port ?? 0)).toBe(false);
  });

  it('refuses a data directory that another major version made', async () => {
    const dataDirectory = newDataDirectory();
    await mkdir(join(dataDirectory, 'cluster'), { recursive: true });
    await writeFile(join(dataDirectory, 'cluster', 'PG_VERSION'), '15\n');
    await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toMatchObject({ code: 'cluster_unusable' });
  });

  it('lets an open pool work again after a restart, and is known to be away in between', async () => {
    const dataDirectory = newDataDirectory();
    const first = await startEmbeddedPostgres({ dataDirectory });
    const dataSource = createDataSource({ url: first.url('postgres'), entities: [], migrations: [] });
    await dataSource.initialize();
    await dataSource.query('create table t as select 1 as n');
    const inTransaction = dataSource.transaction(async (manager) => {
      await manager.query('insert into t values (2)');
      await first.stop();
      await manager.query('select 1');
    });
    expect(databaseIsAway(await inTransaction.catch((error: unknown) => error))).toBe(true);
    const error: unknown = await dataSource.query('select 1').catch((failed: unknown) => failed);
    expect(databaseIsAway(error)).toBe(true);

    const second: EmbeddedPostgres = await startEmbeddedPostgres({ dataDirectory, port: first.port });
    expect(await dataSource.query('select n from t')).toEqual([{ n: 1 }]);
    await dataSource.destroy();
    await second.stop();
  });

  it('works for an ordinary user', async (context) => {
    if (process.getuid?.() !== 0) context.skip('the other tests here already run as an ordinary user');
    const account = { uid: 65_534, gid: 65_534 };
    const dataDirectory = newDataDirectory();
    await mkdir(dataDirectory);
    await chown(dataDirectory, account.uid, account.gid);
    await chmod(folder, 0o711);
    const reachable = await new Promise<boolean>((done) => {
      const probe = spawn(
        process.execPath,
        ['-e', `require('fs').accessSync(${JSON.stringify(import.meta.filename)})`],
        {
          ...account,
          cwd: '/',
        },
      );
      probe.once('error', () => done(false)).once('exit', (status) => done(status === 0));
    });
    if (!reachable) context.skip('the checkout lies below a folder that only root may enter');
    const { child, port } = await startInChild(dataDirectory, account);
    const password = await readFile(join(dataDirectory, 'password'), 'utf8');
    const url = `postgres://comity:${password}@127.0.0.1:${port}/postgres`;
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await kill(child, 'SIGTERM');
    expect(await portIsOpen(port)).toBe(false);
  });
});
