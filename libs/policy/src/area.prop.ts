import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsArea, isWellFormedArea, type Area, type Box, type Circle } from './area.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const circle: fc.Arbitrary<Circle> = fc.record({
  kind: fc.constant('circle' as const),
  lat: number(-70, 70),
  lon: number(-170, 170),
  radiusMetres: number(1, 200_000),
});
const box: fc.Arbitrary<Box> = fc
  .record({ south: number(-70, 68), west: number(-170, 168), height: number(0.001, 2), width: number(0.001, 2) })
  .map(({ south, west, height, width }) => ({ kind: 'box', south, west, north: south + height, east: west + width }));
const area = fc.oneof(circle, box);

/** Points of an area, its edge among them. */
function pointsOf(of: Circle | Box): { lat: number; lon: number }[] {
  if (of.kind === 'box') {
    const { south, west, north, east } = of;
    const steps = [0, 0.25, 0.5, 0.75, 1];
    return steps.flatMap((y) =>
      steps.map((x) => ({ lat: south + y * (north - south), lon: west + x * (east - west) })),
    );
  }
  const degrees = of.radiusMetres / 111_195;
  return [0, 45, 90, 135, 180, 225, 270, 315].map((bearing) => ({
    lat: of.lat + 0.99 * degrees * Math.cos((bearing * Math.PI) / 180),
    lon: of.lon + (0.99 * degrees * Math.sin((bearing * Math.PI) / 180)) / Math.cos((of.lat * Math.PI) / 180),
  }));
}

function isIn(of: Area, { lat, lon }: { lat: number; lon: number }): boolean {
  return containsArea(of, { kind: 'circle', lat, lon, radiusMetres: 0.001 });
}

describe('one area inside another', () => {
  test('every point of what is said to be inside is inside', () => {
    let inside = 0;
    fc.assert(
      fc.property(area, area, fc.double({ min: 0, max: 1, noNaN: true }), (outer, other, scale) => {
        // Moved near the outer one and made smaller, so that it often does lie inside.
        const inner = near(outer, other, scale);
        fc.pre(isWellFormedArea(inner) && containsArea(outer, inner));
        inside += 1;
        for (const point of pointsOf(inner)) expect(isIn(outer, point)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(inside).toBeGreaterThan(200);
  });

  test('an area contains itself if it is a box, and a circle around the same middle that is smaller', () => {
    fc.assert(
      fc.property(box, (one) => {
        expect(containsArea(one, one)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(circle, (one) => {
        expect(containsArea(one, { ...one, radiusMetres: one.radiusMetres / 2 })).toBe(true);
        expect(containsArea(one, { ...one, radiusMetres: one.radiusMetres * 1.01 })).toBe(false);
      }),
    );
  });

  test('P13: a value that is no number is no area', () => {
    fc.assert(
      fc.property(area, fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300), fc.nat(), (one, wrong, pick) => {
        const names = Object.keys(one).filter((name) => name !== 'kind');
        const broken = { ...one, [names[pick % names.length] ?? '']: wrong } as Area;
        expect(isWellFormedArea(broken)).toBe(false);
        expect(containsArea(broken, one) || containsArea(one, broken)).toBe(false);
      }),
    );
  });
});

function near(outer: Circle | Box, other: Circle | Box, scale: number): Circle | Box {
  const middle =
    outer.kind === 'circle' ? outer : { lat: (outer.south + outer.north) / 2, lon: (outer.west + outer.east) / 2 };
  const size = outer.kind === 'circle' ? outer.radiusMetres / 111_195 : (outer.north - outer.south) / 2;
  const lat = middle.lat + (size * scale) / 3;
  const lon = middle.lon + (size * scale) / 4;
  if (other.kind === 'circle') return { kind: 'circle', lat, lon, radiusMetres: Math.max(0.01, size * scale * 50_000) };
  const half = Math.max(1e-6, (size * scale) / 3);
  return { kind: 'box', south: lat - half, west: lon - half, north: lat + half, east: lon + half };
}
