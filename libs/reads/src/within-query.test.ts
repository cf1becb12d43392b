import { READ_FIELDS, type ReleasedRead } from '#protocol';
import { describe, expect, it } from 'vitest';
import { parseReadsQuery } from './parse-reads-query.js';
import { exceedsQuery, keepWithinQuery } from './within-query.js';

const window = { from: '2021-10-03T00:00:00Z', until: '2021-10-04T00:00:00Z' };
const circle = { kind: 'circle', lat: 44.06, lon: -121.31, radius_metres: 500 };
const inside = { location: { lat: 44.06, lon: -121.31 } };
const outside = { location: { lat: 44.07, lon: -121.31 } };
const read = (change: object = {}): ReleasedRead => ({ plate: 'ABC123', seen_at: '2021-10-03T12:00:00Z', ...change });
const nearScene = parseReadsQuery({ kind: 'near_scene', areas: [circle], ...window });
const vehicle = parseReadsQuery({ kind: 'vehicle_description', vehicle: { make: 'kia', colour: 'red' }, ...window });
const partial = parseReadsQuery({
  kind: 'partial_plate',
  pattern: { text: 'AB?123', state: 'OR' },
  areas: [circle],
  ...window,
});
const latest = parseReadsQuery({ kind: 'latest_sighting', plates: [{ text: 'ABC123' }], ...window });
const together = { kind: 'travelling_together', plates: [{ text: 'ABC123' }], within_seconds: 30, ...window };

describe('a read goes beyond the query (P22)', () => {
  it.each([
    ['in its place', nearScene, read(outside), ['area']],
    ['in nothing, where its place lies inside', nearScene, read(inside), []],
    ['in nothing, where its place is not released', nearScene, read(), []],
    [
      'in nothing, where its place is no farther off than it was made coarser',
      nearScene,
      read({ ...outside, place_precision_metres: 1_000 }),
      [],
    ],
    [
      'in its place, where it is farther off than that',
      nearScene,
      read({ ...outside, place_precision_metres: 100 }),
      ['area'],
    ],
    ['in its vehicle', vehicle, read({ vehicle: { make: 'kia', colour: 'blue' } }), ['vehicle']],
    ['in its vehicle, of which a word is missing', vehicle, read({ vehicle: { make: 'kia' } }), ['vehicle']],
    [
      'in nothing, where the vehicle is the one',
      vehicle,
      read({ vehicle: { make: 'kia', colour: 'red', type: 'car' } }),
      [],
    ],
    [
      'in plate, state, time and place at once',
      partial,
      read({ plate: 'ABC124', plate_state: 'WA', seen_at: '2021-10-04T00:00:00Z', ...outside }),
      ['plate', 'state', 'window', 'area'],
    ],
    ['in nothing, where the plate fits', partial, read({ plate: 'ABX123', ...inside }), []],
    [
      'in nothing, where its time was made coarser and began before the window',
      latest,
      read({ seen_at: '2021-10-02T23:45:00Z', time_precision_seconds: 3_600 }),
      [],
    ],
    [
      'in its time, where it cannot have been made in the window',
      latest,
      read({ seen_at: '2021-10-02T22:59:59Z', time_precision_seconds: 3_600 }),
      ['window'],
    ],
  ])('%s', (_, query, one, excess) => {
    expect(exceedsQuery(one, query)).toEqual(excess);
  });

  it('where a companion has its plate and not its pseudonym alone, unless that was asked for and approved', () => {
    const query = parseReadsQuery(together);
    const { plate: _plate, ...hidden } = read();
    expect(exceedsQuery({ ...hidden, companion: 'c1' }, query)).toEqual([]);
    expect(exceedsQuery(read({ plate: 'XYZ9', companion: 'c1' }), query)).toEqual(['plate']);
    expect(exceedsQuery(read({ plate: 'XYZ9' }), query)).toEqual(['plate']);
    const reveal = { release: 'A'.repeat(43), companions: ['c1'] };
    const revealing = parseReadsQuery({ ...together, reveal });
    expect(exceedsQuery(read({ plate: 'XYZ9', companion: 'c1' }), revealing)).toEqual([]);
    expect(exceedsQuery(read({ plate: 'XYZ9', companion: 'c2' }), revealing)).toEqual(['plate']);
  });

  it('where a newer one of the same plate was sent, and the latest was asked for', () => {
    const reads = [read(), read({ seen_at: '2021-10-03T13:00:00Z' }), read({ seen_at: '2021-10-03T11:00:00Z' })];
    const { kept, dropped } = keepWithinQuery(reads, latest, [...READ_FIELDS]);
    expect(kept).toEqual([reads[1]]);
    expect(dropped).toEqual({ total: 2, plate: 0, state: 0, window: 0, stripped: 0, older: 2 });
  });
});
