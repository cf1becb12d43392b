import type { Sourced } from './conditions.js';
import { isQueryKind, type Rule } from './rule.js';

const DAY_MS = 86_400_000;

/** On whose behalf a receiver may keep what is called back. */
export const RECALL_HOLD_BASES = ['prosecution', 'defence', 'litigation'] as const;

/** Which holds of a receiver keep what is called back, and for how long from the recall. Left out: none. */
export interface RecallHoldCondition extends Sourced {
  readonly bases: readonly string[];
  readonly max_days: number;
}

/** A hold that the receiver of a release shows in place of deleting it. */
export interface ShownHold {
  readonly basis: string;
  /** Milliseconds. */
  readonly until: number;
}

/**
 * Whether the owner's rule lets a receiver keep, under this hold, what it was asked to delete: only where the section of the
 * query's kind names the basis, and for no longer than it says. A rule that says nothing allows no hold.
 * @param now milliseconds
 */
export function recallHoldAllowed(rule: Rule | undefined, kind: string, hold: ShownHold, now: number): boolean {
  const section = rule !== undefined && isQueryKind(kind) ? rule.release?.[kind] : undefined;
  const allowed = section?.obligations.recall_holds;
  if (allowed === undefined || !Number.isFinite(hold.until)) return false;
  return allowed.bases.includes(hold.basis) && hold.until <= now + allowed.max_days * DAY_MS;
}
