import type { JsonObject } from '#protocol';
import { areaProblem, areaSquareKm, type Area, type Point } from '#policy';
import { coverOf } from './area-cells.js';
import { malformed, membersOf } from './query-members.js';
import { ReadsError } from './reads-error.js';

export const AREAS_MAX = 8;
/** Of the cells in the clear facts: about 1,770 square kilometres each. */
export const CLEAR_CELL_RESOLUTION = 4;
export const CLEAR_CELLS_MAX = 64;

/** How large the asked area is, for a broker: no place is told more exactly than by a cell. */
export interface CoarseArea {
  readonly count: number;
  /** Rounded up to two decimals; areas that lie over one another count twice. */
  readonly square_km: number;
  /** Every H3 cell of resolution 4 that the areas may touch, sorted. */
  readonly cells: readonly string[];
}

/**
 * The areas of a query, each well-formed, together no larger than their cells may be many: the whole earth is no area (P13).
 * @throws ReadsError `query_malformed` `areas_none` `areas_too_many` `area_duplicate` `area_invalid` `area_too_large`
 */
export function parseAreas(listed: unknown): Area[] {
  if (!Array.isArray(listed)) throw malformed('areas');
  if (listed.length === 0) throw new ReadsError('areas_none', 'the query names no area', { at: 'areas' });
  if (listed.length > AREAS_MAX) {
    throw new ReadsError('areas_too_many', `the query names more than ${AREAS_MAX} areas`, { at: 'areas' });
  }
  const areas = listed.map((area: unknown, index) => parseArea(area, `areas[${index}]`));
  if (new Set(areas.map((area) => JSON.stringify(area))).size < areas.length) {
    throw new ReadsError('area_duplicate', 'the query names an area twice', { at: 'areas' });
  }
  if (!coverOf(areas, CLEAR_CELL_RESOLUTION, CLEAR_CELLS_MAX).finest) {
    const text = `the areas cover more than ${CLEAR_CELLS_MAX} cells of some 1,770 square kilometres`;
    throw new ReadsError('area_too_large', text, { at: 'areas' });
  }
  return areas;
}

export function areaJson(area: Area): JsonObject {
  switch (area.kind) {
    case 'circle':
      return { kind: 'circle', lat: area.lat, lon: area.lon, radius_metres: area.radiusMetres };
    case 'box':
      return { kind: 'box', south: area.south, west: area.west, north: area.north, east: area.east };
    case 'polygon':
      return { kind: 'polygon', points: area.points.map(({ lat, lon }) => ({ lat, lon })) };
  }
}

export function coarseAreaOf(areas: readonly Area[]): CoarseArea {
  const squareKm = areas.reduce((sum, area) => sum + areaSquareKm(area), 0);
  return {
    count: areas.length,
    square_km: Math.ceil(squareKm * 100) / 100,
    cells: coverOf(areas, CLEAR_CELL_RESOLUTION, CLEAR_CELLS_MAX).cells,
  };
}

/** @throws ReadsError `query_malformed` `area_invalid` with a reason that repeats no place */
export function parseArea(value: unknown, at: string): Area {
  const area = readArea(value, at);
  const problem = areaProblem(area);
  if (problem !== undefined) throw new ReadsError('area_invalid', `the area cannot be searched: ${problem}`, { at });
  return area;
}

function readArea(value: unknown, at: string): Area {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  switch (kind) {
    case 'circle': {
      const { lat, lon, radius_metres } = membersOf(value, at, ['kind', 'lat', 'lon', 'radius_metres'], []);
      const radiusMetres = parseNumber(radius_metres, `${at}.radius_metres`);
      return { kind, lat: parseNumber(lat, `${at}.lat`), lon: parseNumber(lon, `${at}.lon`), radiusMetres };
    }
    case 'box': {
      const names = ['south', 'west', 'north', 'east'];
      const members = membersOf(value, at, ['kind', ...names], []);
      const [south = 0, west = 0, north = 0, east = 0] = names.map((name) =>
        parseNumber(members[name], `${at}.${name}`),
      );
      return { kind, south, west, north, east };
    }
    case 'polygon': {
      const { points } = membersOf(value, at, ['kind', 'points'], []);
      if (!Array.isArray(points)) throw malformed(`${at}.points`);
      // Before each is looked at: 100,000 of them cost nothing (P13).
      if (points.length > 100) throw new ReadsError('area_invalid', 'a polygon has from 3 to 100 points', { at });
      return { kind, points: points.map((point: unknown) => parsePoint(point, `${at}.points`)) };
    }
    default:
      throw malformed(`${at}.kind`);
  }
}

function parsePoint(value: unknown, at: string): Point {
  const { lat, lon } = membersOf(value, at, ['lat', 'lon'], []);
  return { lat: parseNumber(lat, `${at}.lat`), lon: parseNumber(lon, `${at}.lon`) };
}

/** A finite number: `1e999` reads as infinity, and NaN would pass many a comparison. */
function parseNumber(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(at);
  // A negative zero would be another text for the same place.
  return value === 0 ? 0 : value;
}
