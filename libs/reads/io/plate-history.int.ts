import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import type { PlateHistoryQuery } from '../src/plate-history.js';
import type { UnstoredRead } from '../src/read.js';
import { ReadStore } from './read-store.js';
import { aRead, createReadsDatabase } from './reads-database.fixture.js';

const HOUR = 3_600_000;
const start = Date.UTC(2021, 9, 1);
const now = start + 5 * 24 * HOUR;

/** Few values each, so that reads and queries meet: neighbouring plates, the edges of hours and days. */
const plate = fc.constantFrom('ABC123', 'ABC12', 'A8C123', 'ABC1230', 'XYZ9', 'POLICE');
const state = fc.constantFrom('WA', 'OR', undefined);
const instant = fc
  .tuple(fc.integer({ min: 0, max: 96 }), fc.integer({ min: -1, max: 1 }))
  .map(([hours, milliseconds]) => start + hours * HOUR + milliseconds);

const read = fc
  .record({
    plate,
    plateState: state,
    seenAt: instant,
    device: fc.constantFrom('a', 'b'),
    source: fc.constantFrom('s', 't'),
  })
  .map(({ plateState, ...rest }) => aRead({ ...rest, ...(plateState !== undefined && { plateState }) }));

const query: fc.Arbitrary<PlateHistoryQuery> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(plate, state), { minLength: 1, maxLength: 4, selector: ([text]) => text }),
    fc.tuple(instant, instant).filter(([a, b]) => a !== b),
  )
  .map(([plates, [a, b]]) => ({
    plates: plates.map(([text, state]) => ({ text, ...(state !== undefined && { state }) })),
    from: Math.min(a, b),
    until: Math.max(a, b),
  }));

const limits = fc.record({
  limit: fc.integer({ min: 1, max: 30 }),
  retentionMs: fc.option(
    fc.integer({ min: 0, max: 6 * 24 }).map((hours) => hours * HOUR),
    { nil: undefined },
  ),
});

const keyOf = (one: UnstoredRead) => `${one.plate} ${one.seenAt} ${one.device} ${one.source}`;

/** Of one instant, as they were stored: the sort is stable. */
const newestFirst = (a: UnstoredRead, b: UnstoredRead) => b.seenAt - a.seenAt;

/** The slow, obvious search: looks at every read and asks of each whether it was asked for. */
function reference(stored: readonly UnstoredRead[], asked: PlateHistoryQuery, retentionMs: number | undefined) {
  const found: UnstoredRead[] = [];
  for (const one of stored) {
    const wanted = asked.plates.some(
      ({ text, state }) => text === one.plate && (state === undefined || state === one.plateState),
    );
    const inWindow = one.seenAt >= asked.from && one.seenAt < asked.until;
    const kept = retentionMs === undefined || now < one.seenAt + retentionMs;
    if (wanted && inWindow && kept) found.push(one);
  }
  return found.toSorted(newestFirst);
}

describe('plate history', () => {
  let store: ReadStore;
  const stored = new Map<string, UnstoredRead>();

  beforeAll(async () => {
    const dataSource = await createReadsDatabase();
    store = new ReadStore({ dataSource, clock: fakeClock(now) });
    return () => dataSource.destroy();
  });

  it('answers the same reads in the same order as a search that looks at every read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(read, { maxLength: 12 }),
        query,
        limits,
        async (arriving, asked, { limit, retentionMs }) => {
          await store.insertMany(arriving);
          for (const one of arriving) if (!stored.has(keyOf(one))) stored.set(keyOf(one), one);
          const expected = reference([...stored.values()], asked, retentionMs);
          const { reads, truncated } = await store.plateHistory(asked, { limit, retentionMs });
          expect(reads.map(({ id: _id, ...one }) => one)).toEqual(expected.slice(0, limit));
          expect(truncated).toBe(expected.length > limit);
        },
      ),
      { numRuns: 300 },
    );
    // Shown to be a test: reads were found, and not always all of them.
    expect(await store.count()).toBe(stored.size);
    expect(stored.size).toBeGreaterThan(500);
  });
});
