import type { JsonObject } from '#protocol';
import { formatInstant, namesInstant, parseInstant } from './instant.js';
import { normalisePlate, normalisePlateState } from './plate.js';
import { ReadsError } from './reads-error.js';

/** The most plates in one query, as on the wire (`PlateHistoryQuery` and `ClearFacts.plate_count` of the protocol). */
export const PLATES_MAX = 20;

export interface AskedPlate {
  /** Normalised. */
  readonly text: string;
  /** Where set, only reads that state this very state match: a read without a state does not. */
  readonly state?: string;
}

/** Every read of these plates in the half-open window [from, until); instants in milliseconds. */
export interface PlateHistoryQuery {
  readonly plates: readonly AskedPlate[];
  readonly from: number;
  readonly until: number;
}

/** What a broker may know of the query: these members of the request's clear facts. */
export interface CoarseFacts {
  readonly kind: 'plate_history';
  readonly from: string;
  readonly until: string;
  readonly plate_count: number;
}

export type CoarseFactDifference = keyof CoarseFacts;

/**
 * Reads the query of an ask (`{kind, plates: [{text, state?}], from, until}`) from JSON or from the protocol's class.
 * The kind follows from the members (Q1): one that claims `plate_history` and holds anything else is refused. A plate that
 * is given twice once normalised is refused too, since the count in the clear would then differ from what is searched.
 * @throws ReadsError `query_malformed` `plates_none` `plates_too_many` `plate_duplicate` `window_empty` `window_inverted`,
 *   and those of `normalisePlate` and `parseInstant`
 */
export function parsePlateHistoryQuery(value: unknown): PlateHistoryQuery {
  const query = membersOf(value, ['kind', 'plates', 'from', 'until'], []);
  if (query['kind'] !== 'plate_history') throw malformed('kind');
  const listed = query['plates'];
  if (!Array.isArray(listed)) throw malformed('plates');
  if (listed.length === 0) throw new ReadsError('plates_none', 'the query names no plate', { at: 'plates' });
  if (listed.length > PLATES_MAX) {
    throw new ReadsError('plates_too_many', `the query names more than ${PLATES_MAX} plates`, { at: 'plates' });
  }
  const plates = listed.map((plate: unknown) => parseAskedPlate(plate));
  if (new Set(plates.map((plate) => plate.text)).size < plates.length) {
    throw new ReadsError('plate_duplicate', 'the query names a plate twice', { at: 'plates' });
  }
  return { plates, ...parseWindow(query['from'], query['until']) };
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
export function windowLengthMs(query: PlateHistoryQuery): number {
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

/**
 * Which clear facts the sealed query contradicts: none, or the owner refuses (protocol.md "One exchange" 5; a requester
 * that shows the broker a narrow query and the owner a wide one). Instants are compared, not their spelling.
 */
export function coarseFactDifferences(clear: CoarseFacts, query: PlateHistoryQuery): CoarseFactDifference[] {
  const differences: CoarseFactDifference[] = [];
  if (clear.kind !== 'plate_history') differences.push('kind');
  if (!namesInstant(clear.from, query.from)) differences.push('from');
  if (!namesInstant(clear.until, query.until)) differences.push('until');
  if (clear.plate_count !== query.plates.length) differences.push('plate_count');
  return differences;
}

function parseAskedPlate(value: unknown): AskedPlate {
  const { text, state } = membersOf(value, ['text'], ['state']);
  if (typeof text !== 'string') throw malformed('plates.text');
  if (state === undefined) return { text: normalisePlate(text) };
  if (typeof state !== 'string') throw malformed('plates.state');
  return { text: normalisePlate(text), state: normalisePlateState(state) };
}

function parseWindow(fromText: unknown, untilText: unknown): { from: number; until: number } {
  if (typeof fromText !== 'string') throw malformed('from');
  if (typeof untilText !== 'string') throw malformed('until');
  const from = parseInstant(fromText);
  const until = parseInstant(untilText);
  if (from === until) throw new ReadsError('window_empty', 'the window is empty', { at: 'until' });
  if (from > until) throw new ReadsError('window_inverted', 'the window ends before it begins', { at: 'until' });
  return { from, until };
}

/** A plain object with every one of `required`, perhaps some of `optional`, and nothing else. */
function membersOf(value: unknown, required: readonly string[], optional: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('query');
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw malformed(missing);
  const names = Object.keys(value);
  if (names.some((name) => !required.includes(name) && !optional.includes(name))) throw malformed('unknown member');
  return value as Record<string, unknown>;
}

function malformed(at: string): ReadsError {
  return new ReadsError('query_malformed', 'the query is not a plate history query', { at });
}
