import { polygonProblem } from './polygon.js';
import { holdsPolygon } from './polygon-in-polygon.js';
import { EARTH_METRES, metresBetween, radians, type Point } from './sphere.js';

/**
 * A circle; a box between two meridians and two parallels; or a polygon whose edges are straight in degrees, as in GeoJSON
 * (RFC 7946 §3.1.1), its first point not repeated at the end. Degrees, WGS 84. A box or polygon across the antimeridian
 * is two.
 */
export type Area =
  | { readonly kind: 'circle'; readonly lat: number; readonly lon: number; readonly radiusMetres: number }
  | {
      readonly kind: 'box';
      readonly south: number;
      readonly west: number;
      readonly north: number;
      readonly east: number;
    }
  | { readonly kind: 'polygon'; readonly points: readonly Point[] };

export type Circle = Extract<Area, { kind: 'circle' }>;
export type Box = Extract<Area, { kind: 'box' }>;
export type Polygon = Extract<Area, { kind: 'polygon' }>;

/** A ring of safety: what the ellipsoid differs from the sphere. */
const TOLERANCE = 1.006;
/** Beyond it the bound of `farthest` for a polygon would not hold. */
const FAR_METRES = 1_000_000;
const between = (value: number, min: number, max: number): boolean => value >= min && value <= max;
const isOnEarth = ({ lat, lon }: Point): boolean => between(lat, -90, 90) && between(lon, -180, 180);

/** On the earth, not turned inside out, not larger than half of it. What is no number is not well formed (P13). */
export function isWellFormedArea(area: Area): boolean {
  return areaProblem(area) === undefined;
}

/** Why an area is none, in words for whoever wrote it, or undefined. No place is repeated. */
export function areaProblem(area: Area): string | undefined {
  switch (area.kind) {
    case 'circle':
      if (!isOnEarth(area))
        return 'its middle does not lie on the earth: latitude from -90 to 90, longitude from -180 to 180';
      return between(area.radiusMetres, 0.001, 10_000_000)
        ? undefined
        : 'its radius is not from a millimetre to 10,000 km';
    case 'box': {
      const { south, west, north, east } = area;
      if (
        ![
          { lat: south, lon: west },
          { lat: north, lon: east },
        ].every(isOnEarth)
      ) {
        return 'it does not lie on the earth: latitude from -90 to 90, longitude from -180 to 180';
      }
      if (!(south < north)) return 'its south does not lie south of its north';
      return west < east
        ? undefined
        : 'its west does not lie west of its east; one across the antimeridian is given as two';
    }
    case 'polygon':
      return polygonProblem(area.points);
  }
}

/**
 * Whether every point of `inner` lies in `outer`. Where that is a close call it says no: a search at the very edge of a
 * warrant is outside of it. A polygon holds itself.
 */
export function containsArea(outer: Area, inner: Area): boolean {
  if (!isWellFormedArea(outer) || !isWellFormedArea(inner)) return false;
  switch (outer.kind) {
    case 'circle':
      return farthest(outer, inner) <= outer.radiusMetres;
    case 'box': {
      const box = boxOf(inner);
      return (
        box !== undefined &&
        box.south >= outer.south &&
        box.north <= outer.north &&
        box.west >= outer.west &&
        box.east <= outer.east
      );
    }
    case 'polygon': {
      const points = inner.kind === 'polygon' ? inner.points : cornersOfBoxOf(inner);
      return points !== undefined && holdsPolygon(outer.points, points);
    }
  }
}

/** The box around an area; `undefined` where a circle reaches a pole or the antimeridian, where there is none. */
export function boxOf(area: Area): Box | undefined {
  switch (area.kind) {
    case 'circle':
      return boxAround(area);
    case 'box':
      return area;
    case 'polygon': {
      const lats = area.points.map(({ lat }) => lat);
      const lons = area.points.map(({ lon }) => lon);
      return {
        kind: 'box',
        south: Math.min(...lats),
        west: Math.min(...lons),
        north: Math.max(...lats),
        east: Math.max(...lons),
      };
    }
  }
}

export function cornersOf({ south, west, north, east }: Box): Point[] {
  return [
    { lat: south, lon: west },
    { lat: south, lon: east },
    { lat: north, lon: east },
    { lat: north, lon: west },
  ];
}

function cornersOfBoxOf(area: Area): Point[] | undefined {
  const box = boxOf(area);
  return box && cornersOf(box);
}

/** An upper bound of how far any point of `inner` is from the centre. */
function farthest(centre: Circle, inner: Area): number {
  switch (inner.kind) {
    case 'circle': {
      const same = inner.lat === centre.lat && inner.lon === centre.lon;
      return same ? inner.radiusMetres : metresBetween(centre, inner) * TOLERANCE + inner.radiusMetres;
    }
    case 'box': {
      // Within a box nothing is farther from its middle than a corner: the distance grows with the difference of
      // longitude, and along a meridian it has no maximum but at an end.
      const middle = { lat: (inner.south + inner.north) / 2, lon: (inner.west + inner.east) / 2 };
      const reach = Math.max(...cornersOf(inner).map((corner) => metresBetween(middle, corner)));
      return (metresBetween(centre, middle) + reach) * TOLERANCE;
    }
    case 'polygon':
      return farthestOfPolygon(centre, inner.points);
  }
}

/**
 * On a great circle nothing between two points is farther from a near centre than the farther of them. An edge is straight
 * in degrees instead, and bends away from the great circle by no more than its length squared times the tangent of its
 * latitude over eight radii; twice that is added.
 */
function farthestOfPolygon(centre: Circle, points: readonly Point[]): number {
  let farthestMetres = 0;
  for (const [index, point] of points.entries()) {
    const next = points[(index + 1) % points.length] ?? point;
    const ends = Math.max(metresBetween(centre, point), metresBetween(centre, next));
    if (ends > FAR_METRES) return Infinity;
    const east = radians(next.lon - point.lon) * Math.cos(radians(Math.min(Math.abs(point.lat), Math.abs(next.lat))));
    const length = EARTH_METRES * Math.hypot(radians(next.lat - point.lat), east);
    const latitude = radians(Math.max(Math.abs(point.lat), Math.abs(next.lat)));
    const bend = (length ** 2 * Math.tan(latitude)) / (4 * EARTH_METRES);
    farthestMetres = Math.max(farthestMetres, ends * TOLERANCE + bend);
  }
  return farthestMetres;
}

/** `undefined` where the circle reaches a pole or the antimeridian, where no box is around it. */
function boxAround({ lat, lon, radiusMetres }: Circle): Box | undefined {
  const angle = (radiusMetres * TOLERANCE) / EARTH_METRES;
  const south = lat - (angle * 180) / Math.PI;
  const north = lat + (angle * 180) / Math.PI;
  if (south <= -90 || north >= 90) return undefined;
  const ratio = Math.sin(angle) / Math.cos(radians(lat));
  if (!(ratio < 1)) return undefined;
  const width = (Math.asin(ratio) * 180) / Math.PI;
  if (lon - width < -180 || lon + width > 180) return undefined;
  return { kind: 'box', south, north, west: lon - width, east: lon + width };
}
