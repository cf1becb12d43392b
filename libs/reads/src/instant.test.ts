import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseInstant } from './instant.js';
import { refusalOf } from './refusal.fixture.js';

describe('an instant', () => {
  it.each([
    ['2021-10-03T10:53:03Z', Date.UTC(2021, 9, 3, 10, 53, 3)],
    ['2021-10-03T03:53:03-07:00', Date.UTC(2021, 9, 3, 10, 53, 3)],
    ['2021-10-03T03:53:03.5+05:30', Date.UTC(2021, 9, 2, 22, 23, 3, 500)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['1970-01-01T00:00:00+00:00', 0],
  ])('is read with its offset: `%s`', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    ['24:00', '2021-10-03T24:00:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['minute 60', '2021-10-03T10:60:00Z'],
    ['30 February', '2021-02-30T00:00:00Z'],
    ['29 February of a common year', '2021-02-29T00:00:00Z'],
    ['month 13', '2021-13-01T00:00:00Z'],
    ['a date only', '2021-10-03'],
    ['no seconds', '2021-10-03T10:53Z'],
    ['the year 10000', '10000-01-01T00:00:00Z'],
    ['an expanded year', '+010000-01-01T00:00:00Z'],
    ['the year 0099', '0099-01-01T00:00:00Z'],
    ['a space for T', '2021-10-03 10:53:03Z'],
    ['lower case', '2021-10-03t10:53:03z'],
    ['an unknown offset', '2021-10-03T10:53:03-00:00'],
    ['an offset beyond any zone', '2021-10-03T10:53:03+14:01'],
    ['an offset of 60 minutes', '2021-10-03T10:53:03+01:60'],
    ['an offset without its colon', '2021-10-03T10:53:03+0100'],
    ['microseconds', '2021-10-03T10:53:03.000001Z'],
    ['a comma for the fraction', '2021-10-03T10:53:03,5Z'],
    ['a bracketed zone', '2021-10-03T03:53:03-07:00[America/Los_Angeles]'],
    ['a line break at its end', '2021-10-03T10:53:03Z\n'],
    ['Arabic digits', '٢٠٢١-10-03T10:53:03Z'],
    ['words', 'tomorrow'],
    ['nothing', ''],
  ])('with %s is refused (P10)', (_, text) => {
    expect(refusalOf(() => parseInstant(text))).toBe('instant_malformed');
  });

  it('without an offset is refused, not read in the zone of the server (P10)', () => {
    expect(refusalOf(() => parseInstant('2021-10-03T03:53:03'))).toBe('instant_no_offset');
  });

  it('that its offset moves before 1970 or after 9999 is refused', () => {
    expect(refusalOf(() => parseInstant('1970-01-01T00:00:00+01:00'))).toBe('instant_out_of_range');
    expect(refusalOf(() => parseInstant('9999-12-31T23:59:59-01:00'))).toBe('instant_out_of_range');
    expect(refusalOf(() => formatInstant(Number.NaN))).toBe('instant_out_of_range');
  });

  it('of 100 kB is refused without trying every way to read it (W24)', () => {
    const begun = performance.now();
    expect(refusalOf(() => parseInstant(`2021-10-03T10:53:03.${'1'.repeat(100_000)}`))).toBe('instant_malformed');
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('comes back from the way it is written', () => {
    const instants = fc.integer({ min: 0, max: Date.UTC(10_000, 0, 1) - 1 });
    fc.assert(fc.property(instants, (instant) => parseInstant(formatInstant(instant)) === instant));
  });
});
