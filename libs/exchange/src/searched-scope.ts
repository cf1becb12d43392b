import { ABSENT, known, type Area, type Fact, type SearchedScope } from '#policy';
import { platesOf, type AskQuery, type QueryArea } from '#protocol';

/** Of a box around a polygon every point counts: what has to lie inside a warrant may only be judged too large. */
const MARGIN_DEGREES = 1e-6;

/**
 * The exact query as a warrant has to cover it (P08). Where an area has no such box around it, the scope is not known, and
 * what is not known is inside no warrant.
 */
export function searchedScope(query: AskQuery): Fact<SearchedScope> {
  const areas: Area[] = [];
  for (const area of 'areas' in query ? (query.areas ?? []) : []) {
    const around = areaOf(area);
    if (around === undefined) return ABSENT;
    areas.push(around);
  }
  return known({ plates: platesOf(query).map(({ text }) => text), areas });
}

function areaOf(area: QueryArea): Area | undefined {
  switch (area.kind) {
    case 'circle':
      return { kind: 'circle', lat: area.lat, lon: area.lon, radiusMetres: area.radius_metres };
    case 'box':
      // Across the antimeridian: `libs/policy` knows no such box.
      return area.west < area.east ? { ...area } : undefined;
    case 'polygon':
      return boxAround(area.points);
  }
}

function boxAround(points: readonly { lat: number; lon: number }[]): Area | undefined {
  const lats = points.map(({ lat }) => lat);
  const lons = points.map(({ lon }) => lon);
  const [south, north] = [Math.min(...lats) - MARGIN_DEGREES, Math.max(...lats) + MARGIN_DEGREES];
  const [west, east] = [Math.min(...lons) - MARGIN_DEGREES, Math.max(...lons) + MARGIN_DEGREES];
  // One that is wider than half of the earth goes the other way round it.
  return east - west < 180 ? { kind: 'box', south, west, north, east } : undefined;
}
