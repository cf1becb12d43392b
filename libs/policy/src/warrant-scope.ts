import { containsArea, isWellFormedArea } from './area.js';
import type { TimeWindow } from './facts.js';
import type { SearchedScope, Warrant } from './warrant.js';

/** A query as a warrant has to cover it. */
export interface WarrantedQuery extends SearchedScope {
  readonly kind: string;
  readonly window: TimeWindow;
  readonly offence: string;
  readonly caseNumber: string;
  /** The class of legal process that the request states. */
  readonly class: string;
}

export type WarrantProblemCode =
  | 'warrant_mismatch'
  | 'warrant_not_in_force'
  | 'warrant_revoked'
  | 'warrant_used_up'
  | 'outside_warrant'
  | 'warrant_malformed';

export interface WarrantProblem {
  readonly code: WarrantProblemCode;
  /** What is outside: `plates`, `window` ... No plate, place or number is repeated. */
  readonly of:
    | 'class'
    | 'document'
    | 'validity'
    | 'revocation'
    | 'uses'
    | 'kind'
    | 'plates'
    | 'area'
    | 'window'
    | 'offence'
    | 'case';
  readonly found: string;
  readonly remedy: string;
}

/**
 * Everything by which the query is not inside the warrant; empty where it lies inside (P08, P09). An instant at the end of
 * the validity is no longer valid, a window has to lie inside whole, every plate has to be named, and every area has to lie
 * in one of the warrant's. What is no number is outside.
 *
 * @param now milliseconds
 */
export function outsideWarrant(warrant: Warrant, query: WarrantedQuery, now: number): readonly WarrantProblem[] {
  return [
    ...identity(warrant, query),
    ...validity(warrant, now),
    ...limits(warrant, query),
    ...windowLimit(warrant, query.window),
    ...areaLimit(warrant, query),
  ];
}

function identity(warrant: Warrant, query: WarrantedQuery): WarrantProblem[] {
  const problems: WarrantProblem[] = [];
  const found = (of: WarrantProblem['of'], text: string, remedy: string): void => {
    problems.push({ code: 'warrant_mismatch', of, found: text, remedy });
  };
  if (warrant.class !== query.class) {
    found('class', 'a process of another class', 'state the class of the legal process that is enclosed');
  }
  if (warrant.digest !== warrant.committedDigest) {
    found('document', 'another document', 'enclose the document to which the request is committed');
  }
  return problems;
}

function validity(warrant: Warrant, now: number): WarrantProblem[] {
  const problems: WarrantProblem[] = [];
  const { validFromMs, validUntilMs, revoked, usesAllowed, usesSpent } = warrant;
  if (!(validFromMs <= now && now < validUntilMs)) {
    const early = now < validFromMs;
    problems.push({
      code: 'warrant_not_in_force',
      of: 'validity',
      found: early ? 'not valid yet' : 'not valid any more',
      remedy: early ? 'ask again when it is valid' : 'obtain a new one',
    });
  }
  if (revoked) {
    const remedy = 'obtain a new one';
    problems.push({ code: 'warrant_revoked', of: 'revocation', found: 'revoked by whoever issued it', remedy });
  }
  if (usesAllowed !== 'any' && !(usesSpent < usesAllowed)) {
    problems.push({
      code: 'warrant_used_up',
      of: 'uses',
      found: 'used as often as it allows',
      remedy: 'obtain a new one',
    });
  }
  return problems;
}

function limits(warrant: Warrant, query: WarrantedQuery): WarrantProblem[] {
  const problems: WarrantProblem[] = [];
  const outside = (of: WarrantProblem['of'], found: string, remedy: string): void => {
    problems.push({ code: 'outside_warrant', of, found, remedy });
  };
  const { kinds, offences, plates, caseNumber } = warrant;
  if (kinds !== 'any' && !kinds.includes(query.kind)) {
    outside('kind', 'a kind of query that it does not name', 'ask only what it allows to be asked');
  }
  if (offences !== 'any' && !offences.includes(query.offence)) {
    outside('offence', 'an offence that it does not name', 'ask for the offence for which it was issued');
  }
  if (caseNumber !== query.caseNumber) {
    outside('case', 'another case', 'use it in the case for which it was issued');
  }
  if (plates !== 'any') {
    const named = new Set(plates);
    const count = query.plates.filter((plate) => !named.has(plate)).length;
    if (count > 0) outside('plates', `${count} not named in it`, 'ask only for plates that it names');
    else if (query.plates.length === 0) outside('plates', 'no plate is named', 'name the plates that it names');
  }
  return problems;
}

function windowLimit({ window }: Warrant, { fromMs, untilMs }: TimeWindow): WarrantProblem[] {
  if (window === 'any') return [];
  if (window.fromMs <= fromMs && fromMs < untilMs && untilMs <= window.untilMs) return [];
  const remedy = 'ask for the time that it names';
  return [{ code: 'outside_warrant', of: 'window', found: 'time that it does not name', remedy }];
}

function areaLimit({ areas }: Warrant, query: WarrantedQuery): WarrantProblem[] {
  if (areas === 'any') return [];
  if (query.areas.length === 0) {
    const remedy = 'ask for the area that it names';
    return [{ code: 'outside_warrant', of: 'area', found: 'no area is named', remedy }];
  }
  if (!query.areas.every(isWellFormedArea)) {
    return [{ code: 'warrant_malformed', of: 'area', found: 'no area', remedy: 'state an area on the earth' }];
  }
  const inside = query.areas.every((area) => areas.some((allowed) => containsArea(allowed, area)));
  const remedy = 'ask for an area that lies in the one that it names';
  return inside ? [] : [{ code: 'outside_warrant', of: 'area', found: 'places that it does not name', remedy }];
}

/** What was taken out of a query, to be said in the receipt. */
export interface Cut {
  readonly of: 'plates' | 'area' | 'window';
  readonly found: string;
}

/**
 * The part of the query that the warrant covers, for a rule that allows to narrow (`outside_warrant: narrow`), and what
 * was cut; `undefined` where nothing is left. The result goes into `decide` as the query: nothing is permitted that was
 * not judged.
 */
export function narrowToWarrant(
  warrant: Warrant,
  query: WarrantedQuery,
): { readonly query: WarrantedQuery; readonly cuts: readonly Cut[] } | undefined {
  const cuts: Cut[] = [];
  const { plates: named, areas: allowed, window: time } = warrant;
  const plates = named === 'any' ? query.plates : query.plates.filter((plate) => named.includes(plate));
  if (plates.length < query.plates.length) {
    cuts.push({ of: 'plates', found: `${query.plates.length - plates.length} of ${query.plates.length} plates` });
  }
  const areas =
    allowed === 'any' ? query.areas : query.areas.filter((area) => allowed.some((each) => containsArea(each, area)));
  if (areas.length < query.areas.length) {
    cuts.push({ of: 'area', found: `${query.areas.length - areas.length} of ${query.areas.length} areas` });
  }
  const window = time === 'any' ? query.window : overlap(time, query.window);
  if (window === undefined) return undefined;
  if (window.fromMs !== query.window.fromMs || window.untilMs !== query.window.untilMs) {
    cuts.push({ of: 'window', found: 'the time outside of the warrant' });
  }
  if (plates.length === 0 && query.plates.length > 0) return undefined;
  if (areas.length === 0 && query.areas.length > 0) return undefined;
  return { query: { ...query, plates, areas, window }, cuts };
}

function overlap(a: TimeWindow, b: TimeWindow): TimeWindow | undefined {
  const fromMs = Math.max(a.fromMs, b.fromMs);
  const untilMs = Math.min(a.untilMs, b.untilMs);
  return fromMs < untilMs ? { fromMs, untilMs } : undefined;
}
