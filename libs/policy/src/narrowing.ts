import type { AskTier, ExceptionCondition, LegalProcessCondition, ReleaseTier } from './conditions.js';
import { isQueryKind, type Rule, type RuleSide } from './rule.js';

/** Below a court order nothing has bounds that a query could be wider than. */
const UNBOUNDED: readonly string[] = ['none', 'documented-purpose', 'reasonable-suspicion', 'sworn-statement'];

/**
 * Whether a rule lets a query that is wider than its warrant be cut to it: every condition that may ask for one has to say
 * so (`outside_warrant: narrow`), in tiers and exceptions too. One that says nothing refuses the query whole.
 */
export function allowsNarrowing(rule: Rule, side: RuleSide, kind: string): boolean {
  const section = isQueryKind(kind) ? rule[side]?.[kind] : undefined;
  if (section === undefined) return false;
  const tiers: readonly (AskTier | ReleaseTier)[] = section.tiers ?? [];
  const exceptions: readonly ExceptionCondition[] = section.exceptions ?? [];
  const conditions = [
    section.legal_process,
    ...tiers.flatMap(({ legal_process: process }) => process ?? []),
    ...exceptions.flatMap(({ instead }) => instead?.legal_process ?? []),
  ].filter(mayBound);
  return conditions.length > 0 && conditions.every(({ outside_warrant: outside }) => outside === 'narrow');
}

function mayBound(condition: LegalProcessCondition): boolean {
  return !('at_least' in condition && UNBOUNDED.includes(condition.at_least));
}
