import { boxOf, cornersOf, type Area } from './area.js';
import { edgesOf, polygonHasPoint, type Edge } from './polygon.js';
import { EARTH_METRES, metresBetween, radians, type Point } from './sphere.js';

/** Whether a point lies in a well-formed area; the edge belongs to it. Spherical distance for circles. */
export function areaHasPoint(area: Area, point: Point): boolean {
  switch (area.kind) {
    case 'circle':
      return metresBetween(area, point) <= area.radiusMetres;
    case 'box':
      return point.lat >= area.south && point.lat <= area.north && point.lon >= area.west && point.lon <= area.east;
    case 'polygon':
      return polygonHasPoint(area.points, point);
  }
}

/**
 * Whether a point lies in the area or no farther from it than that, for places that were made coarser. Distances to an edge
 * are measured on the plane that touches the earth at the point, which is exact enough for some kilometres.
 */
export function areaIsWithin(area: Area, point: Point, metres: number): boolean {
  if (areaHasPoint(area, point)) return true;
  if (area.kind === 'circle') return metresBetween(area, point) <= area.radiusMetres + metres;
  const box = boxOf(area);
  const corners = area.kind === 'polygon' ? area.points : box && cornersOf(box);
  return corners !== undefined && edgesOf(corners).some((edge) => metresToEdge(edge, point) <= metres);
}

/** Square kilometres on the sphere: exact for each of the shapes as they are defined. */
export function areaSquareKm(area: Area): number {
  const squareKmOfUnit = (EARTH_METRES / 1000) ** 2;
  switch (area.kind) {
    case 'circle':
      return 4 * Math.PI * squareKmOfUnit * Math.sin(area.radiusMetres / EARTH_METRES / 2) ** 2;
    case 'box':
      return (
        squareKmOfUnit *
        radians(area.east - area.west) *
        (Math.sin(radians(area.north)) - Math.sin(radians(area.south)))
      );
    case 'polygon':
      return squareKmOfUnit * Math.abs(edgesOf(area.points).reduce((sum, edge) => sum + underEdge(edge), 0));
  }
}

/** What lies between an edge that is straight in degrees and the equator, in square radians: the integral of sin(lat). */
function underEdge([from, to]: Edge): number {
  const [a, b] = [radians(from.lat), radians(to.lat)];
  // sin x / x, of which the half difference is the argument; it is 1 where the edge follows a parallel.
  const half = (b - a) / 2;
  const mean = Math.sin((a + b) / 2) * (half === 0 ? 1 : Math.sin(half) / half);
  return radians(to.lon - from.lon) * mean;
}

function metresToEdge([from, to]: Edge, point: Point): number {
  const shrink = Math.cos(radians(point.lat));
  const x = (end: Point): number => EARTH_METRES * radians(end.lon - point.lon) * shrink;
  const y = (end: Point): number => EARTH_METRES * radians(end.lat - point.lat);
  const [ax, ay] = [x(from), y(from)];
  const [dx, dy] = [x(to) - ax, y(to) - ay];
  const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx ** 2 + dy ** 2)));
  return Math.hypot(ax + along * dx, ay + along * dy);
}
