import type { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { databaseIsAway } from '#postgres/io';
import { fakeClock } from '../../../test/support/fakes.js';
import type { UnstoredRead } from '../src/read.js';
import { ReadStore } from './read-store.js';
import { aRead, createReadsDatabase } from './reads-database.fixture.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const noon = Date.UTC(2021, 9, 3, 12);
const clock = fakeClock(Date.UTC(2021, 9, 10));
const everything = { limit: 100, retentionMs: undefined };
const historyOf = (text: string, from = noon - DAY, until = noon + DAY) => ({ plates: [{ text }], from, until });

let dataSource: DataSource;
let store: ReadStore;
beforeEach(async () => {
  dataSource = await createReadsDatabase();
  store = new ReadStore({ dataSource, clock });
  return () => (dataSource.isInitialized ? dataSource.destroy() : undefined);
});

async function partitions(): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    `select relid::text as name from pg_partition_tree('plate_read') where isleaf order by 1`,
  );
  return rows.map((row) => row.name);
}

describe('the read store', () => {
  it('gives back what was stored, with nothing invented for what the camera did not say', async () => {
    const full = aRead({
      plateState: 'WA',
      seenAt: noon + 123,
      timeAmbiguous: true,
      location: { lat: 47.6151, lon: -122.3361 },
      confidence: 0.913,
      cameraOwnerClass: 'school',
    });
    const bare = aRead({ seenAt: noon });
    expect(await store.insertMany([full, bare])).toEqual({ inserted: 2, alreadyPresent: 0 });
    const { reads, truncated } = await store.plateHistory(historyOf('ABC123'), everything);
    expect(reads.map(({ id: _id, ...read }) => read)).toEqual([full, bare]);
    expect(new Set(reads.map((read) => read.id)).size).toBe(2);
    expect(truncated).toBe(false);
  });

  it('does not double a read of the same plate, instant, device and source', async () => {
    const reads = [aRead(), aRead({ device: 'M2' }), aRead({ source: 'other' }), aRead({ seenAt: noon + 1 })];
    expect(await store.insertMany([...reads, aRead({ confidence: 0.5 })])).toEqual({ inserted: 4, alreadyPresent: 1 });
    expect(await store.insertMany(reads)).toEqual({ inserted: 0, alreadyPresent: 4 });
    expect(await store.count()).toBe(4);
  });

  it('searches the half-open window: its first millisecond is in it, its end is not (P10)', async () => {
    await store.insertMany([
      aRead({ seenAt: noon - 1 }),
      aRead(),
      aRead({ seenAt: noon + 9 }),
      aRead({ seenAt: noon + 10 }),
    ]);
    const { reads } = await store.plateHistory(historyOf('ABC123', noon, noon + 10), everything);
    expect(reads.map((read) => read.seenAt)).toEqual([noon + 9, noon]);
  });

  it.each(['%', '_BC123', 'A%', '*', 'ABC12[0-9]', `' or true --`, 'abc123', 'ABC123 ', '{ABC123}', 'ABC123","X'])(
    'compares a plate literally even where nobody normalised it: `%s` finds nothing (P12, W10)',
    async (text) => {
      await store.insertMany([aRead(), aRead({ plate: 'AXC123' })]);
      expect(await store.plateHistory(historyOf(text), everything)).toEqual({ reads: [], truncated: false });
    },
  );

  it('finds a plate of the asked state only, and of any state where none is asked', async () => {
    await store.insertMany([
      aRead({ plateState: 'WA', device: 'a' }),
      aRead({ plateState: 'OR', device: 'b' }),
      aRead({ device: 'c' }),
    ]);
    const devices = async (state?: string) => {
      const plates = [{ text: 'ABC123', ...(state !== undefined && { state }) }];
      const { reads } = await store.plateHistory({ plates, from: noon, until: noon + 1 }, everything);
      return reads.map((read) => read.device);
    };
    expect(await devices('WA')).toEqual(['a']);
    expect(await devices('ID')).toEqual([]);
    expect(await devices()).toEqual(['a', 'b', 'c']);
  });

  it('says that there is more than the limit, and keeps the newest', async () => {
    await store.insertMany([1, 2, 3].map((n) => aRead({ seenAt: noon + n })));
    const cut = await store.plateHistory(historyOf('ABC123'), { limit: 2, retentionMs: undefined });
    expect(cut.reads.map((read) => read.seenAt)).toEqual([noon + 3, noon + 2]);
    expect(cut.truncated).toBe(true);
    const exact = await store.plateHistory(historyOf('ABC123'), { limit: 3, retentionMs: undefined });
    expect(exact.truncated).toBe(false);
  });

  it.each([0, -1, 1.5, 10_001, Number.NaN])('refuses the limit %d', async (limit) => {
    const search = store.plateHistory(historyOf('ABC123'), { limit, retentionMs: undefined });
    await expect(search).rejects.toMatchObject({ code: 'limit_invalid' });
  });

  it('does not find what is past the retention, to the millisecond, though it is still stored (P11)', async () => {
    await store.insertMany([aRead({ seenAt: noon }), aRead({ seenAt: noon + 1 })]);
    const retentionMs = clock.now() - noon;
    const { reads } = await store.plateHistory(historyOf('ABC123'), { limit: 100, retentionMs });
    expect(reads.map((read) => read.seenAt)).toEqual([noon + 1]);
    expect(await store.count()).toBe(2);
    const endless = { limit: 100, retentionMs: Number.POSITIVE_INFINITY };
    await expect(store.plateHistory(historyOf('ABC123'), endless)).rejects.toMatchObject({ code: 'retention_invalid' });
  });

  it('looks at the days of the window only, by the index on plate and time', async () => {
    await store.ensurePartitions(noon - 10 * DAY, noon + 10 * DAY);
    const spread = Array.from({ length: 500 }, (_, n) => aRead({ plate: `A${n}`, seenAt: noon + n }));
    await store.insertMany(spread);
    await dataSource.query('analyze plate_read');
    const plan = await dataSource.query<{ 'QUERY PLAN': string }[]>(
      `explain select * from plate_read where plate = any(array['A7']) and seen_at >= '2021-10-03T00:00:00Z'
       and seen_at < '2021-10-04T00:00:00Z'`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('plate_read_d20211003_pkey');
    expect(text).not.toContain('plate_read_d20211002');
    expect(text).not.toContain('Seq Scan');
  });

  it('stores a batch larger than one statement whole, or not at all', async () => {
    const many: UnstoredRead[] = Array.from({ length: 5_001 }, (_, n) => aRead({ seenAt: noon + n }));
    const broken = [...many, aRead({ plateState: 'wa' })];
    await expect(store.insertMany(broken)).rejects.toMatchObject({
      code: 'read_invalid',
      evidence: { at: 'plate_read_state' },
    });
    expect(await store.count()).toBe(0);
    expect(await store.insertMany(many)).toEqual({ inserted: 5_001, alreadyPresent: 0 });
  });

  it.each([
    ['plate', { plate: 'abc-123' }],
    ['plate', { plate: 'A\u0000' }],
    ['device', { device: 'a\u0000b' }],
    ['source', { source: '' }],
    ['location', { location: { lat: 91, lon: 0 } }],
    ['location', { location: { lat: Number.NaN, lon: 0 } }],
    ['confidence', { confidence: 1.01 }],
    ['plate_read_state', { plateState: 'wa' }],
    ['plate_read_class', { cameraOwnerClass: 'federal' as 'public' }],
  ])('refuses a read that breaks `%s`: %o', async (at, change) => {
    await expect(store.insertMany([aRead(change)])).rejects.toMatchObject({ code: 'read_invalid', evidence: { at } });
  });
});

describe('an error of the store', () => {
  it('repeats no plate, neither in its texts nor in its properties (W14, law 10)', async () => {
    await store.insertMany([aRead()]);
    await dataSource.query('alter table plate_read rename column lat to latitude');
    const errors = await Promise.all(
      [store.insertMany([aRead({ plate: 'CANARY7' })]), store.plateHistory(historyOf('CANARY7'), everything)].map(
        (work) => work.catch((error: unknown) => error),
      ),
    );
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'ReadsError', code: 'store_failed' });
      expect(everyText(error)).not.toContain('CANARY7');
      expect(everyText(error)).toContain('42703');
    }
  });

  it('says that the store is away, in a way that the answer 503 is found by', async () => {
    await dataSource.destroy();
    const failure = await store.plateHistory(historyOf('ABC123'), everything).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'store_away' });
    expect(databaseIsAway(failure)).toBe(true);
  });
});

describe('partitions', () => {
  it('are made for every day that a window touches, once, while several ask at the same time', async () => {
    const stores = Array.from({ length: 6 }, () => new ReadStore({ dataSource, clock }));
    await Promise.all(stores.map((one, n) => one.ensurePartitions(noon, noon + (n % 3) * DAY + 12 * HOUR)));
    expect(await partitions()).toEqual(['plate_read_d20211003', 'plate_read_d20211004', 'plate_read_d20211005']);
    await store.ensurePartitions(noon, noon);
    await store.ensurePartitions(noon - 12 * HOUR, noon + 12 * HOUR);
    expect(await partitions()).toHaveLength(3);
  });

  it('hold each read in its UTC day, whatever zone the session has', async () => {
    await dataSource.query(`set timezone to 'America/Los_Angeles'`);
    const midnight = Date.UTC(2021, 9, 4);
    await store.insertMany([aRead({ seenAt: midnight - 1 }), aRead({ seenAt: midnight })]);
    const rows = await dataSource.query<{ day: string }[]>(
      `select tableoid::regclass::text as day from plate_read order by seen_at`,
    );
    expect(rows.map((row) => row.day)).toEqual(['plate_read_d20211003', 'plate_read_d20211004']);
  });

  it('are not made for a window that no clock means', async () => {
    await expect(store.ensurePartitions(0, noon)).rejects.toMatchObject({ code: 'partitions_too_many' });
  });

  it('that another process dropped meanwhile are made again', async () => {
    await store.insertMany([aRead()]);
    await dataSource.query('drop table plate_read_d20211003');
    expect(await store.insertMany([aRead()])).toEqual({ inserted: 1, alreadyPresent: 0 });
  });
});

/** Everything that a logger could print of an error: own properties, hidden ones and causes. */
function everyText(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 5) return String(error);
  return Object.getOwnPropertyNames(error)
    .map((name) => `${name}: ${everyText((error as Record<string, unknown>)[name], depth + 1)}`)
    .join('\n');
}
