import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import { retentionCutoff } from '../src/retention.js';
import { deleteExpiredReads, type DeletedDay } from './expired-reads.js';
import { ReadStore } from './read-store.js';
import { aRead, createReadsDatabase } from './reads-database.fixture.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const noon = Date.UTC(2021, 9, 3, 12);

let dataSource: DataSource;
let store: ReadStore;
beforeEach(async () => {
  dataSource = await createReadsDatabase();
  store = new ReadStore({ dataSource, clock: fakeClock(Date.UTC(2021, 9, 10)) });
  return () => dataSource.destroy();
});

function sweep(now: number, retentionMs: number, certify = async (_deleted: DeletedDay) => undefined) {
  const input = { cutoff: retentionCutoff(now, retentionMs), retentionMs, now };
  return deleteExpiredReads(dataSource, input, (_manager, deleted) => certify(deleted));
}

async function column<T>(sql: string): Promise<T[]> {
  return (await dataSource.query<{ it: T }[]>(sql)).map(({ it: value }) => value);
}

const seen = () => column<Date>('select seen_at as it from plate_read order by seen_at');
const partitions = () =>
  column<string>(`select relid::text as it from pg_partition_tree('plate_read') where isleaf order by 1`);

async function hold(change: { plates?: string[]; devices?: string[]; placedAt: number; expiresAt: number }) {
  await dataSource.query(
    `insert into preservation_hold (id, basis, statute, state, plates, devices, seen_from, seen_until, placed_at, placed_by,
       placed_by_sub, expires_at) values ('h', 'defence', 'a statute', 'in_force', $1, $2, $3, $4, $5, 'p', 's', $6)`,
    [
      change.plates ?? [],
      change.devices ?? [],
      new Date(noon - 30 * DAY),
      new Date(noon + 30 * DAY),
      new Date(change.placedAt),
      new Date(change.expiresAt),
    ],
  );
}

const publicReads = (count: number) => [{ class: 'public', count }];

describe('reads past the retention', () => {
  const limit = Date.UTC(2021, 9, 4, 6);
  const now = Date.UTC(2021, 9, 10, 6);

  it('are dropped by day; the day that holds the limit loses its expired reads only (P11)', async () => {
    const seenAt = [limit - 3 * DAY, limit - 7 * HOUR, limit - 1, limit, limit + 1, limit + DAY];
    await store.insertMany(seenAt.map((at) => aRead({ seenAt: at })));
    expect(await sweep(now, 6 * DAY)).toEqual([
      { day: '2021-10-01', partitionDropped: true, counts: publicReads(1), held: 0 },
      { day: '2021-10-03', partitionDropped: true, counts: publicReads(1), held: 0 },
      { day: '2021-10-04', partitionDropped: false, counts: publicReads(2), held: 0 },
    ]);
    expect(await seen()).toEqual([new Date(limit + 1), new Date(limit + DAY)]);
    expect(await partitions()).toEqual(['plate_read_d20211004', 'plate_read_d20211005']);
    expect(await sweep(now, 6 * DAY)).toEqual([]);
  });

  it('stay where their certificate cannot be written, and go with it the next time', async () => {
    await store.insertMany([aRead(), aRead({ seenAt: limit })]);
    const failed = sweep(now, 6 * DAY, () => Promise.reject(new Error('crash')));
    await expect(failed).rejects.toMatchObject({ code: 'store_failed' });
    expect(await seen()).toHaveLength(2);
    expect(await partitions()).toHaveLength(2);
    expect(await sweep(now, 6 * DAY)).toHaveLength(2);
    expect(await seen()).toEqual([]);
  });

  it('that a hold preserves are copied before they go, from a dropped day and from the day of the limit', async () => {
    const plates = ['ABC123', 'XYZ789'].flatMap((plate) => [noon, limit].map((at) => aRead({ plate, seenAt: at })));
    await store.insertMany(plates);
    await hold({ plates: ['ABC123'], placedAt: noon + DAY, expiresAt: now + DAY });
    expect((await sweep(now, 6 * DAY)).map(({ held }) => held)).toEqual([1, 1]);
    expect(await column('select plate as it from held_read order by seen_at')).toEqual(['ABC123', 'ABC123']);
    expect(await column(`select read ->> 'device' as it from held_read`)).toEqual(['M207709', 'M207709']);
  });

  it('were past their limit already when a hold was placed: it preserves nothing of them (P11)', async () => {
    await store.insertMany([aRead({ seenAt: noon }), aRead({ seenAt: noon + 1 })]);
    await hold({ devices: ['M207709'], placedAt: noon + 6 * DAY, expiresAt: now + DAY });
    expect((await sweep(now, 6 * DAY))[0]).toMatchObject({ held: 1 });
    expect(await column('select seen_at as it from held_read')).toEqual([new Date(noon + 1)]);
  });

  it('are kept by no hold that is over', async () => {
    await store.insertMany([aRead()]);
    await hold({ plates: ['ABC123'], placedAt: noon, expiresAt: now });
    expect((await sweep(now, 6 * DAY))[0]).toMatchObject({ held: 0 });
    expect(await column('select plate as it from held_read')).toEqual([]);
  });

  it('may be dropped by several sweepers while reads come in', async () => {
    await store.insertMany(Array.from({ length: 8 }, (_, n) => aRead({ seenAt: noon - n * DAY })));
    const incoming = Array.from({ length: 10 }, (_, n) => store.insertMany([aRead({ seenAt: noon + n })]));
    const swept = await Promise.all([1, 2, 3].map(() => sweep(Date.UTC(2021, 9, 10), 7 * DAY)));
    await Promise.all(incoming);
    expect(swept.flat().filter(({ partitionDropped }) => partitionDropped)).toHaveLength(7);
  });
});
