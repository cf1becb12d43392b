import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#postgres/io';
import { clusterFiles } from '../../libs/postgres/io/cluster.js';
import { Load, draftOf, ledgerKeys, lostOf, openLedger } from './log-under-load.js';
import { makeLoopDisk, noLoopDisk, whileStopped, type LoopDisk } from './loop-disk.js';

/** How often the power goes; one is enough to see the test at work, more find what is rare. */
const CUTS = Number(process.env['COMITY_POWER_CUTS'] ?? 1);
const none = await noLoopDisk();
if (none !== undefined) console.log(`power loss and a full disk are not tried: ${none}`);

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function serverOn(disk: LoopDisk): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDirectory: join(disk.folder, 'postgres') });
  ended.push(() => server.stop());
  return server;
}

async function diskOf(mebibytes: number): Promise<LoopDisk> {
  const disk = await makeLoopDisk(mebibytes);
  ended.push(() => disk.remove());
  return disk;
}

/** The disk as the power left it, under a server that recovers. */
async function afterCut(disk: LoopDisk): Promise<EmbeddedPostgres> {
  ended.push(() => disk.remove());
  return serverOn(disk);
}

describe.skipIf(none !== undefined)('the power goes while receipts are written (F01, F06)', () => {
  test.each(Array.from({ length: CUTS }, (_, i) => i + 1))(
    'cut %i: every receipt and checkpoint that was shown to anybody is on the disk, and the log goes on',
    async (cut) => {
      const disk = await diskOf(400);
      const server = await serverOn(disk);
      const keys = await ledgerKeys();
      const open = await openLedger(await server.createDatabase('ledger'), keys);
      ended.push(() => open.close());
      const load = new Load(open, `cut${cut}`, 16);
      await sleep(700 + ((cut * 377) % 1_500));
      const { promised, copy } = await whileStopped(clusterFiles(join(disk.folder, 'postgres')).cluster, async () => ({
        promised: new Map(load.acknowledged),
        copy: await disk.cut(),
      }));
      await load.stop();
      const recovered = await afterCut(copy);
      const again = await openLedger(recovered.url('ledger'), keys);
      ended.push(() => again.close());
      expect(promised.size).toBeGreaterThan(0);
      expect(await lostOf(again.ledger, promised)).toEqual([]);
      const next = await again.ledger.record(draftOf('after'));
      expect(next.index).toBeGreaterThanOrEqual(Math.max(...[...promised.values()].map(({ index }) => index)));
    },
    180_000,
  );

  test('loses acknowledged rows where the server does not wait for the disk: the cut is a real one', async () => {
    const disk = await diskOf(400);
    const server = await serverOn(disk);
    const url = await server.createDatabase('careless');
    const client = new Client({ connectionString: url });
    await client.connect();
    ended.push(() => client.end());
    await client.query('create table promise (n integer primary key)');
    await client.query('checkpoint');
    await client.query('set synchronous_commit = off');
    let acknowledged = 0;
    const until = Date.now() + 400;
    while (Date.now() < until) {
      await client.query('insert into promise values ($1)', [acknowledged + 1]);
      acknowledged += 1;
    }
    const copy = await whileStopped(clusterFiles(join(disk.folder, 'postgres')).cluster, () => disk.cut());
    const recovered = await afterCut(copy);
    const reader = new Client({ connectionString: recovered.url('careless') });
    await reader.connect();
    ended.push(() => reader.end());
    const { rows } = await reader.query<{ n: number }>('select coalesce(max(n), 0) as n from promise');
    expect(rows[0]?.n).toBeLessThan(acknowledged);
  }, 120_000);
});

describe.skipIf(none !== undefined)('the disk is full (F05)', () => {
  test('nothing is acknowledged that was not written, and once there is room the log goes on where it was', async () => {
    const disk = await diskOf(220);
    const server = await serverOn(disk);
    const keys = await ledgerKeys();
    const open = await openLedger(await server.createDatabase('ledger'), keys);
    ended.push(() => open.close());
    const load = new Load(open, 'full', 16);
    await expect.poll(() => load.acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(20);
    await disk.fill(64 * 1024);
    await expect.poll(() => load.failures.length, { timeout: 90_000 }).toBeGreaterThan(5);
    const closed = load.acknowledged.size;
    await expect(open.ledger.record(draftOf('refused'), { timeoutMs: 1_500 })).rejects.toBeDefined();
    await load.stop();
    await open.close();
    await disk.makeRoom();
    // The server may have stopped itself for want of room; it recovers from what is on the disk.
    const again = await serverOn(disk);
    const reopened = await openLedger(again.url('ledger'), keys);
    ended.push(() => reopened.close());
    expect(load.acknowledged.size).toBeGreaterThanOrEqual(closed);
    expect(await lostOf(reopened.ledger, load.acknowledged)).toEqual([]);
    await reopened.ledger.record(draftOf('after'));
  }, 240_000);
});
