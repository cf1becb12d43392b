import type { Point } from './sphere.js';

export const POLYGON_POINTS_MAX = 100;

/**
 * Why a list of points is no polygon, or undefined. Its edges are straight in degrees, which fails across the antimeridian
 * and at a pole: there it is refused rather than answered wrong (P13).
 */
export function polygonProblem(points: readonly Point[]): string | undefined {
  if (!(points.length >= 3 && points.length <= POLYGON_POINTS_MAX)) {
    return `it has not from 3 to ${POLYGON_POINTS_MAX} points`;
  }
  if (!points.every(({ lat, lon }) => lat > -90 && lat < 90 && lon >= -180 && lon <= 180)) {
    return 'a point does not lie on the earth and off its poles: latitude between -90 and 90, longitude from -180 to 180';
  }
  const lons = points.map(({ lon }) => lon);
  if (Math.max(...lons) - Math.min(...lons) >= 180) {
    return 'it spans half the earth or crosses the antimeridian; one across the antimeridian is given as two';
  }
  return crossesItself(points) ? 'its edges cross or touch one another, or a point is given twice' : undefined;
}

/** Whether a point lies in a well-formed polygon; its edge belongs to it. */
export function polygonHasPoint(points: readonly Point[], point: Point): boolean {
  let inside = false;
  for (const [from, to] of edgesOf(points)) {
    if (isOnEdge(from, to, point)) return true;
    // A ray to the east; each edge counts at its southern end and not at its northern one.
    if (from.lat > point.lat !== to.lat > point.lat) {
      const side = turn(from, to, point);
      if (to.lat > from.lat ? side > 0 : side < 0) inside = !inside;
    }
  }
  return inside;
}

/** Whether two edges have a point in common. */
export function edgesMeet([a, b]: Edge, [c, d]: Edge): boolean {
  const [ca, cb] = [turn(a, b, c), turn(a, b, d)];
  const [ac, ad] = [turn(c, d, a), turn(c, d, b)];
  if (ca * cb < 0 && ac * ad < 0) return true;
  return isOnEdge(a, b, c) || isOnEdge(a, b, d) || isOnEdge(c, d, a) || isOnEdge(c, d, b);
}

export type Edge = readonly [Point, Point];

export function edgesOf(points: readonly Point[]): Edge[] {
  return points.map((point, index) => [point, points[(index + 1) % points.length] ?? point]);
}

function crossesItself(points: readonly Point[]): boolean {
  const edges = edgesOf(points);
  return edges.some((edge, index) => {
    const next = edges[(index + 1) % edges.length] ?? edge;
    // Neighbours share one point; they must not run back over one another.
    if (isSame(edge[0], edge[1]) || isOnEdge(edge[0], edge[1], next[1]) || isOnEdge(next[0], next[1], edge[0]))
      return true;
    return edges.slice(index + 2).some((other, offset) => {
      const isNeighbour = index === 0 && index + 2 + offset === edges.length - 1;
      return !isNeighbour && edgesMeet(edge, other);
    });
  });
}

function isSame(a: Point, b: Point): boolean {
  return a.lat === b.lat && a.lon === b.lon;
}

/**
 * On which side of the line from `a` to `b` the point lies: 1, -1, or 0 where the rounding of doubles does not tell, so that
 * what is nearly on a line counts as on it.
 */
function turn(a: Point, b: Point, point: Point): -1 | 0 | 1 {
  const left = (b.lon - a.lon) * (point.lat - a.lat);
  const right = (b.lat - a.lat) * (point.lon - a.lon);
  const cross = left - right;
  return Math.abs(cross) <= 4 * Number.EPSILON * (Math.abs(left) + Math.abs(right)) ? 0 : cross > 0 ? 1 : -1;
}

function isOnEdge(a: Point, b: Point, point: Point): boolean {
  return (
    point.lat >= Math.min(a.lat, b.lat) &&
    point.lat <= Math.max(a.lat, b.lat) &&
    point.lon >= Math.min(a.lon, b.lon) &&
    point.lon <= Math.max(a.lon, b.lon) &&
    turn(a, b, point) === 0
  );
}
