import * as fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import { parseReadsQuery } from '../src/parse-reads-query.js';
import { QUERY_KINDS, type QueryKind, type ReadsQuery } from '../src/reads-query.js';
import { CAMERA_OWNER_CLASSES, type UnstoredRead } from '../src/read.js';
import { ReadStore } from './read-store.js';
import { aRead, createReadsDatabase } from './reads-database.fixture.js';
import { companionsOf, isAskedFor, newestOfEach, type Numbered } from './search-reference.fixture.js';

const HOUR = 3_600_000;
/** Two nights at which the clocks of Los Angeles change: 02:30 is skipped on one and comes twice on the other. */
const NIGHTS = [Date.UTC(2026, 2, 8, 10), Date.UTC(2026, 10, 1, 9)];
const now = Date.UTC(2026, 10, 3);

/** Few values each, so that reads and queries meet. */
const text = fc.constantFrom('ABC123', 'ABC12', 'A8C123', 'ABC1230', 'XYZ9', 'POLICE', 'ZBC123');
const state = fc.constantFrom('WA', 'OR', undefined);
const instant = fc
  .tuple(fc.constantFrom(...NIGHTS), fc.integer({ min: -5, max: 5 }), fc.constantFrom(-1, 0, 1, 30_000, 60_000))
  .map(([night, hours, milliseconds]) => night + hours * HOUR + milliseconds);
/** On a grid, off the edges of every area below. */
const steps = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 }));
const place = fc.oneof(
  { weight: 6, arbitrary: steps.map(([y, x]) => ({ lat: 44 + y / 100 + 0.0037193, lon: -121 + x / 100 + 0.0061377 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ lat: -17, lon: 179.995 }, { lat: -17, lon: -179.995 }, { lat: 89.99, lon: 77 }),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
/** The place of a fixed camera follows from its name, so that travelling together has places to tell apart. */
const DEVICES: Readonly<Record<string, { lat: number; lon: number } | undefined>> = {
  east: { lat: 44.0037193, lon: -120.9938623 },
  west: { lat: 44.0037193, lon: -121.0338623 },
  bridge: undefined,
  tunnel: undefined,
};
const word = fc.constantFrom('toyota', 'land rover', undefined);
const colour = fc.constantFrom('red', 'white', undefined);

const read: fc.Arbitrary<UnstoredRead> = fc
  .record({
    plate: text,
    state,
    seenAt: instant,
    device: fc.constantFrom('car', ...Object.keys(DEVICES)),
    place,
    make: word,
    colour,
  })
  .map(({ plate, state, seenAt, device, place, make, colour }) => {
    const location = device === 'car' ? place : DEVICES[device];
    const vehicle = { ...(make !== undefined && { make }), ...(colour !== undefined && { colour }) };
    return aRead({
      plate,
      seenAt,
      device,
      nonPlate: plate === 'POLICE',
      ...(state !== undefined && { plateState: state }),
      ...(location && { location }),
      ...(Object.keys(vehicle).length > 0 && { vehicle }),
    });
  });

const area = fc.oneof(
  fc.record({
    kind: fc.constant('circle'),
    lat: fc.constantFrom(44, 44.03),
    lon: fc.constant(-121),
    radius_metres: fc.constantFrom(300, 2_000, 9_000),
  }),
  fc.constantFrom(
    { kind: 'circle', lat: -17, lon: 180, radius_metres: 900 },
    { kind: 'circle', lat: 90, lon: 0, radius_metres: 2_000 },
    { kind: 'box', south: -17.1, west: 179.9, north: -16.9, east: 180 },
    { kind: 'box', south: 43.97, west: -121.04, north: 44.01, east: -120.97 },
  ),
  fc
    .uniqueArray(steps, { minLength: 3, maxLength: 3, selector: ([y, x]) => `${y} ${x}` })
    .filter(
      ([a, b, c]) =>
        a !== undefined &&
        b !== undefined &&
        c !== undefined &&
        (b[1] - a[1]) * (c[0] - a[0]) !== (b[0] - a[0]) * (c[1] - a[1]),
    )
    .map((corners) => ({
      kind: 'polygon',
      points: corners.map(([y, x]) => ({ lat: 44 + y / 100, lon: -121 + x / 100 })),
    })),
);
const areas = fc.uniqueArray(area, { minLength: 1, maxLength: 2, selector: (one) => JSON.stringify(one) });
const plates = (maxLength: number) =>
  fc
    .uniqueArray(fc.tuple(text, state), { minLength: 1, maxLength, selector: ([one]) => one })
    .map((listed) => listed.map(([one, its]) => ({ text: one, ...(its !== undefined && { state: its }) })));

const OFFSETS = [-8 * 60, -7 * 60, 345, 0];
/** The instant as it is written where clocks stand so many minutes off UTC. */
function written(at: number, offset: number): string {
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
  return `${new Date(at + offset * 60_000).toISOString().slice(0, 23)}${zone}`;
}
const window = fc
  .tuple(instant, instant, fc.constantFrom(...OFFSETS), fc.constantFrom(...OFFSETS))
  .filter(([a, b]) => a !== b)
  .map(([a, b, first, second]) => ({ from: written(Math.min(a, b), first), until: written(Math.max(a, b), second) }));

const optionalAreas = fc.option(
  areas.map((listed) => ({ areas: listed })),
  { nil: {} },
);
const membersOf: Record<QueryKind, fc.Arbitrary<object>> = {
  plate_history: plates(4).map((listed) => ({ plates: listed })),
  latest_sighting: plates(4).map((listed) => ({ plates: listed })),
  near_scene: areas.map((listed) => ({ areas: listed })),
  vehicle_description: fc
    .tuple(
      fc.constantFrom({ make: 'Toyota' }, { colour: 'RED' }, { make: 'land rover', colour: 'white' }),
      optionalAreas,
    )
    .map(([vehicle, where]) => ({ vehicle, ...where })),
  partial_plate: fc
    .tuple(fc.constantFrom('AB?1?3', '?BC123', 'ABC12?', '???9', 'A?????', '?B?1??', 'ABC123?'), state, optionalAreas)
    .map(([pattern, its, where]) => ({
      pattern: { text: pattern, ...(its !== undefined && { state: its }) },
      ...where,
    })),
  travelling_together: fc
    .tuple(plates(1), fc.constantFrom(1, 30, 600))
    .map(([listed, within_seconds]) => ({ plates: listed, within_seconds })),
};
const query = (kind: QueryKind): fc.Arbitrary<ReadsQuery> =>
  fc.tuple(membersOf[kind], window).map(([members, when]) => parseReadsQuery({ kind, ...members, ...when }));
const limits = fc.record({
  limit: fc.constantFrom(7, 30, 1_000),
  retentionMs: fc.option(fc.constantFrom(...NIGHTS.map((night) => now - night), now - Date.UTC(2026, 10, 1, 7)), {
    nil: undefined,
  }),
});

const always = { from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z' };
const nearby = { kind: 'circle', lat: 44, lon: -121, radius_metres: 9_000 };
const WHOLE_TIME = [
  { kind: 'plate_history', plates: [{ text: 'ABC123' }], ...always },
  { kind: 'latest_sighting', plates: [{ text: 'ABC123' }], ...always },
  { kind: 'near_scene', areas: [nearby], ...always },
  { kind: 'vehicle_description', vehicle: { make: 'toyota' }, ...always },
  { kind: 'partial_plate', pattern: { text: 'AB?1?3' }, areas: [nearby], ...always },
  { kind: 'travelling_together', plates: [{ text: 'ABC123' }], within_seconds: 600, ...always },
];

describe('a search', () => {
  let dataSource: DataSource;
  let store: ReadStore;
  const stored = new Map<string, Numbered>();

  beforeAll(async () => {
    dataSource = await createReadsDatabase();
    // A server in another zone than the reads: it must not matter (P10).
    const [row] = await dataSource.query<{ name: string }[]>('select current_database() as name');
    await dataSource.query(`alter database ${row?.name} set timezone to 'America/Chicago'`);
    await dataSource.destroy();
    await dataSource.initialize();
    store = new ReadStore({ dataSource, clock: fakeClock(now) });
    return () => dataSource.destroy();
  });

  it('of each kind gives the same reads in the same order, over all its pages, as one that looks at every read (P10-P14)', async () => {
    const asked = fc.tuple(...QUERY_KINDS.map(query));
    await fc.assert(
      fc.asyncProperty(
        fc.array(read, { minLength: 1, maxLength: 20 }),
        asked,
        limits,
        async (arriving, queries, bounds) => {
          await store.insertMany(arriving);
          for (const one of arriving) {
            const key = `${one.plate} ${one.seenAt} ${one.device}`;
            if (!stored.has(key)) stored.set(key, { read: one, number: stored.size });
          }
          const kept = [...stored.values()].filter(
            ({ read: { seenAt } }) => bounds.retentionMs === undefined || now < seenAt + bounds.retentionMs,
          );
          for (const one of queries) {
            expect(await allPages(one, bounds)).toEqual(expectedOf(one, kept));
          }
        },
      ),
      { numRuns: 40 },
    );
    // Shown to be a test: over the whole time each kind finds something among what is stored by now.
    for (const one of WHOLE_TIME) {
      const expected = expectedOf(parseReadsQuery(one), [...stored.values()]);
      expect(expected.length, one.kind).toBeGreaterThan(one.kind === 'latest_sighting' ? 0 : 5);
      expect(await allPages(parseReadsQuery(one), { limit: 7, retentionMs: undefined })).toEqual(expected);
    }
  });

  async function allPages(one: ReadsQuery, bounds: { limit: number; retentionMs: number | undefined }) {
    const reads: UnstoredRead[] = [];
    for (let position: string | undefined; ;) {
      const cameraOwnerClasses = CAMERA_OWNER_CLASSES;
      const page = await store.search(one, {
        ...bounds,
        cameraOwnerClasses,
        ...(position !== undefined && { position }),
      });
      reads.push(...page.reads.map(({ id: _id, ...rest }) => rest));
      expect(page.next === undefined).toBe(!page.truncated);
      if (page.next === undefined) return reads;
      expect(page.reads).toHaveLength(bounds.limit);
      position = page.next;
    }
  }
});

function expectedOf(one: ReadsQuery, kept: readonly Numbered[]): UnstoredRead[] {
  if (one.kind === 'travelling_together') return companionsOf(one, kept);
  const matching = kept
    .filter((each) => isAskedFor(one, each.read))
    .toSorted((a, b) => b.read.seenAt - a.read.seenAt || a.number - b.number)
    .map((each) => each.read);
  return one.kind === 'latest_sighting' ? newestOfEach(matching) : matching;
}
