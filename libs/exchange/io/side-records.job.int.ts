import { expect, test } from 'vitest';
import { systemRandomness } from '#protocol/io';
import { fakeClock } from '../../../test/support/fakes.js';
import { append, draft, newLedger, useLedgers, verify } from '../../ledger/test/ledgers.js';
import { SideRecordsJob } from './side-records.job.js';

const DAY_MS = 86_400_000;
const DAYS = { content: 365, accountability: 3_650 };
useLedgers();

async function jobOver(kept: () => Promise<readonly string[]>) {
  const { database, ledger } = await newLedger();
  const { dataSource } = database;
  await append(ledger, dataSource, draft('one', 'ZZZ999X'), draft('two'));
  await ledger.integrated('one');
  const clock = fakeClock(Date.now());
  const said: string[] = [];
  const node = { entityId: 'https://node.example', ledger, dataSource, clock, randomness: systemRandomness };
  const job = new SideRecordsJob(node, DAYS, kept, (line) => void said.push(line));
  const opened = async (id: string) => {
    const { opening } = await ledger.proofOf(id);
    return [opening.accountability, opening.content].map((group) => Object.keys(group).length > 0);
  };
  const certificates = async () => {
    const rows = await dataSource.query<{ receipt_id: string }[]>(
      `select receipt_id from log_pending where kind = 'deletion'
       union select receipt_id from receipt_index where kind = 'deletion'`,
    );
    const proofs = await Promise.all(rows.map(({ receipt_id: id }) => ledger.integrated(id)));
    return proofs.map(({ opening }) => ({
      what: opening.accountability['what']?.value,
      kept: opening.accountability['kept_by_hold']?.value,
      counts: [opening.content['count']?.value, opening.content['held']?.value],
    }));
  };
  return { job, clock, ledger, opened, certificates, said };
}

test('W14: each group of a side record goes when its days are over, on record, and every proof stays valid', async () => {
  const { job, clock, ledger, opened, certificates, said } = await jobOver(() => Promise.resolve([]));
  await job.round();
  expect([await opened('one'), said]).toEqual([[true, true], []]);
  clock.advance((DAYS.content + 1) * DAY_MS);
  await job.round();
  expect([await opened('one'), await opened('two')]).toEqual([
    [true, false],
    [true, false],
  ]);
  expect(await certificates()).toEqual([{ what: 'side_records.content', kept: false, counts: [2, 0] }]);
  await expect(verify(await ledger.proofOf('one'))).rejects.toMatchObject({ code: 'opening_erased' });
  clock.advance(DAYS.accountability * DAY_MS);
  await job.round();
  expect(await opened('one')).toEqual([false, false]);
  await ledger.selfCheck();
});

test('W14 P11: a transaction that a hold concerns keeps its side records until the hold ends, and the certificate says so', async () => {
  let kept = ['txn-one'];
  const { job, clock, opened, certificates } = await jobOver(() => Promise.resolve(kept));
  clock.advance((DAYS.content + 1) * DAY_MS);
  await job.round();
  expect([await opened('one'), await opened('two')]).toEqual([
    [true, true],
    [true, false],
  ]);
  expect(await certificates()).toEqual([{ what: 'side_records.content', kept: true, counts: [1, 1] }]);
  kept = [];
  await job.round();
  expect(await opened('one')).toEqual([true, false]);
});

test('where it cannot be told what holds concern, nothing is erased', async () => {
  const { job, clock, opened } = await jobOver(() => Promise.reject(new Error('the database is away')));
  clock.advance(2 * DAYS.accountability * DAY_MS);
  await expect(job.round()).rejects.toThrow('away');
  expect(await opened('one')).toEqual([true, true]);
});
