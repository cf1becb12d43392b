import { ABSENT, known, type Area, type Fact, type HotListEntry, type SearchedScope } from '#policy';
import { platesOf, type AskQuery, type QueryArea } from '#protocol';

/** The exact query as a warrant has to cover it (P08). */
export function searchedScope(query: AskQuery): SearchedScope {
  const areas = 'areas' in query ? (query.areas ?? []) : [];
  return { plates: platesOf(query).map(({ text }) => text), areas: areas.map(areaOf) };
}

function areaOf(area: QueryArea): Area {
  return area.kind === 'circle'
    ? { kind: 'circle', lat: area.lat, lon: area.lon, radiusMetres: area.radius_metres }
    : area;
}

/** As the asking agency's node states it; only a standing request has one. */
export function listOf(query: AskQuery): Fact<HotListEntry> {
  if (!('hot_list' in query)) return ABSENT;
  const { source, refreshed_at: refreshedAt } = query.hot_list;
  return known({ source, refreshedAtMs: Date.parse(refreshedAt) });
}
