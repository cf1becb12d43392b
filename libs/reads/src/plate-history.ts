import type { JsonObject } from '#protocol';
import { formatInstant } from './instant.js';
import { malformed, membersOf, parsePlates, parseWindow, type AskedPlate, type QueryWindow } from './query-members.js';

/** Every read of these plates in the half-open window [from, until); instants in milliseconds. */
export interface PlateHistoryQuery extends QueryWindow {
  readonly plates: readonly AskedPlate[];
}

/** What a broker may know of the query: these members of the request's clear facts. */
export interface CoarseFacts {
  readonly kind: 'plate_history';
  readonly from: string;
  readonly until: string;
  readonly plate_count: number;
}

/**
 * Reads the query of an ask (`{kind, plates: [{text, state?}], from, until}`) from JSON or from the protocol's class.
 * The kind follows from the members (Q1): one that claims `plate_history` and holds anything else is refused. A plate that
 * is given twice once normalised is refused too, since the count in the clear would then differ from what is searched.
 * @throws ReadsError `query_malformed` `plates_none` `plates_too_many` `plate_duplicate` `window_empty` `window_inverted`,
 *   and those of `normalisePlate` and `parseInstant`
 */
export function parsePlateHistoryQuery(value: unknown): PlateHistoryQuery {
  const query = membersOf(value, 'query', ['kind', 'plates', 'from', 'until'], []);
  if (query['kind'] !== 'plate_history') throw malformed('kind');
  return { plates: parsePlates(query['plates']), ...parseWindow(query['from'], query['until']) };
}

/** The query as it stands in an ask: plates normalised, instants in UTC with milliseconds. */
export function plateHistoryQueryJson(query: PlateHistoryQuery): JsonObject {
  return {
    kind: 'plate_history',
    plates: query.plates.map((plate) => ({ ...plate })),
    from: formatInstant(query.from),
    until: formatInstant(query.until),
  };
}

/** Milliseconds. */
export function windowLengthMs(query: QueryWindow): number {
  return query.until - query.from;
}

export function coarseFacts(query: PlateHistoryQuery): CoarseFacts {
  return {
    kind: 'plate_history',
    from: formatInstant(query.from),
    until: formatInstant(query.until),
    plate_count: query.plates.length,
  };
}
