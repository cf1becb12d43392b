import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarseFactDifferences } from './coarse-facts.js';
import { coarseFacts, parsePlateHistoryQuery, plateHistoryQueryJson, windowLengthMs } from './plate-history.js';
import { refusalOf } from './refusal.fixture.js';

const wire = {
  kind: 'plate_history',
  plates: [{ text: 'abc-123', state: 'wa' }, { text: 'P015783' }],
  from: '2021-10-03T00:00:00-07:00',
  until: '2021-10-04T00:00:00-07:00',
};
const refusal = (change: object) => refusalOf(() => parsePlateHistoryQuery({ ...wire, ...change }));

describe('a plate history query', () => {
  it('is read with its plates normalised and its window in milliseconds', () => {
    const query = parsePlateHistoryQuery(wire);
    expect(query).toEqual({
      plates: [{ text: 'ABC123', state: 'WA' }, { text: 'P015783' }],
      from: Date.UTC(2021, 9, 3, 7),
      until: Date.UTC(2021, 9, 4, 7),
    });
    expect(windowLengthMs(query)).toBe(24 * 3_600_000);
  });

  it('is written in one spelling, which reads back the same', () => {
    const plate = fc.record(
      {
        text: fc.string({ unit: fc.constantFrom(...Array.from('ABC012')), minLength: 1, maxLength: 10 }),
        state: fc.constantFrom('WA', 'OR'),
      },
      { requiredKeys: ['text'] },
    );
    const plates = fc.uniqueArray(plate, { minLength: 1, maxLength: 20, selector: ({ text }) => text });
    const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(plates, instant, fc.integer({ min: 1, max: 1e10 }), (plates, from, length) => {
        const query = { plates, from, until: from + length };
        expect(parsePlateHistoryQuery(plateHistoryQueryJson(query))).toEqual(query);
      }),
    );
  });

  it.each([
    ['a wildcard', { plates: [{ text: 'A_C123' }] }, 'plate_wildcard'],
    ['a full-width digit', { plates: [{ text: 'ABC12３' }] }, 'plate_character'],
    ['a wildcard state', { plates: [{ text: 'ABC123', state: '%A' }] }, 'plate_state_invalid'],
  ])('with %s is refused (P12)', (_, change, code) => {
    expect(refusal(change)).toBe(code);
  });

  it.each([
    ['no offset', { from: '2021-10-03T00:00:00' }, 'instant_no_offset'],
    ['24:00', { until: '2021-10-03T24:00:00Z' }, 'instant_malformed'],
    ['the year 10000', { until: '10000-01-01T00:00:00Z' }, 'instant_malformed'],
    ['an inverted window', { until: '2021-10-02T00:00:00-07:00' }, 'window_inverted'],
    ['an empty window', { until: '2021-10-03T09:00:00+02:00' }, 'window_empty'],
    ['an instant as a number', { from: 1_633_244_400_000 }, 'query_malformed'],
  ])('with %s is refused (P10)', (_, change, code) => {
    expect(refusal(change)).toBe(code);
  });

  it('with no plate, with too many or with one plate twice is refused', () => {
    expect(refusal({ plates: [] })).toBe('plates_none');
    expect(refusal({ plates: Array.from({ length: 21 }, (_, index) => ({ text: `A${index}` })) })).toBe(
      'plates_too_many',
    );
    expect(refusal({ plates: [{ text: 'ABC123' }, { text: 'abc-123' }] })).toBe('plate_duplicate');
  });

  it.each([
    ['an array', []],
    ['an object for the plates', { ...wire, plates: { 0: { text: 'ABC123' } } }],
    ['a plate that is a text', { ...wire, plates: ['ABC123'] }],
    ['a plate that is a list', { ...wire, plates: [['ABC123']] }],
    ['a plate without text', { ...wire, plates: [{ state: 'WA' }] }],
    ['a plate with an operator', { ...wire, plates: [{ text: 'ABC123', like: true }] }],
    ['a text that is an operator', { ...wire, plates: [{ text: { '@instanceof': 'FindOperator' } }] }],
    ['an unknown member', { ...wire, radius_m: 5 }],
    ['another kind', { ...wire, kind: 'near_scene' }],
    ['no kind', { plates: wire.plates, from: wire.from, until: wire.until }],
    ['inherited members', Object.create(wire)],
    ['null', null],
  ])('that is %s is refused: the kind follows from the content', (_, value) => {
    expect(refusalOf(() => parsePlateHistoryQuery(value))).toBe('query_malformed');
  });
});

describe('the coarse facts', () => {
  const query = parsePlateHistoryQuery(wire);

  it('tell kind, window and the number of plates, and no plate', () => {
    expect(coarseFacts(query)).toEqual({
      kind: 'plate_history',
      from: '2021-10-03T07:00:00.000Z',
      until: '2021-10-04T07:00:00.000Z',
      plate_count: 2,
    });
    expect(JSON.stringify(coarseFacts(query))).not.toContain('ABC123');
  });

  it('agree with the query however the instants are spelt', () => {
    const clear = { ...coarseFacts(query), from: wire.from, until: wire.until };
    expect(coarseFactDifferences(clear, query)).toEqual([]);
  });

  it('that differ from the sealed query are named, all at once', () => {
    const clear = { ...coarseFacts(query), until: '2021-10-03T08:00:00Z', plate_count: 1 };
    expect(coarseFactDifferences(clear, query)).toEqual(['until', 'plate_count']);
    expect(coarseFactDifferences({ ...clear, from: '2021-10-03T07:00:00.001Z' }, query)).toContain('from');
    expect(coarseFactDifferences({ ...clear, from: '2021-10-03T07:00:00-00:00' }, query)).toContain('from');
  });
});
