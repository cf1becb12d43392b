import { boxOf, cornersOf, type Area, type Box } from './area.js';
import { areaHasPoint } from './area-measures.js';
import { edgesMeet, edgesOf } from './polygon.js';
import type { Point } from './sphere.js';

/** Whether a box or polygon and another box have a point in common; both are straight in degrees, so this is exact. */
export function areaMeetsBox(area: Exclude<Area, { kind: 'circle' }>, box: Box): boolean {
  const around = boxOf(area);
  if (around === undefined || !boxesMeet(around, box)) return false;
  if (area.kind === 'box') return true;
  const corners = cornersOf(box);
  const isInBox = (point: Point): boolean => areaHasPoint(box, point);
  if (area.points.some(isInBox) || corners.some((corner) => areaHasPoint(area, corner))) return true;
  const sides = edgesOf(corners);
  return edgesOf(area.points).some((edge) => sides.some((side) => edgesMeet(edge, side)));
}

function boxesMeet(a: Box, b: Box): boolean {
  return a.south <= b.north && b.south <= a.north && a.west <= b.east && b.west <= a.east;
}
