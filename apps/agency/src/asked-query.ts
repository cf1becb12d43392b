import type { AskQuery, JsonObject, QueryFacts } from '#protocol';
import { coarseFacts, parsePlateHistoryQuery, plateHistoryQueryJson, type PlateHistoryQuery } from '#reads';

/** A query that can be searched. */
export type SearchableQuery = PlateHistoryQuery;

/** @throws ReadsError where it cannot be searched */
export function searchableQuery(query: AskQuery | JsonObject): SearchableQuery {
  return parsePlateHistoryQuery(query);
}

/** As it stands in an ask: normalised, so that one query has one spelling. @throws ReadsError */
export function normalisedQuery(query: JsonObject): JsonObject {
  return plateHistoryQueryJson(searchableQuery(query));
}

/** What of the query stands in the clear, computed from its content. @throws ReadsError */
export function queryFactsOf(query: AskQuery): QueryFacts {
  // The window in the ask's own spelling: what is compared is what was signed.
  return { ...coarseFacts(searchableQuery(query)), from: query.from, until: query.until };
}
