import { parseInstant } from './instant.js';
import { normalisePlate, normalisePlateState } from './plate.js';
import { ReadsError } from './reads-error.js';

/** The most plates in one query, as on the wire (`ClearFacts.plate_count` of the protocol). */
export const PLATES_MAX = 20;

export interface AskedPlate {
  /** Normalised. */
  readonly text: string;
  /** Where set, only reads that state this very state match: a read without a state does not. */
  readonly state?: string;
}

/** The half-open window [from, until); instants in milliseconds. */
export interface QueryWindow {
  readonly from: number;
  readonly until: number;
}

/** A plain object with every one of `required`, perhaps some of `optional`, and nothing else. */
export function membersOf(
  value: unknown,
  at: string,
  required: readonly string[],
  optional: readonly string[],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(at);
  const members = value as Record<string, unknown>;
  // JSON holds no `undefined`; a message class does where a member is absent.
  const names = Object.keys(value).filter((name) => members[name] !== undefined);
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) throw malformed(at === 'query' ? missing : `${at}.${missing}`);
  if (names.some((name) => !required.includes(name) && !optional.includes(name))) throw malformed('unknown member');
  return members;
}

/** @throws ReadsError `query_malformed` `plates_none` `plates_too_many` `plate_duplicate` and those of `normalisePlate` */
export function parsePlates(listed: unknown, max = PLATES_MAX): AskedPlate[] {
  if (!Array.isArray(listed)) throw malformed('plates');
  if (listed.length === 0) throw new ReadsError('plates_none', 'the query names no plate', { at: 'plates' });
  if (listed.length > max) {
    const most = max === 1 ? 'one plate' : `${max} plates`;
    throw new ReadsError('plates_too_many', `the query names more than ${most}`, { at: 'plates' });
  }
  const plates = listed.map((plate: unknown) => parseAskedPlate(plate));
  if (new Set(plates.map((plate) => plate.text)).size < plates.length) {
    throw new ReadsError('plate_duplicate', 'the query names a plate twice', { at: 'plates' });
  }
  return plates;
}

/** @throws ReadsError `query_malformed` `window_empty` `window_inverted` and those of `parseInstant` */
export function parseWindow(fromText: unknown, untilText: unknown): QueryWindow {
  if (typeof fromText !== 'string') throw malformed('from');
  if (typeof untilText !== 'string') throw malformed('until');
  const from = parseInstant(fromText);
  const until = parseInstant(untilText);
  if (from === until) throw new ReadsError('window_empty', 'the window is empty', { at: 'until' });
  if (from > until) throw new ReadsError('window_inverted', 'the window ends before it begins', { at: 'until' });
  return { from, until };
}

/** @throws ReadsError `query_malformed` `plate_state_invalid` */
export function parseState(state: unknown, at: string): string {
  if (typeof state !== 'string') throw malformed(at);
  return normalisePlateState(state);
}

export function malformed(at: string): ReadsError {
  return new ReadsError('query_malformed', 'the query is not written as its kind is', { at });
}

function parseAskedPlate(value: unknown): AskedPlate {
  const { text, state } = membersOf(value, 'plates', ['text'], ['state']);
  if (typeof text !== 'string') throw malformed('plates.text');
  if (state === undefined) return { text: normalisePlate(text) };
  return { text: normalisePlate(text), state: parseState(state, 'plates.state') };
}
