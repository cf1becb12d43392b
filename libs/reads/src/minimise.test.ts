import { READ_FIELDS } from '#protocol';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AS_SEEN } from '#policy';
import { minimise, type ReadField, type Telling } from './minimise.js';
import { parsePlateHistoryQuery } from './plate-history.js';
import type { Read } from './read.js';
import { refusalOf } from './refusal.fixture.js';
import { exceedsQuery, keepWithinQuery } from './within-query.js';

const read: Read = {
  id: '77',
  plate: 'ABC123',
  plateState: 'WA',
  seenAt: Date.UTC(2021, 9, 3, 12),
  timeAmbiguous: true,
  device: 'SPD2020681MDC',
  location: { lat: 47.6151, lon: -122.3361 },
  confidence: 0.91,
  cameraOwnerClass: 'public',
  source: 'test',
  nonPlate: false,
  vehicle: { make: 'land rover', colour: 'green' },
  direction: 90,
  candidates: [{ text: 'A8C123', confidence: 0.4 }],
  eventId: 'car-7',
  imageRef: '/images/1.jpg',
  imageDigest: 'A'.repeat(43),
};
const released = {
  plate: 'ABC123',
  plate_state: 'WA',
  seen_at: '2021-10-03T12:00:00.000Z',
  location: { lat: 47.6151, lon: -122.3361 },
  device: 'SPD2020681MDC',
  confidence: 0.91,
  camera_owner_class: 'public',
  vehicle: { make: 'land rover', colour: 'green' },
  direction: 90,
  candidates: [{ text: 'A8C123', confidence: 0.4 }],
};

const AS_IT_IS: Omit<Telling, 'fields'> = { coarsening: AS_SEEN, from: 0, companionOf: () => undefined };
const told = (reads: readonly Read[], fields: readonly ReadField[], telling: Partial<Telling> = {}) =>
  minimise(reads, { ...AS_IT_IS, fields, ...telling });

const companionOf = () => ({ pseudonym: 'p', revealed: false });
const revealed = () => ({ pseudonym: 'p', revealed: true });

describe('a released read', () => {
  it('holds what the rule allows and nothing of the store', () => {
    expect(told([read], READ_FIELDS)).toEqual([released]);
    expect(told([read], ['seen_at', 'plate'])).toEqual([{ plate: 'ABC123', seen_at: '2021-10-03T12:00:00.000Z' }]);
  });

  it('never holds a field beyond those allowed, nor one that the camera did not give', () => {
    const fields = fc
      .uniqueArray(fc.constantFrom<ReadField>(...READ_FIELDS))
      .map((some) => [...some, 'plate', 'seen_at'] as const);
    const notGiven = ['plate_state', 'location', 'confidence', 'vehicle', 'direction', 'candidates'];
    const { plateState: _state, location: _location, confidence: _confidence, ...rest } = read;
    const { vehicle: _vehicle, direction: _direction, candidates: _candidates, ...sparse } = rest;
    fc.assert(
      fc.property(fields, fc.boolean(), (allowed, full) => {
        const [one] = told([full ? read : sparse], [...allowed]);
        const given = full ? READ_FIELDS : READ_FIELDS.filter((name) => !notGiven.includes(name));
        expect(Object.keys(one ?? {}).toSorted()).toEqual(given.filter((name) => allowed.includes(name)).toSorted());
      }),
    );
  });

  it('is told no more exactly than the rule says, says how exactly, and names no camera then', () => {
    const coarsening = { placeMetres: 1000, timeSeconds: 3600 };
    const seenAt = read.seenAt + 1_234_567;
    const [one] = told([{ ...read, seenAt }], READ_FIELDS, { coarsening });
    expect(one).toMatchObject({
      seen_at: '2021-10-03T12:00:00.000Z',
      time_precision_seconds: 3600,
      place_precision_metres: 1000,
    });
    expect(one?.location).not.toEqual(released.location);
    expect(one).not.toHaveProperty('device');
    const from = read.seenAt + 600_000;
    expect(told([{ ...read, seenAt }], READ_FIELDS, { coarsening, from })[0]?.seen_at).toBe('2021-10-03T12:10:00.000Z');
  });

  it('of a companion tells a pseudonym and nothing that would tell its plate, and both where it was approved', () => {
    const { plate: _plate, plate_state: _state, vehicle: _vehicle, candidates: _candidates, ...rest } = released;
    expect(told([read], READ_FIELDS, { companionOf })).toEqual([{ ...rest, companion: 'p' }]);
    expect(told([read], READ_FIELDS, { companionOf: revealed })).toEqual([{ ...released, companion: 'p' }]);
  });

  it('is none without plate and instant, and an unknown field is no wider permission', () => {
    expect(refusalOf(() => told([read], []))).toBe('fields_insufficient');
    expect(refusalOf(() => told([read], ['plate']))).toBe('fields_insufficient');
    expect(refusalOf(() => told([read], ['seen_at', 'device']))).toBe('fields_insufficient');
    expect(refusalOf(() => told([read], ['plate', 'seen_at', 'source' as ReadField]))).toBe('field_unknown');
  });
});

describe('an answer that goes beyond the query', () => {
  const query = parsePlateHistoryQuery({
    kind: 'plate_history',
    plates: [{ text: 'ABC123', state: 'WA' }, { text: 'XYZ9' }],
    from: '2021-10-03T12:00:00Z',
    until: '2021-10-03T13:00:00Z',
  });

  it.each([
    ['nothing', {}, []],
    ['a plate that nobody asked for', { plate: 'ABC124' }, ['plate']],
    ['the plate of another state', { plate_state: 'OR' }, ['state']],
    ['the last millisecond of the window', { seen_at: '2021-10-03T12:59:59.999Z' }, []],
    ['the end of the window', { seen_at: '2021-10-03T13:00:00Z' }, ['window']],
    ['an instant that cannot be read', { seen_at: '2021-10-03T12:30:00-00:00' }, ['window']],
    ['the millisecond before it', { seen_at: '2021-10-03T11:59:59.999Z' }, ['window']],
    ['another plate on another day', { plate: 'Q1', seen_at: '2021-10-05T12:00:00Z' }, ['plate', 'window']],
    ['any state of a plate asked for without one', { plate: 'XYZ9', plate_state: 'OR' }, []],
  ] as const)('exceeds it by %s (P22)', (_, change, excess) => {
    expect(exceedsQuery({ ...released, ...change }, query)).toEqual(excess);
  });

  it('is cut to what was asked, and what was dropped is counted (P22)', () => {
    const reads = [
      released,
      { ...released, plate: 'ABC124' },
      { ...released, plate: 'Q1', seen_at: '2021-10-05T12:00:00Z' },
      { ...released, plate_state: 'OR' },
    ];
    expect(keepWithinQuery(reads, query, READ_FIELDS)).toEqual({
      kept: [released],
      dropped: { total: 3, plate: 2, state: 1, window: 1, stripped: 0 },
    });
  });

  it('loses the fields that the rule does not let through, and its read stays (P22)', () => {
    const { kept, dropped } = keepWithinQuery([released], query, ['plate', 'seen_at', 'plate_state']);
    expect(kept).toEqual([{ plate: 'ABC123', plate_state: 'WA', seen_at: released.seen_at }]);
    expect(dropped).toEqual({ total: 0, plate: 0, state: 0, window: 0, stripped: 1 });
  });

  it('keeps nothing that exceeds the query and drops nothing else (P22)', () => {
    const reads = fc.array(
      fc.record({
        plate: fc.constantFrom('ABC123', 'XYZ9', 'ABC124'),
        plate_state: fc.constantFrom('WA', 'OR'),
        seen_at: fc
          .integer({ min: -2, max: 2 })
          .map((hours) => new Date(read.seenAt + hours * 1_800_000).toISOString()),
      }),
    );
    fc.assert(
      fc.property(reads, (some) => {
        const { kept, dropped } = keepWithinQuery(some, query, READ_FIELDS);
        expect(kept).toEqual(some.filter((one) => exceedsQuery(one, query).length === 0));
        expect(kept.length + dropped.total).toBe(some.length);
      }),
    );
  });
});
