import type { NarrowedDecision } from '#exchange';
import type { Facts } from '#policy';
import type { AskQuery, JsonObject, JsonValue } from '#protocol';

/** The query as it is searched once it was cut to its warrant: the same one with fewer plates or areas and less time. */
export function narrowQuery(asked: AskQuery, { request }: Facts, { query: left }: NarrowedDecision): JsonObject {
  const query = { ...asked } as unknown as JsonObject;
  const searched = request.searched.state === 'known' ? request.searched.value : { plates: [], areas: [] };
  const plates = query['plates'];
  if (Array.isArray(plates)) {
    query['plates'] = plates.filter((plate) => left.plates.includes(textOf(plate)));
  }
  const areas = query['areas'];
  if (Array.isArray(areas)) {
    // In the order of the ask; the same area is the same object before and after.
    query['areas'] = areas.filter((_, index) => left.areas.some((area) => area === searched.areas[index]));
  }
  return {
    ...query,
    from: new Date(left.window.fromMs).toISOString(),
    until: new Date(left.window.untilMs).toISOString(),
  };
}

function textOf(plate: JsonValue): string {
  const text = typeof plate === 'object' && plate !== null && !Array.isArray(plate) ? plate['text'] : undefined;
  return typeof text === 'string' ? text : '';
}
