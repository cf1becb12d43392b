import type { RequestGroup } from './request-hops.js';
import { check, type TraceCheck } from './trace-check.js';
import { reasonsOf } from './trace-hop.js';

/** A message that no node takes up: its signature is right, and something else about it is not. */
const TURNED_AWAY: readonly string[] = ['conflict', 'request_malformed', 'wrong_owner'];

/** Refused before anybody decided: a used `jti` on another message, one that contradicts itself, one for another owner. */
export function isTurnedAway({ hops }: RequestGroup): boolean {
  return hops.every((hop) => {
    const [code = '', ...others] = reasonsOf(hop);
    return hop.receipt.kind === 'refused' && others.length === 0 && TURNED_AWAY.includes(code);
  });
}

/** It is on record against whoever signed it, and nothing came of it: it breaks no other request's way. */
export function turnedAwayChecks({ hops }: RequestGroup): TraceCheck[] {
  return hops.map((hop) => {
    const text = `turned away a further message that the requester’s key signed: ${reasonsOf(hop).join(', ')}`;
    return check('turned_away', 'holds', hop.keeper, text);
  });
}
