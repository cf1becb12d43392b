import type { DataSource } from 'typeorm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Area } from '#policy';
import { fakeClock } from '../../../test/support/fakes.js';
import { CAMERA_OWNER_CLASSES } from '../src/read.js';
import type { ReadsQuery } from '../src/reads-query.js';
import { ReadStore } from './read-store.js';
import { inSearchTransaction } from './search-transaction.js';
import { aRead, createReadsDatabase } from './reads-database.fixture.js';

const noon = Date.UTC(2021, 9, 3, 12);
const clock = fakeClock(Date.UTC(2021, 9, 10));
const window = { from: noon - 1_000_000, until: noon + 1_000_000 };
const everything = { limit: 100, retentionMs: undefined, cameraOwnerClasses: CAMERA_OWNER_CLASSES };
const scene: Area = { kind: 'circle', lat: 44.06, lon: -121.31, radiusMetres: 500 };
const inScene = { location: { lat: 44.06, lon: -121.31 } };
const nearScene: ReadsQuery = { kind: 'near_scene', areas: [scene], ...window };
const near = (lat: number, lon: number): ReadsQuery => ({
  ...nearScene,
  areas: [{ kind: 'circle', lat, lon, radiusMetres: 500 }],
});
const history = (text: string): ReadsQuery => ({ kind: 'plate_history', plates: [{ text }], ...window });
const partial = (text: string): ReadsQuery => ({ kind: 'partial_plate', pattern: { text }, areas: [], ...window });

let dataSource: DataSource;
let store: ReadStore;
beforeAll(async () => {
  dataSource = await createReadsDatabase();
  store = new ReadStore({ dataSource, clock });
  return () => dataSource.destroy();
});
beforeEach(() => dataSource.query('truncate plate_read'));

async function platesOf(query: ReadsQuery): Promise<string[]> {
  return (await store.search(query, everything)).reads.map((read) => read.plate);
}

describe('a search', () => {
  it('takes up where a page ended, though reads came in between (P14)', async () => {
    await store.insertMany([1, 2, 3, 4].map((n) => aRead({ seenAt: noon, device: `d${n}` })));
    const first = await store.search(history('ABC123'), {
      limit: 2,
      retentionMs: undefined,
      cameraOwnerClasses: CAMERA_OWNER_CLASSES,
    });
    expect(first).toMatchObject({ truncated: true, reads: [{ device: 'd1' }, { device: 'd2' }] });
    await store.insertMany([aRead({ seenAt: noon + 1, device: 'newer' }), aRead({ seenAt: noon, device: 'as new' })]);
    const next = {
      limit: 9,
      retentionMs: undefined,
      cameraOwnerClasses: CAMERA_OWNER_CLASSES,
      ...(first.next !== undefined && { position: first.next }),
    };
    const second = await store.search(history('ABC123'), next);
    expect(second.reads.map((read) => read.device)).toEqual(['d3', 'd4', 'as new']);
    expect(second).not.toHaveProperty('next');
  });

  it.each(['', 'r', 'n1', 'r1', `r1.1' or true`, 'r-1.1', 'r1.1 ', 'R1.1', `r${'9'.repeat(30)}.1`])(
    'refuses the position `%s` (P14)',
    async (position) => {
      const search = store.search(history('ABC123'), { ...everything, position });
      await expect(search).rejects.toMatchObject({ code: 'position_invalid' });
    },
  );

  it.each(['r1.1', 'n', 'n-1', 'n1e3', 'n9999999'])(
    'that makes its list anew refuses the position `%s` (P14)',
    async (position) => {
      const latest: ReadsQuery = { kind: 'latest_sighting', plates: [{ text: 'ABC123' }], ...window };
      await expect(store.search(latest, { ...everything, position })).rejects.toMatchObject({
        code: 'position_invalid',
      });
    },
  );

  it('of an area gives no read without a place, and the place of none is near (P13)', async () => {
    await store.insertMany([aRead({ plate: 'HERE', ...inScene }), aRead({ plate: 'NOWHERE' })]);
    expect(await platesOf(nearScene)).toEqual(['HERE']);
    expect(
      await platesOf({ ...nearScene, kind: 'partial_plate', pattern: { text: 'NOWHER?' }, areas: [scene] }),
    ).toEqual([]);
  });

  it('of an area finds what was stored before places had cells', async () => {
    await store.insertMany([
      aRead({ plate: 'OLD', ...inScene }),
      aRead({ plate: 'FAR', location: { lat: 45, lon: -121 } }),
    ]);
    await dataSource.query('update plate_read set cell = null');
    expect(await platesOf(nearScene)).toEqual(['OLD']);
  });

  it('of an area across the antimeridian or a pole is answered right (P13)', async () => {
    await store.insertMany([
      aRead({ plate: 'WEST', location: { lat: -17, lon: 179.999 } }),
      aRead({ plate: 'EAST', location: { lat: -17, lon: -179.999 } }),
      aRead({ plate: 'POLAR', location: { lat: 89.9999, lon: 100 } }),
    ]);
    expect((await platesOf(near(-17, 180))).toSorted()).toEqual(['EAST', 'WEST']);
    expect(await platesOf(near(90, -100))).toEqual(['POLAR']);
  });

  it.each(['%BC12?', '_BC12?', 'ABC1.?', '[A]BC12?', String.raw`\BC12?`, 'abc12?'])(
    'for `%s` is refused even where nobody parsed it: only `?` stands for a character (P12, W10)',
    async (text) => {
      await expect(store.search(partial(text), everything)).rejects.toMatchObject({ code: 'pattern_invalid' });
    },
  );

  it('reads and changes nothing, and ends where it takes too long', async () => {
    await store.insertMany([aRead()]);
    const writes = inSearchTransaction(dataSource, (manager) => manager.query('delete from plate_read'));
    await expect(writes).rejects.toMatchObject({ name: 'ReadsError' });
    expect(await store.count()).toBe(1);
    const slow = inSearchTransaction(dataSource, async (manager) => {
      await manager.query('set local statement_timeout = 20');
      return manager.query('select pg_sleep(5)');
    });
    await expect(slow).rejects.toMatchObject({ code: 'search_too_slow' });
  });

  it('for what travels with a plate that passed too often is refused, not cut', async () => {
    const often = Array.from({ length: 1_001 }, (_, n) => aRead({ seenAt: noon + n }));
    await store.insertMany(often);
    const query: ReadsQuery = {
      kind: 'travelling_together',
      plates: [{ text: 'ABC123' }],
      withinSeconds: 1,
      ...window,
    };
    await expect(store.search(query, everything)).rejects.toMatchObject({ code: 'search_too_broad' });
    await dataSource.query('delete from plate_read where seen_at = $1', [new Date(noon)]);
    expect(await store.search(query, everything)).toMatchObject({ reads: [], companions: [] });
  });

  it('finds by look-alikes only where it is asked for them, and marks each as unverified', async () => {
    await store.insertMany([
      aRead({ plate: 'A8C123', candidates: [{ text: 'ABC123', confidence: 0.4 }] }),
      aRead({ plate: 'ABC1Z3', seenAt: noon - 1 }),
      aRead({ plate: 'XYZ999' }),
    ]);
    expect(await platesOf(history('ABC123'))).toEqual([]);
    const asked = { kind: 'plate_history' as const, plates: [{ text: 'ABC123' }], ...window };
    expect(await store.lookAlikes(asked, everything)).toMatchObject([
      { unverified: true, asked: 'ABC123', match: 'candidate', read: { plate: 'A8C123' } },
      { unverified: true, asked: 'ABC123', match: 'look_alike', read: { plate: 'ABC1Z3' } },
    ]);
    const expired = { limit: 9, cameraOwnerClasses: CAMERA_OWNER_CLASSES, retentionMs: clock.now() - noon };
    expect(await store.lookAlikes(asked, expired)).toEqual([]);
  });
});

describe('readings of one event', () => {
  const event = { eventId: 'car-7', device: 'axis' };

  it('supersede: of several revisions the highest stays, in one call or in several, in whatever order', async () => {
    const readings = ['AA7690EQ', 'AA7690EO', 'AA7690E0'].map((plate, eventRevision) =>
      aRead({ plate, ...event, eventRevision, seenAt: noon + eventRevision }),
    );
    expect(await store.insertMany(readings)).toEqual({ inserted: 1, alreadyPresent: 2 });
    for (const reading of readings) await store.insertMany([reading]);
    expect(await store.count()).toBe(1);
    expect(await platesOf(partial('AA7690E?'))).toEqual(['AA7690E0']);
    const later = await store.insertMany([aRead({ plate: 'AA7690FF', ...event, eventRevision: 9 })]);
    expect(later).toEqual({ inserted: 1, alreadyPresent: 0, superseded: 1 });
    expect(await platesOf(partial('AA7690??'))).toEqual(['AA7690FF']);
  });

  it('of another device or source, or hours apart, are other events', async () => {
    await store.insertMany([
      aRead({ plate: 'A1', ...event }),
      aRead({ plate: 'A2', ...event, device: 'other' }),
      aRead({ plate: 'A3', ...event, source: 'other' }),
      aRead({ plate: 'A4', ...event, seenAt: noon + 3_600_000 }),
    ]);
    expect(await store.count()).toBe(4);
  });

  it('are counted once by COPY too, with every character that a device may have in its name', async () => {
    const odd = { device: String.raw`a\b\N "c" {d}`, imageRef: String.raw`\\nas\x.jpg` };
    const many = Array.from({ length: 600 }, (_, n) => aRead({ seenAt: noon + n, ...odd }));
    expect(await store.insertMany([...many, ...many])).toEqual({ inserted: 600, alreadyPresent: 600 });
    expect(await store.insertMany(many)).toEqual({ inserted: 0, alreadyPresent: 600 });
    const { reads } = await store.search(history('ABC123'), {
      limit: 1,
      retentionMs: undefined,
      cameraOwnerClasses: CAMERA_OWNER_CLASSES,
    });
    expect(reads).toMatchObject([odd]);
  });

  it('keeps and gives back everything that a camera may say', async () => {
    const full = aRead({
      ...inScene,
      vehicle: { make: 'land rover', model: 'defender 110', colour: 'green', type: 'suv' },
      direction: 359.5,
      candidates: [{ text: 'A8C123', confidence: 0.4 }, { text: 'ABC128' }],
      eventId: 'e-1',
      eventRevision: 2,
      imageRef: 'https://nas.example/1.jpg',
      imageDigest: 'A'.repeat(43),
    });
    const many = Array.from({ length: 500 }, (_, n) => ({ ...full, eventId: `many-${n}`, seenAt: noon - 1 - n }));
    await store.insertMany([full]);
    await store.insertMany(many);
    const { reads } = await store.search(history('ABC123'), {
      limit: 1_000,
      retentionMs: undefined,
      cameraOwnerClasses: CAMERA_OWNER_CLASSES,
    });
    expect(reads.map(({ id: _id, ...read }) => read)).toEqual([full, ...many]);
  });

  it.each([
    ['direction', { direction: 360 }],
    ['vehicle', { vehicle: { make: 'TOYOTA' } }],
    ['candidates', { candidates: [{ text: 'abc' }] }],
    ['candidates', { candidates: Array.from({ length: 11 }, () => ({ text: 'A1' })) }],
    ['eventId', { eventId: '' }],
    ['eventRevision', { eventRevision: 1 }],
    ['imageRef', { imageRef: 'a b' }],
    ['imageDigest', { imageDigest: 'short' }],
  ])('are refused where one breaks `%s`: %o', async (at, change) => {
    await expect(store.insertMany([aRead(change)])).rejects.toMatchObject({ code: 'read_invalid', evidence: { at } });
  });

  it('finds no read of a camera whose owner is not among those allowed, in no kind, and an older one in its place', async () => {
    const school = { cameraOwnerClass: 'school' as const };
    await store.insertMany([
      aRead({ plate: 'CAM1234', seenAt: noon }),
      aRead({ plate: 'CAM1234', seenAt: noon + 5_000, device: 'gate', ...school }),
    ]);
    const seconds = { from: noon - 1, until: noon + 10_000 };
    const queries: ReadsQuery[] = [
      { kind: 'plate_history', plates: [{ text: 'CAM1234' }], ...seconds },
      { kind: 'latest_sighting', plates: [{ text: 'CAM1234' }], ...seconds },
      { kind: 'partial_plate', pattern: { text: 'CAM12??' }, areas: [], ...seconds },
    ];
    for (const query of queries) {
      const bounds = { ...everything, cameraOwnerClasses: ['public', 'business'] as const };
      const { reads } = await store.search(query, bounds);
      expect([query.kind, reads.map(({ seenAt }) => seenAt)]).toEqual([query.kind, [noon]]);
      const { reads: none } = await store.search(query, { ...everything, cameraOwnerClasses: [] });
      expect(none).toEqual([]);
    }
  });
});
