import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { ReceivedReads } from './received-reads.js';
import { createReadsDatabase } from './reads-database.fixture.js';

const DAY = 24 * 3_600_000;
const now = Date.UTC(2026, 0, 1);
const answer = {
  txn: '2b0e4bfa-59f5-4d53-a8f5-0d5a4c1c9a10',
  owner: 'http://127.0.0.1:4101',
  releaseDigest: 'r1',
  obligations: { expires_at: '2026-01-31T00:00:00Z', purpose: 'named_case_only' },
  expiresAt: now + 21 * DAY,
  reads: [
    { plate: 'ABC123', seen_at: '2025-12-30T10:00:00.000Z', location: { lat: 47.5, lon: -122.5 } },
    { plate: 'ABC123', seen_at: '2025-12-31T10:00:00.000Z' },
  ],
};

let dataSource: DataSource;
let clock: FakeClock;
let received: ReceivedReads;
beforeEach(async () => {
  dataSource = await createReadsDatabase();
  clock = fakeClock(now);
  received = new ReceivedReads({ dataSource, clock });
  return () => dataSource.destroy();
});

describe('received reads', () => {
  it("keep their owner's obligations and expiry, and their order", async () => {
    await received.store(answer);
    const { reads, ...binding } = answer;
    expect(await received.forTransaction(answer.txn)).toEqual(
      reads.map((read, position) => ({ ...binding, position, receivedAt: now, read })),
    );
    expect(await received.forTransaction('another')).toEqual([]);
  });

  it('are not doubled by a second storing after a crash', async () => {
    await received.store(answer);
    await received.store(answer);
    expect(await received.forTransaction(answer.txn)).toHaveLength(2);
  });

  it('of several owners stand side by side', async () => {
    await received.store(answer);
    await received.store({ ...answer, owner: 'http://127.0.0.1:4102', releaseDigest: 'r2', reads: [] });
    await received.store({ ...answer, owner: 'http://127.0.0.1:4103', releaseDigest: 'r3' });
    const owners = (await received.forTransaction(answer.txn)).map((read) => read.owner);
    expect(owners).toEqual([answer.owner, answer.owner, 'http://127.0.0.1:4103', 'http://127.0.0.1:4103']);
  });

  it('are stored with the rest of a transaction or not at all', async () => {
    const aborted = dataSource.transaction(async (manager) => {
      await received.store(answer, manager);
      throw new Error('crash');
    });
    await expect(aborted).rejects.toThrow('crash');
    expect(await received.forTransaction(answer.txn)).toEqual([]);
  });

  it('are not shown from the instant of their expiry on, swept or not (P11)', async () => {
    await received.store(answer);
    clock.set(answer.expiresAt - 1);
    expect(await received.forTransaction(answer.txn)).toHaveLength(2);
    clock.set(answer.expiresAt);
    expect(await received.forTransaction(answer.txn)).toEqual([]);
  });

  it('are deleted when they expire, and the sweep says what of which release went (P11)', async () => {
    await received.store(answer);
    await received.store({ ...answer, releaseDigest: 'later', expiresAt: answer.expiresAt + 1 });
    expect(await received.deleteExpired(answer.expiresAt - 1)).toEqual([]);
    const { txn, owner, releaseDigest } = answer;
    expect(await received.deleteExpired(answer.expiresAt)).toEqual([{ txn, owner, releaseDigest, reads: 2 }]);
    expect(await received.deleteExpired(answer.expiresAt)).toEqual([]);
    expect(await received.forTransaction(txn)).toHaveLength(2);
  });
});
