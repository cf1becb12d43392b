import {
  allowsNarrowing,
  known,
  narrowToWarrant,
  type Cut,
  type Facts,
  type Permit,
  type WarrantedQuery,
} from '#policy';
import { decideFinally, type PublishedRule } from '../rules-in-force.js';

/** What may be answered of a query that is wider than its warrant, and what was cut. */
export interface NarrowedDecision {
  readonly decision: Permit;
  readonly query: WarrantedQuery;
  readonly cuts: readonly Cut[];
}

/**
 * Where every rule that has to be satisfied says so, the part of the query inside the warrant is decided anew, as the query
 * that it then is: what is unmet for any other reason stays unmet (P08).
 *
 * @returns `undefined` where a rule does not narrow, nothing is left, nothing had to be cut, or the rest is refused too
 */
export function narrowedDecision(
  facts: Facts,
  rules: readonly PublishedRule[],
  now: number,
): NarrowedDecision | undefined {
  const { warrant, searched, kind, window, offence, caseNumber, legalProcess } = facts.request;
  if (
    warrant.state !== 'known' ||
    searched.state !== 'known' ||
    kind.state !== 'known' ||
    window.state !== 'known' ||
    offence.state !== 'known' ||
    caseNumber.state !== 'known' ||
    legalProcess.state !== 'known'
  ) {
    return undefined;
  }
  if (rules.length === 0 || !rules.every(({ rule }) => allowsNarrowing(rule, 'release', kind.value))) return undefined;
  const query: WarrantedQuery = {
    ...searched.value,
    kind: kind.value,
    window: window.value,
    offence: offence.value,
    caseNumber: caseNumber.value,
    class: legalProcess.value,
  };
  const narrowed = narrowToWarrant(warrant.value, query);
  if (narrowed === undefined || narrowed.cuts.length === 0) return undefined;
  const { plates, areas, window: left } = narrowed.query;
  const { plateCount } = facts.request;
  const request = {
    ...facts.request,
    searched: known({ plates, areas }),
    window: known(left),
    plateCount: plateCount.state === 'known' ? known(plates.length) : plateCount,
  };
  const decision = decideFinally({ ...facts, request }, rules, now);
  return decision.outcome === 'permit' ? { decision, ...narrowed } : undefined;
}
