// Long because one shape of random polygons serves every property of areas with edges.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaProblem, boxOf, containsArea, isWellFormedArea, type Area, type Polygon } from './area.js';
import { areaHasPoint, areaIsWithin, areaSquareKm } from './area-measures.js';
import { areaMeetsBox } from './area-meets-box.js';
import type { Point } from './sphere.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Points around a middle, in the order of their direction: such a polygon never crosses itself. */
const star: fc.Arbitrary<Polygon> = fc
  .record({
    lat: number(-70, 70),
    lon: number(-170, 170),
    size: number(0.001, 2),
    spokes: fc.array(fc.tuple(number(0, 0.8), number(0.1, 1)), { minLength: 3, maxLength: 12 }),
  })
  .map(({ lat, lon, size, spokes }) => ({
    kind: 'polygon',
    points: spokes.map(([turn, length], index) => {
      const angle = (2 * Math.PI * (index + turn)) / spokes.length;
      return { lat: lat + size * length * Math.sin(angle), lon: lon + size * length * Math.cos(angle) };
    }),
  }));

/** The angle under which a point sees the whole of a polygon's edge: a full turn from inside, none from outside. */
function turnsAround(points: readonly Point[], { lat, lon }: Point): number {
  const angles = points.map((point) => Math.atan2(point.lat - lat, point.lon - lon));
  return angles.reduce((sum, angle, index) => {
    let turn = (angles[(index + 1) % angles.length] ?? 0) - angle;
    if (turn > Math.PI) turn -= 2 * Math.PI;
    if (turn < -Math.PI) turn += 2 * Math.PI;
    return sum + turn / (2 * Math.PI);
  }, 0);
}

function isOffLines(points: readonly Point[], { lat, lon }: Point): boolean {
  return points.every((from, index) => {
    const to = points[(index + 1) % points.length] ?? from;
    const [x, y] = [to.lon - from.lon, to.lat - from.lat];
    return Math.abs(x * (lat - from.lat) - y * (lon - from.lon)) > 1e-9 * Math.hypot(x, y);
  });
}

const pointNear = fc.tuple(number(-1.2, 1.2), number(-1.2, 1.2));

function pointBy(area: Polygon, [x, y]: readonly [number, number]): Point {
  const box = boxOf(area) ?? { south: 0, north: 0, west: 0, east: 0 };
  return {
    lat: (box.south + box.north) / 2 + (y * (box.north - box.south)) / 2,
    lon: (box.west + box.east) / 2 + (x * (box.east - box.west)) / 2,
  };
}

describe('a polygon', () => {
  test('whose points go round a middle is one, whichever way round', () => {
    fc.assert(
      fc.property(star, (one) => {
        expect(areaProblem(one)).toBeUndefined();
        expect(areaProblem({ ...one, points: one.points.toReversed() })).toBeUndefined();
      }),
    );
  });

  test('holds the points from which its edge is seen as a full turn, and no others (P13)', () => {
    let inside = 0;
    fc.assert(
      fc.property(star, pointNear, (one, at) => {
        const point = pointBy(one, at);
        const turns = Math.abs(turnsAround(one.points, point));
        // On the very edge the sum of angles tells nothing.
        fc.pre(isOffLines(one.points, point));
        expect(areaHasPoint(one, point)).toBe(turns > 0.5);
        inside += turns > 0.5 ? 1 : 0;
      }),
      { numRuns: 1000 },
    );
    expect(inside).toBeGreaterThan(100);
  });

  test('has its corners and the middles of its edges in it', () => {
    fc.assert(
      fc.property(star, (one) => {
        for (const corner of one.points) expect(areaHasPoint(one, corner)).toBe(true);
        for (const [index, from] of one.points.entries()) {
          const to = one.points[(index + 1) % one.points.length] ?? from;
          const middle = { lat: (from.lat + to.lat) / 2, lon: (from.lon + to.lon) / 2 };
          expect(areaIsWithin(one, middle, 0.01)).toBe(true);
        }
      }),
    );
  });

  test('that crosses itself is none, though its points are the same (P13)', () => {
    fc.assert(
      fc.property(star, fc.nat(), (one, pick) => {
        fc.pre(one.points.length >= 5);
        const at = pick % (one.points.length - 1);
        const points = [...one.points];
        points.splice(at, 2, ...points.slice(at, at + 2).toReversed());
        // Two neighbours that change places make their edges cross, unless the polygon is hollow just there.
        fc.pre(crossesByHalves(points));
        expect(isWellFormedArea({ kind: 'polygon', points })).toBe(false);
      }),
    );
  });

  test('is as large as the box with its corners, and a circle as large as a polygon of many corners', () => {
    fc.assert(
      fc.property(number(-80, 80), number(-170, 160), number(0.001, 5), number(0.001, 8), (south, west, h, w) => {
        const box = { kind: 'box' as const, south, west, north: south + h, east: west + w };
        const corners = [
          { lat: south, lon: west },
          { lat: south, lon: west + w },
          { lat: south + h, lon: west + w },
          { lat: south + h, lon: west },
        ];
        const ratio = areaSquareKm({ kind: 'polygon', points: corners }) / areaSquareKm(box);
        expect(Math.abs(ratio - 1)).toBeLessThan(1e-6);
      }),
    );
    const around = Array.from({ length: 100 }, (_, n) => (n * Math.PI) / 50).map((angle) => ({
      lat: 44 + (10_000 / 111_195) * Math.sin(angle),
      lon: -121 + ((10_000 / 111_195) * Math.cos(angle)) / Math.cos((44 * Math.PI) / 180),
    }));
    const circle = areaSquareKm({ kind: 'circle', lat: 44, lon: -121, radiusMetres: 10_000 });
    expect(circle).toBeCloseTo(314.16, 1);
    expect(areaSquareKm({ kind: 'polygon', points: around }) / circle).toBeCloseTo(1, 2);
  });

  test('and a box have a point in common where a dense grid of the box finds one', () => {
    fc.assert(
      fc.property(star, pointNear, number(0.01, 1), (one, at, scale) => {
        const { lat, lon } = pointBy(one, at);
        const half = (scale * ((boxOf(one)?.north ?? 0) - (boxOf(one)?.south ?? 0))) / 2;
        const box = { kind: 'box' as const, south: lat - half, north: lat + half, west: lon - half, east: lon + half };
        const steps = [0, 0.25, 0.5, 0.75, 1];
        const grid = steps.flatMap((y) =>
          steps.map((x) => ({ lat: lat + half * (2 * y - 1), lon: lon + half * (2 * x - 1) })),
        );
        if (grid.some((point) => areaHasPoint(one, point))) expect(areaMeetsBox(one, box)).toBe(true);
        if (!areaMeetsBox(one, box)) expect(one.points.some((point) => areaHasPoint(box, point))).toBe(false);
      }),
    );
  });
});

const shrunk = (one: Polygon, by: number, at: readonly [number, number]): Polygon => {
  const middle = pointBy(one, at);
  return {
    kind: 'polygon',
    points: one.points.map(({ lat, lon }) => ({
      lat: middle.lat + (lat - middle.lat) * by,
      lon: middle.lon + (lon - middle.lon) * by,
    })),
  };
};

const along = ({ points }: Polygon): Point[] =>
  points.flatMap((from, index) => {
    const to = points[(index + 1) % points.length] ?? from;
    return [0, 0.25, 0.5, 0.75].map((part) => ({
      lat: from.lat + part * (to.lat - from.lat),
      lon: from.lon + part * (to.lon - from.lon),
    }));
  });

const spoilt = (points: Point[]): Area => ({ kind: 'polygon', points });

describe('a polygon and another area, one inside the other', () => {
  test('holds every point of what is said to lie inside, whatever the shapes', () => {
    let inside = 0;
    fc.assert(
      fc.property(
        star,
        star,
        fc.tuple(number(-0.5, 0.5), number(-0.5, 0.5)),
        number(0.05, 0.9),
        (one, other, at, by) => {
          const { lat, lon } = pointBy(one, at);
          const size = Math.min((boxOf(one)?.north ?? 0) - (boxOf(one)?.south ?? 0), 0.5);
          const inner = shrunk(one, by, at);
          const outers: Area[] = [
            one,
            other,
            { kind: 'circle', lat, lon, radiusMetres: by * size * 111_195 + 0.01 },
            { kind: 'box', south: lat - size, north: lat + size, west: lon - size, east: lon + size },
          ];
          const disc: Area = { kind: 'circle', lat, lon, radiusMetres: by * by * size * 50_000 + 0.01 };
          for (const outer of outers) {
            if (containsArea(outer, inner)) {
              inside += 1;
              for (const point of along(inner)) expect(areaIsWithin(outer, point, 0.01)).toBe(true);
            }
            if (outer.kind === 'polygon' && containsArea(outer, disc)) {
              inside += 1;
              for (let angle = 0; angle < 6.3; angle += 0.5) {
                const reach = (by * by * size * 50_000) / 111_195;
                const point = {
                  lat: lat + reach * Math.sin(angle),
                  lon: lon + (reach * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180),
                };
                expect(areaIsWithin(outer, point, 1)).toBe(true);
              }
            }
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(inside).toBeGreaterThan(100);
  });

  test('holds itself, and not itself moved a little', () => {
    fc.assert(
      fc.property(star, (one) => {
        expect(containsArea(one, { ...one, points: one.points.map((point) => ({ ...point })) })).toBe(true);
        const moved = one.points.map(({ lat, lon }) => ({ lat: lat + 0.0001, lon }));
        expect(containsArea(one, { kind: 'polygon', points: moved })).toBe(false);
      }),
    );
  });

  test('P13: what crosses the antimeridian, itself or the poles, or is no number, is in nothing and holds nothing', () => {
    const broken: Area[] = [
      spoilt([]),
      spoilt([
        { lat: 0, lon: 0 },
        { lat: 0, lon: 1 },
      ]),
      spoilt([
        { lat: -17, lon: 179 },
        { lat: -17, lon: -179 },
        { lat: -16, lon: -179 },
      ]),
      spoilt([
        { lat: 80, lon: -170 },
        { lat: 80, lon: -50 },
        { lat: 80, lon: 60 },
        { lat: 80, lon: 170 },
      ]),
      spoilt([
        { lat: 0, lon: 0 },
        { lat: 1, lon: 1 },
        { lat: 0, lon: 1 },
        { lat: 1, lon: 0 },
      ]),
      spoilt([
        { lat: 0, lon: 0 },
        { lat: Number.NaN, lon: 1 },
        { lat: 1, lon: 0 },
      ]),
      spoilt([
        { lat: 0, lon: 0 },
        { lat: 1, lon: Infinity },
        { lat: 1, lon: 0 },
      ]),
      spoilt([
        { lat: -121, lon: 44 },
        { lat: -121, lon: 45 },
        { lat: -120, lon: 44 },
      ]),
      spoilt(Array.from({ length: 101 }, (_, n) => ({ lat: Math.cos(n / 20), lon: Math.sin(n / 20) }))),
    ];
    const world: Area = { kind: 'box', south: -90, west: -180, north: 90, east: 180 };
    const speck: Area = { kind: 'circle', lat: 0.5, lon: 0.5, radiusMetres: 1 };
    for (const area of broken) {
      expect(areaProblem(area)).toBeTypeOf('string');
      expect(containsArea(world, area) || containsArea(area, speck)).toBe(false);
    }
  });
});

const side = (a: Point, b: Point, c: Point) =>
  Math.sign((b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon));

/** Whether any two edges cross properly, by the signs of plain cross products: the slow, obvious way. */
function crossesByHalves(points: readonly Point[]): boolean {
  const edges = points.map((from, index) => [from, points[(index + 1) % points.length] ?? from] as const);
  return edges.some(([a, b], first) =>
    edges.some(
      ([c, d], second) => second > first + 1 && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0,
    ),
  );
}
