import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isInstant } from '#protocol';

const two = (value: number) => String(value).padStart(2, '0');

it('accepts every moment of the years 1 to 9999 in every offset up to 14 hours (P10)', () => {
  const moment = fc.integer({ min: Date.parse('0001-01-02T00:00:00Z'), max: Date.parse('9999-12-30T00:00:00Z') });
  fc.assert(
    fc.property(moment, fc.integer({ min: -14 * 60, max: 14 * 60 }), (at, offset) => {
      const local = new Date(at + offset * 60_000).toISOString().slice(0, 19);
      const magnitude = Math.abs(offset);
      const suffix = `${offset < 0 ? '-' : '+'}${two(Math.floor(magnitude / 60))}:${two(magnitude % 60)}`;
      expect(isInstant(`${local}${suffix}`)).toBe(true);
      expect(isInstant(`${local}Z`)).toBe(true);
      expect(isInstant(local)).toBe(false);
    }),
  );
});

const field = (max: number) => fc.integer({ min: 0, max });

it('accepts a date only where the calendar has it (P10)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1583, max: 9999 }), field(19), field(39), field(29), field(59), (y, mo, d, h, mi) => {
      const text = `${String(y).padStart(4, '0')}-${two(mo)}-${two(d)}T${two(h)}:${two(mi)}:00Z`;
      const daysInMonth = mo >= 1 && mo <= 12 ? new Date(Date.UTC(y, mo, 0)).getUTCDate() : 0;
      expect(isInstant(text)).toBe(d >= 1 && d <= daysInMonth && h <= 23);
    }),
    { numRuns: 2000 },
  );
});

it('answers for any value and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(typeof isInstant(value)).toBe('boolean');
    }),
  );
});
