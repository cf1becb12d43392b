import { CLOSED_KINDS, type ReasonClaims } from '#protocol';
import { protocolReason } from './reasons.js';

/** As many as a denial on the wire lists. */
const MAX_REASONS = 64;

const NOT_OFFERED = protocolReason(
  'kind_not_offered',
  'a kind of query that nodes search',
  'a search that begins with no suspect',
  'ask about a vehicle or a place; no rule and no warrant opens this kind here',
);

/**
 * The reasons of a rule, and for a closed kind one more: no node searches it, whatever a rule says. Every hop refuses it,
 * after the rule has said what it would have said.
 */
export function withKindOffered(kind: string, reasons: readonly ReasonClaims[]): ReasonClaims[] {
  const closed = CLOSED_KINDS.some((each) => each === kind);
  return closed ? [...reasons.slice(0, MAX_REASONS - 1), NOT_OFFERED] : [...reasons];
}
