import type { TraceCheck, TraceCheckCode } from './trace-check.js';
import type { TraceReport } from './verify-trace.js';

/** From where a transaction is looked at: who asked sees all of it, who holds sees what names it. */
export type ReconciledSide = 'asked' | 'held';

/** Something that one party owes or contradicts, after the time in which it could still have come. */
export interface Unmatched {
  readonly code: TraceCheckCode;
  /** `late`: not there although its time is over. `missing`: another ledger tells of it. `broken`: contradicted or not proven. */
  readonly state: 'late' | 'missing' | 'broken';
  /** Entity id of who answers for it; `undefined` where it is not one party. */
  readonly party: string | undefined;
  readonly request: string | undefined;
  readonly text: string;
}

/** Of the ask itself: a requester shows it to no holder. */
const OF_THE_ASK: readonly TraceCheckCode[] = ['asked', 'own_rule', 'approved', 'two_persons', 'fan_out'];

/**
 * What does not match in a transaction whose time is over: a release without `sent` or `delivered`, a hop that is missing, extra,
 * late, reordered or contradicted, each with the party that owes it. Empty where the whole way is proven.
 */
export function unmatchedIn(report: Pick<TraceReport, 'checks'>, side: ReconciledSide): Unmatched[] {
  return report.checks.flatMap((check) => (isSeenFrom(side, check) ? unmatched(check) : []));
}

function isSeenFrom(side: ReconciledSide, { code }: TraceCheck): boolean {
  return side === 'asked' || !OF_THE_ASK.includes(code);
}

function unmatched({ code, state, party, request, text }: TraceCheck): Unmatched[] {
  if (state === 'holds') return [];
  return [{ code, state: state === 'pending' ? 'late' : state, party, request, text }];
}
