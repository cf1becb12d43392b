import { describe, expect, it } from 'vitest';
import { systemClock } from '#protocol/io';
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
  verify,
} from '../test/ledgers.js';

useLedgers();

describe('B11: two sequencers over one database', () => {
  it('never fork: every receipt has one place in one chain', async () => {
    const { ledger: first, database } = await newLedger();
    const other = await connect(database.url);
    const second = await startLedger(other);
    const proofs = await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        const [ledger, dataSource] = i % 2 === 0 ? [first, database.dataSource] : [second, other];
        await append(ledger, dataSource, draft(`r${i}`));
        return ledger.integrated(`r${i}`, { timeoutMs: 20_000 });
      }),
    );
    for (const ledger of [first, second]) await expectOneHistory(ledger, proofs);
  });

  it('each give the loser of a commit nothing but what the winner wrote', async () => {
    const database = await createTestDatabase('ledger');
    const other = await connect(database.url);
    // The second one wins while the first one's commit is on its way.
    let overtaken = false;
    const { wrapped, commits } = failingCommits(database.dataSource, async (commit) => {
      if (!overtaken) {
        overtaken = true;
        const winner = await startLedger(other);
        await winner.integrated('r1');
        await winner.stop();
      }
      return commit();
    });
    const loser = await startLedger(wrapped);
    await append(loser, database.dataSource, draft('r1'));
    const lost = await loser.integrated('r1');
    await append(loser, database.dataSource, draft('r2'));
    const next = await loser.integrated('r2');
    expect(commits.length).toBe(2);
    await expectOneHistory(loser, [lost, next]);
  });
});

describe('a commit', () => {
  it('writes no entry that the index would not know', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let taken = false;
    const { wrapped } = failingCommits(dataSource, async (commit) => {
      if (!taken) await dataSource.query(`delete from log_pending where receipt_id = 'r1'`);
      taken = true;
      return commit();
    });
    const ledger = await startLedger(wrapped);
    await append(ledger, dataSource, draft('r1'), draft('r2'));
    await expectOneHistory(ledger, [await ledger.integrated('r2')]);
  });
});

describe('a commit whose outcome is unknown', () => {
  it('is tried again with the very same bytes where it did not happen', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let failures = 2;
    const { wrapped, commits } = failingCommits(dataSource, async (commit) => {
      if ((failures -= 1) >= 0) throw new Error('connection lost before the commit');
      return commit();
    });
    const ledger = await startLedger(wrapped);
    await append(ledger, dataSource, draft('r1'));
    const waiting = ledger.integrated('r1');
    await expect.poll(() => commits.length).toBeGreaterThan(0);
    // What comes in meanwhile goes into the next batch: no second tree of the same size is ever signed.
    await append(ledger, dataSource, draft('r2'));
    const proofs = [await waiting, await ledger.integrated('r2')];
    expect(commits.length).toBe(4);
    expect(commits[1]).toEqual(commits[0]);
    expect(commits[2]).toEqual(commits[0]);
    await expectOneHistory(ledger, proofs);
  });

  it('is found to have happened where it did, and nothing is written twice', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    const { wrapped, commits } = failingCommits(dataSource, async (commit) => {
      await commit();
      throw new Error('connection lost after the commit');
    });
    const ledger = await startLedger(wrapped);
    const proofs = [];
    for (const id of ['r1', 'r2']) {
      await append(ledger, dataSource, draft(id));
      proofs.push(await ledger.integrated(id));
    }
    expect(commits.length).toBe(2);
    await expectOneHistory(ledger, proofs);
  });
});

describe('a database that goes away', () => {
  it('for a while fails those who wait by name, and the ledger comes back by itself', async () => {
    const { dataSource } = await createTestDatabase('ledger');
    let away = true;
    const { wrapped } = failingCommits(dataSource, async (commit) => {
      if (away) throw new Error('nobody answers');
      return commit();
    });
    const ledger = await startLedger(wrapped);
    await append(ledger, dataSource, draft('r1'));
    const failed = await ledger.integrated('r1', { timeoutMs: 200 }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'not_durable_in_time', cause: { message: 'nobody answers' } });
    away = false;
    await verify(await ledger.integrated('r1'));
  });

  it('and cuts connections in mid-batch loses and doubles nothing', async () => {
    const database = await createTestDatabase('ledger');
    const ledger = await startLedger(await connect(database.url, 'sequencer'));
    const admin = database.dataSource;
    const over = new AbortController();
    let cut = 0;
    const cuts = (async () => {
      while (!over.signal.aborted) {
        const rows = await admin.query<unknown[]>(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'sequencer'`,
        );
        cut += rows.length;
        await systemClock.sleep(30);
      }
    })();
    const proofs = await Promise.all(
      Array.from({ length: 150 }, async (_, i) => {
        await systemClock.sleep(i * 8);
        await append(ledger, admin, draft(`r${i}`));
        return ledger.integrated(`r${i}`, { timeoutMs: 60_000 });
      }),
    );
    // A busy machine cuts more slowly; it goes on until it has.
    await expect.poll(() => cut, { timeout: 20_000 }).toBeGreaterThan(5);
    over.abort();
    await cuts;
    await expectOneHistory(ledgerOver(admin), proofs);
  });
});
