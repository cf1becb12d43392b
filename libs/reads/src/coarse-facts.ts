import { formatInstant, namesInstant } from './instant.js';
import { knownCharacters } from './plate-pattern.js';
import { coarseAreaOf, type CoarseArea } from './query-areas.js';
import type { PlateHistoryQuery } from './plate-history.js';
import { areasOf, platesOf, withKind, type QueryKind, type ReadsQuery } from './reads-query.js';

/** What a broker may know of a query: these members of the request's clear facts. */
export interface CoarseQueryFacts {
  readonly kind: QueryKind;
  readonly from: string;
  readonly until: string;
  /** Plates that are named whole. */
  readonly plate_count: number;
  /** Exactly where the query names areas. */
  readonly area?: CoarseArea;
  /** Known characters of a partial plate; exactly where the query has one. */
  readonly characters?: number;
}

export type CoarseFactDifference = keyof CoarseQueryFacts;

/** The same as it came, before it is compared. */
export interface ClaimedQueryFacts {
  readonly kind: string;
  readonly from: string;
  readonly until: string;
  readonly plate_count: number;
  readonly area?: { readonly count: number; readonly square_km: number; readonly cells: readonly string[] } | undefined;
  readonly characters?: number | undefined;
}

export function coarseFactsOf(query: ReadsQuery): CoarseQueryFacts {
  const areas = areasOf(query);
  return {
    kind: query.kind,
    from: formatInstant(query.from),
    until: formatInstant(query.until),
    plate_count: platesOf(query).length,
    ...(areas.length > 0 && { area: coarseAreaOf(areas) }),
    ...(query.kind === 'partial_plate' && { characters: knownCharacters(query.pattern) }),
  };
}

/**
 * Which clear facts the sealed query contradicts: none, or the owner refuses (protocol.md "One exchange" 5; a requester
 * that shows the broker a narrow query and the owner a wide one). Instants are compared, not their spelling.
 */
export function coarseFactDifferences(
  clear: ClaimedQueryFacts,
  query: ReadsQuery | PlateHistoryQuery,
): CoarseFactDifference[] {
  const own = coarseFactsOf(withKind(query));
  const differences: CoarseFactDifference[] = [];
  if (clear.kind !== own.kind) differences.push('kind');
  if (!namesInstant(clear.from, query.from)) differences.push('from');
  if (!namesInstant(clear.until, query.until)) differences.push('until');
  if (clear.plate_count !== own.plate_count) differences.push('plate_count');
  if (!isSameArea(clear.area, own.area)) differences.push('area');
  if (clear.characters !== own.characters) differences.push('characters');
  return differences;
}

function isSameArea(claimed: ClaimedQueryFacts['area'], own: CoarseArea | undefined): boolean {
  if (claimed === undefined || own === undefined) return claimed === own;
  return (
    claimed.count === own.count &&
    // The last digit may be rounded the other way on another machine.
    Math.abs(claimed.square_km - own.square_km) < 0.011 &&
    claimed.cells.length === own.cells.length &&
    claimed.cells.every((cell, index) => cell === own.cells[index])
  );
}
