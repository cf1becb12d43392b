import { areaHasPoint, boxOf, type Area } from '#policy';
import type { Location } from './read.js';

/** Whether a place lies in one of the areas: the exact check behind every index. What has no place lies in none. */
export function liesInOne(areas: readonly Area[], location: Location | undefined): boolean {
  return location !== undefined && areas.some((area) => areaHasPoint(area, location));
}

/** The box around all of the areas; `undefined` where a circle reaches a pole or the antimeridian and has none. */
export function extentOf(areas: readonly Area[]): Omit<Extract<Area, { kind: 'box' }>, 'kind'> | undefined {
  const boxes = areas.map(boxOf);
  if (!boxes.every((box) => box !== undefined)) return undefined;
  return {
    south: Math.min(...boxes.map((box) => box.south)),
    west: Math.min(...boxes.map((box) => box.west)),
    north: Math.max(...boxes.map((box) => box.north)),
    east: Math.max(...boxes.map((box) => box.east)),
  };
}
