import { cellToParent, getResolution } from 'h3-js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaHasPoint, type Area } from '#policy';
import { cellOf, coverOf } from './area-cells.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const metres = fc.constantFrom(1, 100, 5_000, 80_000);

/** Anywhere, and often at the antimeridian or a pole. */
const middle = fc.record({
  lat: fc.oneof(number(-90, 90), fc.constantFrom(-90, 90, 89.999, -89.99, 0)),
  lon: fc.oneof(number(-180, 180), fc.constantFrom(-180, 180, 179.9999, -179.9999, 0)),
});
const circle: fc.Arbitrary<Area> = fc
  .record({ kind: fc.constant('circle' as const), at: middle, metres })
  .map((one) => ({
    kind: 'circle',
    ...one.at,
    radiusMetres: one.metres,
  }));
const box: fc.Arbitrary<Area> = fc
  .record({ at: middle, size: fc.constantFrom(0.0001, 0.01, 0.5) })
  .map(({ at, size }) => ({
    kind: 'box',
    south: Math.max(-90, Math.min(at.lat, 90 - size)),
    north: Math.min(90, Math.max(-90, Math.min(at.lat, 90 - size)) + size),
    west: Math.min(at.lon, 180 - size),
    east: Math.min(at.lon, 180 - size) + size,
  }));
const triangle: fc.Arbitrary<Area> = box.map((one) =>
  one.kind === 'box'
    ? {
        kind: 'polygon',
        points: [
          { lat: Math.max(one.south, -89.99), lon: one.west },
          { lat: Math.max(one.south, -89.99), lon: one.east },
          { lat: Math.min(one.north, 89.995), lon: (one.west + one.east) / 2 },
        ],
      }
    : one,
);

/** A point of the area, as far as the four numbers hit it. */
function pointIn(area: Area, x: number, y: number): { lat: number; lon: number } | undefined {
  const reach = area.kind === 'circle' ? area.radiusMetres / 111_195 : 0.6;
  const first =
    area.kind === 'polygon' ? area.points[0] : area.kind === 'box' ? { lat: area.south, lon: area.west } : area;
  if (first === undefined) return undefined;
  const lat = Math.max(-90, Math.min(90, first.lat + (area.kind === 'circle' ? 2 * y - 1 : y) * reach));
  const shrink = area.kind === 'circle' ? Math.max(0.001, Math.cos((lat * Math.PI) / 180)) : 1;
  const lon = ((first.lon + ((area.kind === 'circle' ? 2 * x - 1 : x) * reach) / shrink + 540) % 360) - 180;
  return areaHasPoint(area, { lat, lon }) ? { lat, lon } : undefined;
}

describe('the cells around an area', () => {
  it('hold every point of it, also at the antimeridian and at the poles (P13)', () => {
    let points = 0;
    const share = number(0, 1);
    fc.assert(
      fc.property(fc.oneof(circle, box, triangle), share, share, fc.constantFrom(4, 7, 8), (area, x, y, resolution) => {
        const point = pointIn(area, x ** 3, y ** 3);
        if (point === undefined) return;
        points += 1;
        const { cells, finest } = coverOf([area], resolution, 100);
        const cell = cellOf(point, resolution);
        const holds = cells.some((each) => cellToParent(cell, getResolution(each)) === each);
        // A point may lie in a child that reaches out of its coarser cell: the caller of a coarse cover checks no cells.
        expect(holds || !finest).toBe(true);
      }),
      { numRuns: 600 },
    );
    expect(points).toBeGreaterThan(150);
  });

  it('are few around a small place, and none is left out where there are too many', () => {
    const scene: Area = { kind: 'circle', lat: 44.06, lon: -121.31, radiusMetres: 500 };
    expect(coverOf([scene], 8, 200).cells.length).toBeLessThan(12);
    expect(coverOf([scene], 4, 64).cells.length).toBeLessThan(4);
    const county: Area = { kind: 'circle', lat: 44.06, lon: -121.31, radiusMetres: 50_000 };
    const { cells, finest } = coverOf([county], 8, 200);
    expect(finest).toBe(false);
    expect(cells.length).toBeLessThanOrEqual(200);
  });
});
