import { describe, expect, it } from 'vitest';
import { coarseFactDifferences, coarseFactsOf } from './coarse-facts.js';
import { kindOfMembers, parseReadsQuery } from './parse-reads-query.js';
import { refusalOf } from './refusal.fixture.js';
import { readsQueryJson, searchedScope, QUERY_KINDS } from './reads-query.js';

const window = { from: '2021-10-03T00:00:00-07:00', until: '2021-10-03T01:00:00-07:00' };
const plates = [{ text: 'abc-123', state: 'wa' }];
const circle = { kind: 'circle', lat: 44.06, lon: -121.31, radius_metres: 500 };
const box = { kind: 'box', south: 44, west: -122, north: 44.1, east: -121.9 };
const triangle = [
  { lat: 44, lon: -121.3 },
  { lat: 44, lon: -121.2 },
  { lat: 44.1, lon: -121.2 },
];
const polygon = { kind: 'polygon', points: triangle };
const release = 'A'.repeat(43);

const asked = {
  plate_history: { plates },
  latest_sighting: { plates: [...plates, { text: 'XYZ 9' }] },
  near_scene: { areas: [circle, box, polygon] },
  vehicle_description: { vehicle: { make: ' Land  Rover ', colour: 'GREEN' }, areas: [circle] },
  partial_plate: { pattern: { text: 'ab?1 23', state: 'or' } },
  travelling_together: { plates, within_seconds: 60, reveal: { release, companions: ['c1'] } },
};
const queryOf = (kind: keyof typeof asked, change: object = {}) => ({ kind, ...asked[kind], ...window, ...change });
const refusal = (query: object) => refusalOf(() => parseReadsQuery(query));

describe('a query', () => {
  it.each(QUERY_KINDS)('of the kind %s is written in one spelling, which reads back the same', (kind) => {
    const query = parseReadsQuery(queryOf(kind));
    expect(query).toMatchObject({ kind, from: Date.UTC(2021, 9, 3, 7), until: Date.UTC(2021, 9, 3, 8) });
    expect(parseReadsQuery(readsQueryJson(query))).toEqual(query);
    expect(coarseFactDifferences(coarseFactsOf(query), query)).toEqual([]);
  });

  it('is normalised: plates, words and the pattern', () => {
    expect(parseReadsQuery(queryOf('latest_sighting'))).toMatchObject({
      plates: [{ text: 'ABC123', state: 'WA' }, { text: 'XYZ9' }],
    });
    expect(parseReadsQuery(queryOf('vehicle_description'))).toMatchObject({
      vehicle: { make: 'land rover', colour: 'green' },
    });
    expect(parseReadsQuery(queryOf('partial_plate'))).toMatchObject({ pattern: { text: 'AB?123', state: 'OR' } });
  });

  it.each(QUERY_KINDS.flatMap((kind) => QUERY_KINDS.filter((other) => other !== kind).map((other) => [kind, other])))(
    'with the members of %s that claims to be %s is refused (P16)',
    (kind, claimed) => {
      const isSameShape = [kind, claimed].toSorted().join() === 'latest_sighting,plate_history';
      expect(refusal({ ...queryOf(kind), kind: claimed })).toBe(isSameShape ? 'accepted' : 'kind_mismatch');
    },
  );

  it.each([
    ['an area beside a plate', { ...queryOf('plate_history'), areas: [circle] }, 'query_malformed'],
    ['a vehicle beside a pattern', { ...queryOf('partial_plate'), vehicle: { make: 'kia' } }, 'query_malformed'],
    [
      'a second plate that travels',
      queryOf('travelling_together', { plates: [{ text: 'A1' }, { text: 'A2' }] }),
      'plates_too_many',
    ],
    ['no kind', { ...queryOf('near_scene'), kind: undefined }, 'kind_mismatch'],
    ['a kind nobody knows', { ...queryOf('near_scene'), kind: 'everything' }, 'kind_mismatch'],
    ['a closed kind', { kind: 'passed_twice', prompt: 'all' }, 'kind_not_offered'],
    [
      'a closed kind with the members of another',
      { ...queryOf('plate_history'), kind: 'unusual_travel' },
      'kind_not_offered',
    ],
  ])('with %s is refused (P16)', (_, query, code) => {
    expect(refusal(query)).toBe(code);
  });

  it('is of the kind of its members', () => {
    expect(QUERY_KINDS.map((kind) => kindOfMembers(queryOf(kind)))).toEqual([
      'plate_history',
      'plate_history',
      'near_scene',
      'vehicle_description',
      'partial_plate',
      'travelling_together',
    ]);
  });

  it.each([
    ['%', 'pattern_invalid'],
    ['AB_12?', 'pattern_invalid'],
    ['AB*?', 'pattern_invalid'],
    ['AB１?', 'pattern_invalid'],
    ['A\u0000?', 'pattern_invalid'],
    ['ABC123', 'pattern_invalid'],
    ['???', 'pattern_invalid'],
    ['?', 'pattern_invalid'],
    ['ABCDEFGHIJ?', 'pattern_invalid'],
    ['[AB]?', 'pattern_invalid'],
  ])('for the partial plate `%s` is refused (P12)', (text, code) => {
    expect(refusal(queryOf('partial_plate', { pattern: { text } }))).toBe(code);
  });

  it.each([
    ['a word with a wildcard', { make: 'to%' }, 'vehicle_word_invalid'],
    ['a word of another script', { make: 'тойота' }, 'vehicle_word_invalid'],
    ['a letter that lower case would make ASCII', { make: '\u212aia' }, 'vehicle_word_invalid'],
    ['no word', {}, 'query_malformed'],
    ['another member', { make: 'kia', year: '2020' }, 'query_malformed'],
  ])('for a vehicle with %s is refused (P12)', (_, vehicle, code) => {
    expect(refusal(queryOf('vehicle_description', { vehicle }))).toBe(code);
  });

  it.each([
    ['empty', { until: window.from }, 'window_empty'],
    ['inverted', { from: window.until, until: window.from }, 'window_inverted'],
    ['without an offset', { from: '2021-10-03T00:00:00' }, 'instant_no_offset'],
    ['of a date only', { from: '2021-10-03' }, 'instant_malformed'],
    ['until 24:00', { until: '2021-10-03T24:00:00Z' }, 'instant_malformed'],
    ['until :60', { until: '2021-10-03T23:59:60Z' }, 'instant_malformed'],
  ])('with a window that is %s is refused, whatever its kind (P10)', (_, change, code) => {
    for (const kind of QUERY_KINDS) expect(refusal(queryOf(kind, change))).toBe(code);
  });

  it.each([0, 601, 1.5, Number.NaN, '60'])('of companions within %s seconds is refused', (within_seconds) => {
    expect(refusal(queryOf('travelling_together', { within_seconds }))).toBe('query_malformed');
  });

  it('names for a warrant the plates and areas that it searches', () => {
    expect(searchedScope(parseReadsQuery(queryOf('plate_history')))).toEqual({ plates: ['ABC123'], areas: [] });
    expect(searchedScope(parseReadsQuery(queryOf('partial_plate')))).toEqual({ plates: [], areas: [] });
    expect(searchedScope(parseReadsQuery(queryOf('vehicle_description')))).toEqual({
      plates: [],
      areas: [{ kind: 'circle', lat: 44.06, lon: -121.31, radiusMetres: 500 }],
    });
  });
});

const areas = (...listed: unknown[]) => refusal(queryOf('near_scene', { areas: listed }));
const points = (...pairs: [number, number][]) => ({
  kind: 'polygon',
  points: pairs.map(([lat, lon]) => ({ lat, lon })),
});

describe('an area that is asked for', () => {
  it.each([
    ['of no kind', { lat: 1, lon: 1, radius_metres: 5 }, 'query_malformed'],
    ['NaN', { ...circle, lat: Number.NaN }, 'query_malformed'],
    ['1e999', { ...circle, radius_metres: JSON.parse('1e999') as number }, 'query_malformed'],
    ['a number in a text', { ...circle, lat: '44.06' }, 'query_malformed'],
    ['another member', { ...circle, name: 'home' }, 'query_malformed'],
    ['of no radius', { ...circle, radius_metres: 0 }, 'area_invalid'],
    ['with latitude and longitude swapped', { ...circle, lat: -121.31, lon: 44.06 }, 'area_invalid'],
    ['a box turned inside out', { ...box, south: 45 }, 'area_invalid'],
    ['a box across the antimeridian', { kind: 'box', south: -17, west: 179, north: -16, east: -179 }, 'area_invalid'],
    ['a polygon across the antimeridian', points([-17, 179], [-17, -179], [-16, -179], [-16, 179]), 'area_invalid'],
    ['a polygon around the pole', points([80, -170], [80, -50], [80, 60], [80, 170]), 'area_invalid'],
    ['a polygon at the pole', points([89, 0], [90, 5], [89, 10]), 'area_invalid'],
    ['a polygon that crosses itself', points([44, -121], [44.1, -120.9], [44.1, -121], [44, -120.9]), 'area_invalid'],
    ['a polygon that touches itself', points([44, -121], [44, -120], [45, -120], [44, -120.5]), 'area_invalid'],
    ['a polygon that runs back', points([44, -121], [44, -120], [44, -120.5]), 'area_invalid'],
    ['a polygon that repeats its first point', points([44, -121], [44, -120], [45, -120], [44, -121]), 'area_invalid'],
    ['a polygon of two points', points([44, -121], [44, -120]), 'area_invalid'],
    ['the whole earth', { kind: 'box', south: -90, west: -180, north: 90, east: 180 }, 'area_too_large'],
    ['half the earth', { ...circle, radius_metres: 10_000_000 }, 'area_too_large'],
    ['a state', { kind: 'box', south: 42, west: -124, north: 46, east: -117 }, 'area_too_large'],
  ])('and is %s is refused (P13)', (_, area, code) => {
    expect(areas(area)).toBe(code);
  });

  it('with 100,000 points is refused before they are looked at (P13)', () => {
    const many = { kind: 'polygon', points: Array.from({ length: 100_000 }, () => null) };
    expect(areas(many)).toBe('area_invalid');
    const hundredOne = Array.from({ length: 101 }, (_, n) => ({ lat: 44 + Math.cos(n), lon: Math.sin(n) }));
    expect(areas({ kind: 'polygon', points: hundredOne })).toBe('area_invalid');
  });

  it('twice, not at all or nine times is refused', () => {
    expect(areas(circle, { ...circle })).toBe('area_duplicate');
    expect(areas()).toBe('areas_none');
    expect(areas(...Array.from({ length: 9 }, (_, n) => ({ ...circle, radius_metres: n + 1 })))).toBe('areas_too_many');
  });

  it('is told in the clear by its number, its size and coarse cells alone', () => {
    const facts = coarseFactsOf(parseReadsQuery(queryOf('near_scene', { areas: [circle] })));
    expect(facts.area).toMatchObject({ count: 1, square_km: 0.79 });
    expect(facts.area?.cells.every((cell) => /^84[0-9a-f]{13}$/.test(cell))).toBe(true);
    expect(Object.keys(facts)).toEqual(['kind', 'from', 'until', 'plate_count', 'area']);
  });

  it('differs from what the clear facts say in each member that was changed (P16)', () => {
    const query = parseReadsQuery(queryOf('near_scene'));
    const clear = coarseFactsOf(query);
    const area = clear.area ?? { count: 0, square_km: 0, cells: [] };
    expect(coarseFactDifferences({ ...clear, kind: 'plate_history' }, query)).toEqual(['kind']);
    expect(coarseFactDifferences({ ...clear, area: { ...area, square_km: area.square_km - 1 } }, query)).toEqual([
      'area',
    ]);
    expect(coarseFactDifferences({ ...clear, area: { ...area, cells: area.cells.slice(1) } }, query)).toEqual(['area']);
    expect(coarseFactDifferences({ ...clear, area: undefined }, query)).toEqual(['area']);
    expect(coarseFactDifferences({ ...clear, characters: 3, plate_count: 1 }, query)).toEqual([
      'plate_count',
      'characters',
    ]);
    const partial = parseReadsQuery(queryOf('partial_plate'));
    expect(coarseFactsOf(partial)).toMatchObject({ kind: 'partial_plate', plate_count: 0, characters: 5 });
  });
});
