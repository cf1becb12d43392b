import { describe, expect, it } from 'vitest';
import { systemClock } from '#protocol/io';
import { createTestDatabase } from '../../../test/support/database.js';
import { failingCommits } from '../test/failing-commits.js';
import { append, connect, draft, expectOneHistory, ledgerOver, startLedger, useLedgers } from '../test/ledgers.js';

useLedgers();

type Fate = (commit: () => Promise<unknown>) => Promise<unknown>;

/** What becomes of a commit, by its number. */
const FATES: Record<'late' | 'fails' | 'lost', Fate> = {
  late: async (commit) => {
    await systemClock.sleep(10);
    return commit();
  },
  fails: () => Promise.reject(new Error('connection lost before the commit')),
  lost: async (commit) => {
    await commit();
    throw new Error('connection lost after the commit');
  },
};

/** Twelve clients, each with receipts one after the other; every third comes through the queue. */
function clients(record: (id: string, throughQueue: boolean) => Promise<unknown>) {
  return Promise.all(
    Array.from({ length: 12 }, async (_, client) => {
      for (let i = 0; i < 6; i += 1) await record(`r/${client}/${i}`, (client + i) % 3 === 0);
    }),
  );
}

describe('a batch that forms while another is being written', () => {
  it.each([
    ['that is late', ['late']],
    ['that fails now and then', ['late', 'fails', 'late']],
    ['whose answer is lost now and then', ['lost', 'late', 'late', 'lost']],
    ['whose outcome is anything', ['lost', 'fails', 'lost', 'late', 'fails']],
  ] as const)(
    '%s: goes on from what was written, twice nowhere, and one tree of each size is sent (F02, F03)',
    async (_, fates) => {
      const { dataSource } = await createTestDatabase('ledger');
      let next = 0;
      const { wrapped, commits } = failingCommits(dataSource, (commit) =>
        FATES[fates[(next += 1) % fates.length] ?? 'late'](commit),
      );
      const ledger = await startLedger(wrapped);
      const ids: string[] = [];
      await clients(async (id, throughQueue) => {
        ids.push(id);
        if (!throughQueue) return ledger.record(draft(id), { timeoutMs: 30_000 });
        await append(ledger, dataSource, draft(id));
        return ledger.integrated(id, { timeoutMs: 30_000 });
      });
      await expectOneHistory(ledger, await Promise.all(ids.map((id) => ledger.proofOf(id))));
      const sent = new Map<unknown, unknown[]>();
      for (const commit of commits) {
        expect(sent.get(commit[0]) ?? commit).toEqual(commit);
        sent.set(commit[0], commit);
      }
      // It did form ahead: fewer commits than receipts, and more than one receipt in some.
      expect(sent.size).toBeLessThan(ids.length);
    },
  );

  it('is given up where another process wrote first (B11)', async () => {
    const database = await createTestDatabase('ledger');
    const other = await startLedger(await connect(database.url));
    let commits = 0;
    const { wrapped } = failingCommits(database.dataSource, async (commit) => {
      commits += 1;
      if (commits % 2 === 1) await other.record(draft(`other/${commits}`));
      // And now and then nobody learns that it lost.
      if (commits % 3 === 0) throw new Error('connection lost before the commit');
      return commit();
    });
    const ledger = await startLedger(wrapped);
    const ids: string[] = [];
    await clients(async (id) => {
      ids.push(id);
      return ledger.record(draft(id), { timeoutMs: 30_000 });
    });
    const others = Array.from({ length: Math.ceil(commits / 2) }, (_, i) => `other/${2 * i + 1}`);
    const reader = ledgerOver(database.dataSource);
    await expectOneHistory(reader, await Promise.all([...ids, ...others].map((id) => reader.proofOf(id))));
  });
});

describe('a receipt that comes again while its batch is in flight', () => {
  it('gets the proof of what was written where it is the same, and a refusal where it is not', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { wrapped } = failingCommits(dataSource, async (commit) => {
      await released;
      return commit();
    });
    const ledger = await startLedger(wrapped);
    const late = await Promise.allSettled(['same', 'other'].map((id) => ledger.record(draft(id), { timeoutMs: 50 })));
    expect(late.map((one) => (one.status === 'rejected' ? one.reason : one))).toEqual([
      expect.objectContaining({ code: 'not_durable_in_time' }),
      expect.objectContaining({ code: 'not_durable_in_time' }),
    ]);
    const again = Promise.allSettled([ledger.record(draft('same')), ledger.record(draft('other', 'XYZ999'))]);
    release();
    const [same, other] = await again;
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'receipt_conflict' } });
    expect(same).toMatchObject({ status: 'fulfilled', value: { index: 0 } });
    expect((await ledger.head()).size).toBe(2);
  });
});
