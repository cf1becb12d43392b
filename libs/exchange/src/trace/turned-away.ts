import type { RequestGroup } from './request-hops.js';
import { check, type TraceCheck } from './trace-check.js';
import { reasonsOf } from './trace-hop.js';

/** A message that no node takes up: its signature is right, and something else about it is not. */
const TURNED_AWAY: readonly string[] = ['conflict', 'request_malformed', 'wrong_owner'];

/** Whether these reasons say nothing but that: they tell of a message, and of no person, purpose or search. */
export function onlyTurnsAway(reasons: readonly unknown[]): boolean {
  const [code, ...others] = reasons;
  return others.length === 0 && TURNED_AWAY.some((known) => known === code);
}

/** Refused before anybody decided: a used `jti` on another message, one that contradicts itself, one for another owner. */
export function isTurnedAway({ hops }: RequestGroup): boolean {
  return hops.every((hop) => hop.receipt.kind === 'refused' && onlyTurnsAway(reasonsOf(hop)));
}

/** It is on record against whoever signed it, and nothing came of it: it breaks no other request's way. */
export function turnedAwayChecks({ hops }: RequestGroup): TraceCheck[] {
  return hops.map((hop) => {
    const text = `turned away a further message that the requester’s key signed: ${reasonsOf(hop).join(', ')}`;
    return check('turned_away', 'holds', hop.keeper, text);
  });
}
