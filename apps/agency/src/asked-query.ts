import { CLOSED_KINDS, type AskQuery, type JsonObject, type JsonValue, type QueryFacts } from '#protocol';
import { coarseFactsOf, parseReadsQuery, readsQueryJson, type ReadsQuery } from '#reads';

/** What can be searched in a query; `undefined` for a closed kind, which nobody searches. @throws ReadsError */
export function searchableQuery(query: AskQuery | JsonObject): ReadsQuery | undefined {
  return isClosed(query.kind) ? undefined : readQuery(query);
}

/** As it stands in an ask: normalised, so that one query has one spelling. @throws ReadsError */
export function normalisedQuery(query: JsonObject): JsonObject {
  const { kind } = query;
  const normalised = readsQueryJson(readQuery(query));
  if (isStanding(kind)) return { ...normalised, kind, hot_list: query['hot_list'] ?? null };
  return isClosed(kind) ? { ...normalised, kind: kind as string } : normalised;
}

/** What of the query stands in the clear, computed from its content. @throws ReadsError */
export function queryFactsOf(query: AskQuery): QueryFacts {
  const { plate_count: plates, area, characters } = coarseFactsOf(readQuery(query));
  return {
    kind: query.kind,
    // In the ask's own spelling: what is compared is what was signed.
    from: query.from,
    until: query.until,
    ...(plates > 0 && { plate_count: plates }),
    ...(area !== undefined && { area: { ...area, cells: [...area.cells] } }),
    ...(characters !== undefined && { characters }),
  };
}

const isClosed = (kind: unknown): boolean => CLOSED_KINDS.some((each) => each === kind);
const isStanding = (kind: unknown): kind is 'hot_list_alert' => kind === 'hot_list_alert';

/** The areas of a closed kind are checked and measured like those of a scene, so that a rule can be asked about them. */
function readQuery(query: AskQuery | JsonObject): ReadsQuery {
  if (isStanding(query.kind)) return parseReadsQuery(asHistory(query));
  return parseReadsQuery(isClosed(query.kind) ? { ...query, kind: 'near_scene' } : query);
}

/** A standing request may bring what a history of its plate in its window could, and nothing else. */
export function asHistory(query: AskQuery | JsonObject): JsonObject {
  const { plates, from, until } = query as { plates?: JsonValue; from: string; until: string };
  return { kind: 'plate_history', ...(plates !== undefined && { plates }), from, until };
}
