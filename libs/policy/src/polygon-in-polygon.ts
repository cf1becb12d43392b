import { edgesMeet, edgesOf, polygonHasPoint } from './polygon.js';
import type { Point } from './sphere.js';

/**
 * Whether the inner one of two well-formed polygons lies wholly inside the outer one. Touching edges say no, except that a
 * polygon holds the very same one: a warrant and the request under it may name the same area.
 */
export function holdsPolygon(outer: readonly Point[], inner: readonly Point[]): boolean {
  if (isSameList(outer, inner)) return true;
  const borders = edgesOf(outer);
  const isApart = edgesOf(inner).every((edge) => !borders.some((border) => edgesMeet(edge, border)));
  // No edges meet, so one point tells of all of them.
  return isApart && inner.every((point) => polygonHasPoint(outer, point));
}

function isSameList(a: readonly Point[], b: readonly Point[]): boolean {
  return a.length === b.length && a.every((point, index) => point.lat === b[index]?.lat && point.lon === b[index]?.lon);
}
