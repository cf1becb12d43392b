import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { failingCommits } from '../test/failing-commits.js';
import {
  append,
  connect,
  draft,
  expectOneHistory,
  ledgerOver,
  newLedger,
  startLedger,
  useLedgers,
} from '../test/ledgers.js';

useLedgers();

const ids = (count: number) => Array.from({ length: count }, (_, i) => `direct/${i}`);

describe('receipts that are recorded directly', () => {
  it('share their commits, and stand in one history with those of the queue', async () => {
    const { ledger, database } = await newLedger();
    const [recorded, queued] = await Promise.all([
      Promise.all(ids(60).map((id) => ledger.record(draft(id)))),
      append(ledger, database.dataSource, draft('queued/1')).then(() => ledger.integrated('queued/1')),
    ]);
    await expectOneHistory(ledger, [...recorded, queued]);
    const [row] = await database.dataSource.query<{ batches: string }[]>('select count(*) as batches from log_batch');
    expect(Number(row?.batches)).toBeLessThan(30);
  });

  it('get the same entry again under the same id, also from another process, and after a restart', async () => {
    const { ledger, database } = await newLedger();
    const first = await ledger.record(draft('direct/1'));
    const again = await Promise.all([ledger.record(draft('direct/1')), ledger.record(draft('direct/1'))]);
    const other = await startLedger(await connect(database.url));
    const elsewhere = await other.record(draft('direct/1'));
    expect([...again, elsewhere].map(({ index, entry }) => ({ index, entry }))).toEqual(
      Array.from({ length: 3 }, () => ({ index: first.index, entry: first.entry })),
    );
    expect((await ledger.head()).size).toBe(1);
  });

  it('are refused where the id stands for other content, on record or still waiting', async () => {
    const { ledger } = await newLedger();
    const conflict = { code: 'receipt_conflict' };
    const waiting = ledger.record(draft('direct/1'));
    await expect(ledger.record(draft('direct/1', 'XYZ999'))).rejects.toMatchObject(conflict);
    await waiting;
    await expect(ledger.record(draft('direct/1', 'XYZ999'))).rejects.toMatchObject(conflict);
    // Nobody else is held up by the one that is refused.
    const [, next] = await Promise.allSettled([
      ledger.record(draft('direct/1', 'XYZ999')),
      ledger.record(draft('direct/2')),
    ]);
    expect(next).toMatchObject({ status: 'fulfilled' });
  });

  it('never fork where two processes write at once (B11)', async () => {
    const { ledger, database } = await newLedger();
    const other = await startLedger(await connect(database.url));
    const proofs = await Promise.all(ids(60).map((id, i) => (i % 2 === 0 ? ledger : other).record(draft(id))));
    await expectOneHistory(ledgerOver(database.dataSource), proofs);
  });
});

describe('a direct commit whose outcome is unknown (F02, F03)', () => {
  it('is found where it happened, and is written once', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let lost = 3;
    const { wrapped, commits } = failingCommits(dataSource, async (commit) => {
      const done = await commit();
      if ((lost -= 1) >= 0) throw new Error('connection lost after the commit');
      return done;
    });
    const ledger = await startLedger(wrapped);
    const proofs = [await ledger.record(draft('direct/1')), await ledger.record(draft('direct/2'))];
    expect(commits.length).toBeLessThanOrEqual(6);
    await expectOneHistory(ledger, proofs);
  });

  it('is tried again with the very same bytes where it did not happen', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let failures = 2;
    const { wrapped, commits } = failingCommits(dataSource, async (commit) => {
      if ((failures -= 1) >= 0) throw new Error('connection lost before the commit');
      return commit();
    });
    const ledger = await startLedger(wrapped);
    const waiting = ledger.record(draft('direct/1'));
    await expect.poll(() => commits.length).toBeGreaterThan(0);
    const proofs = await Promise.all([waiting, ledger.record(draft('direct/2'))]);
    expect(commits[1]).toEqual(commits[0]);
    await expectOneHistory(ledger, proofs);
  });

  it('promises nothing where it cannot be written in time, and takes the same receipt later', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let away = true;
    const { wrapped } = failingCommits(dataSource, (commit) =>
      away ? Promise.reject(new Error('nobody answers')) : commit(),
    );
    const ledger = await startLedger(wrapped);
    await expect(ledger.record(draft('direct/1'), { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'not_durable_in_time',
    });
    away = false;
    await expectOneHistory(ledger, [await ledger.record(draft('direct/1'), { timeoutMs: 20_000 })]);
  });
});
