import { describe, expect, it } from 'vitest';
import { ageText, isFresh } from './freshness.js';
import { parseShifts, shiftEndAfter } from './shifts.js';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

describe('a list', () => {
  it('gives hits until the limit and not a moment longer, and none from the future', () => {
    const now = at('2026-11-29T18:00:00Z');
    expect(isFresh(now - 12 * HOUR, 12, now)).toBe(true);
    expect(isFresh(now - 12 * HOUR - 1, 12, now)).toBe(false);
    expect(isFresh(now + 1, 12, now)).toBe(false);
    expect(isFresh(now, 0, now + 1)).toBe(false);
    expect(isFresh(Number.NaN, 12, now)).toBe(false);
  });

  it('says how old it is, rounded up', () => {
    expect(ageText(0, 3 * HOUR + 4 * 60_000 + 1)).toBe('3 h 05 min');
  });
});

describe('an entry that was typed in', () => {
  const shifts = parseShifts('06:00 14:00 22:00 America/Chicago');

  it('is purged at the end of the running shift (NE)', () => {
    expect(shiftEndAfter(at('2026-11-29T15:00:00-06:00'), shifts)).toBe(at('2026-11-29T22:00:00-06:00'));
    expect(shiftEndAfter(at('2026-11-29T23:00:00-06:00'), shifts)).toBe(at('2026-11-30T06:00:00-06:00'));
    // At the very end of a shift the next one has begun.
    expect(shiftEndAfter(at('2026-11-29T22:00:00-06:00'), shifts)).toBe(at('2026-11-30T06:00:00-06:00'));
  });

  it('is purged by the clock on the wall on both days on which it is changed', () => {
    expect(shiftEndAfter(at('2026-03-08T01:00:00-06:00'), shifts)).toBe(at('2026-03-08T06:00:00-05:00'));
    expect(shiftEndAfter(at('2026-11-01T00:30:00-05:00'), shifts)).toBe(at('2026-11-01T06:00:00-06:00'));
    const skipped = parseShifts('02:30 14:30 America/Chicago');
    expect(shiftEndAfter(at('2026-03-08T01:00:00-06:00'), skipped)).toBe(at('2026-03-08T13:00:00-06:00'));
  });

  it('lives twelve hours at most where nobody states the shifts', () => {
    expect(shiftEndAfter(1000, undefined)).toBe(1000 + 12 * HOUR);
  });

  it.each(['', '06:00', '25:00 UTC', '14:00 06:00 UTC', '06:00 Nowhere/City'])('shifts `%s` are refused', (text) => {
    expect(() => parseShifts(text)).toThrow();
  });
});
