import { cellToBoundary, cellToChildren, cellToLatLng, getRes0Cells, latLngToCell } from 'h3-js';
import { EARTH_METRES, areaMeetsBox, metresBetween, type Area, type Box, type Point } from '#policy';

/**
 * Children reach out of their H3 cell: from its middle by no more than 1.06 times the distance to its farthest corner, the
 * sum over all finer resolutions; the rest is the distortion of the grid. The property test tries every resolution in use.
 */
const REACH_OF_CHILDREN = 1.15;
const METRES_A_DEGREE = (EARTH_METRES * Math.PI) / 180;
/** A cell's border is a great circle, and rounding moves a point over it. */
const REACH_OF_CELL = 1.01;

/** The H3 cell of a point, 15 hexadecimal digits. */
export function cellOf({ lat, lon }: Point, resolution: number): string {
  return latLngToCell(lat, lon, resolution);
}

/** Cells of one area or several, of mixed resolution where there would be too many. */
export interface AreaCover {
  /** Sorted. */
  readonly cells: readonly string[];
  /** All of the finest resolution asked for. */
  readonly finest: boolean;
}

/**
 * Cells that hold every point of well-formed areas, and some of their surroundings: walks down from the coarsest cells,
 * where the antimeridian and the poles are nothing special, and stops before there are more than `max` (P13).
 */
export function coverOf(areas: readonly Area[], resolution: number, max: number): AreaCover {
  let cells = getRes0Cells().filter((cell) => mayMeet(areas, cell, resolution === 0));
  for (let level = 0; level < resolution; level += 1) {
    const isLast = level + 1 === resolution;
    const finer = cells.flatMap((cell) =>
      cellToChildren(cell, level + 1).filter((child) => mayMeet(areas, child, isLast)),
    );
    if (finer.length > max) return { cells: cells.toSorted(), finest: false };
    cells = finer;
  }
  return { cells: cells.toSorted(), finest: true };
}

function mayMeet(areas: readonly Area[], cell: string, isLast: boolean): boolean {
  const [lat, lon] = cellToLatLng(cell);
  const middle = { lat, lon };
  const corners = cellToBoundary(cell).map(([cornerLat, cornerLon]) => ({ lat: cornerLat, lon: cornerLon }));
  const metres =
    Math.max(...corners.map((corner) => metresBetween(middle, corner))) * (isLast ? REACH_OF_CELL : REACH_OF_CHILDREN);
  return areas.some((area) =>
    area.kind === 'circle'
      ? metresBetween(area, middle) <= area.radiusMetres + metres
      : boxesAround(middle, metres).some((box) => areaMeetsBox(area, box)),
  );
}

/** One or two boxes that hold a circle: two across the antimeridian, one of all longitudes around a pole. */
function boxesAround({ lat, lon }: Point, metres: number): Box[] {
  const degrees = (metres / METRES_A_DEGREE) * 1.001;
  const south = Math.max(-90, lat - degrees);
  const north = Math.min(90, lat + degrees);
  const ratio = Math.sin((degrees * Math.PI) / 180) / Math.cos((lat * Math.PI) / 180);
  const box = (west: number, east: number): Box => ({ kind: 'box', south, north, west, east });
  if (south === -90 || north === 90 || !(ratio < 1)) return [box(-180, 180)];
  const width = (Math.asin(ratio) * 180) / Math.PI;
  if (lon - width < -180) return [box(-180, lon + width), box(lon - width + 360, 180)];
  if (lon + width > 180) return [box(lon - width, 180), box(-180, lon + width - 360)];
  return [box(lon - width, lon + width)];
}
