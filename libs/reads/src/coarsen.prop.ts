import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { metresBetween } from '#policy';
import { coarsePlace, coarseTime } from './coarsen.js';

const place = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});
const metres = fc.integer({ min: 10, max: 100_000 });

test('a coarser place is within the stated distance of the true one, is on the earth, and is its own coarser place', () => {
  fc.assert(
    fc.property(place, metres, (seen, size) => {
      const told = coarsePlace(seen, size);
      expect(metresBetween(seen, told)).toBeLessThanOrEqual(size);
      expect(Math.abs(told.lat) <= 90 && Math.abs(told.lon) <= 180).toBe(true);
      expect(coarsePlace(told, size)).toEqual(told);
    }),
  );
});

test('two places of one square are told alike, so that nothing of where in it they were is left', () => {
  const told = [0, 0.0004, 0.0008, 0.001].map((more) =>
    coarsePlace({ lat: 44.0501 + more, lon: -121.3101 + more }, 1000),
  );
  expect(new Set(told.map(({ lat, lon }) => `${lat} ${lon}`)).size).toBeLessThanOrEqual(2);
  expect(coarsePlace({ lat: 44.05, lon: -121.31 }, 1000)).not.toEqual({ lat: 44.05, lon: -121.31 });
});

test('a coarser time is at most so many seconds early, a multiple of them, and never before the window', () => {
  fc.assert(
    fc.property(fc.nat(4e12), fc.integer({ min: 60, max: 86_400 }), fc.nat(1e9), (seen, seconds, earlier) => {
      const from = seen - earlier;
      const told = coarseTime(seen, seconds, from);
      expect(told <= seen && seen - told < seconds * 1000 && told >= from).toBe(true);
      expect(told === from || told % (seconds * 1000) === 0).toBe(true);
    }),
  );
});
