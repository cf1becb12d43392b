import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#postgres/io';
import { clusterFiles } from '../../libs/postgres/io/cluster.js';
import { Load, draftOf, ledgerKeys, lostOf, openLedger } from './log-under-load.js';

const none = await noTracer();
if (none !== undefined) console.log(`single writes that fail are not tried: ${none}`);

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** Why no system call of another process can be made to fail here; undefined where it can. */
async function noTracer(): Promise<string | undefined> {
  try {
    await promisify(execFile)('strace', ['-e', 'inject=getppid:error=EIO', 'true']);
    return undefined;
  } catch {
    return '`strace` is not here, or may not follow processes';
  }
}

/** The server and all that it has started. */
async function processesOf(cluster: string): Promise<string[]> {
  const [parent = ''] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const children = await Promise.all(
    all.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return stat.slice(stat.lastIndexOf(')')).split(' ')[2] === parent ? [pid] : [];
    }),
  );
  return [parent, ...children.flat()];
}

/** Lets one call of that name fail: the `nth` of whichever process of the server gets there first. */
async function failOneCall(cluster: string, call: string, error: string, nth: number): Promise<void> {
  const pids = await processesOf(cluster);
  const fault = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${nth}`];
  const tracer = spawn('strace', ['-f', '-q', ...fault, ...pids.flatMap((pid) => ['-p', pid])]);
  await new Promise<void>((resolve, reject) => {
    let log = '';
    tracer.once('exit', () => reject(new Error(`no call failed: ${log.slice(-500)}`)));
    tracer.stderr.on('data', (data: Buffer) => {
      log += data.toString();
      if (!log.includes('(INJECTED)')) return;
      // Before another process gets as far, the one that recovers above all.
      tracer.removeAllListeners('exit');
      tracer.once('exit', () => resolve());
      tracer.kill('SIGINT');
    });
  });
}

describe.skipIf(none !== undefined)('a disk that fails a single write (F06)', () => {
  // A server that cannot write its journal stops at once and recovers from what is on the disk. Nobody is told meanwhile that a
  // receipt is durable: the outcome is unknown, and the state is read again.
  test.each([
    ['fdatasync', 'EIO', 7],
    ['fdatasync', 'ENOSPC', 11],
    ['pwrite64', 'EIO', 9],
    ['pwrite64', 'ENOSPC', 15],
  ])(
    '%s fails once with %s: nothing that was promised is lost, and the log goes on by itself',
    async (call, error, nth) => {
      const folder = await mkdtemp(join(tmpdir(), 'comity-failing-'));
      ended.push(() => rm(folder, { recursive: true, force: true }));
      const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres') });
      ended.push(() => server.stop());
      const open = await openLedger(await server.createDatabase('ledger'), await ledgerKeys());
      ended.push(() => open.close());
      const load = new Load(open, call, 8);
      await expect.poll(() => load.acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(20);
      await failOneCall(clusterFiles(join(folder, 'postgres')).cluster, call, error, nth);
      const before = load.acknowledged.size;
      // The very process goes on, without a hand: the server has recovered, and the ledger has read its state again.
      await expect.poll(() => load.acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before + 20);
      await load.stop();
      expect(await lostOf(open.ledger, load.acknowledged)).toEqual([]);
      await open.ledger.record(draftOf('after'));
    },
    180_000,
  );
});
