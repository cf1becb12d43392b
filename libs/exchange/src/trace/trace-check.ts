/**
 * `holds`: proven. `pending`: not there yet, and may still come. `missing`: owed and not there. `broken`: two statements
 * contradict each other, or a proof fails.
 */
export type TraceCheckState = 'holds' | 'pending' | 'missing' | 'broken';

/** Stable: outside programs read them. */
export type TraceCheckCode =
  // of one ledger
  | 'ledger_answers'
  | 'chain'
  | 'checkpoint'
  | 'sequence'
  // of one receipt
  | 'receipt'
  | 'transaction'
  | 'placed'
  | 'once'
  // of the transaction
  | 'asked'
  | 'own_rule'
  | 'approved'
  | 'two_persons'
  | 'fan_out'
  | 'one_trace'
  | 'time_order'
  | 'turned_away'
  // of one request
  | 'same_parties'
  | 'decided'
  | 'grant_ended'
  | 'grant_cited'
  | 'release_logged'
  | 'sent'
  | 'delivered';

/** One thing that an auditor looks at, and what came of it. */
export interface TraceCheck {
  readonly code: TraceCheckCode;
  readonly state: TraceCheckState;
  /** Entity id of who answers for it: who signed what is wrong, or owes what is not there. */
  readonly party: string | undefined;
  /** Message digest of the request that it is about. */
  readonly request?: string;
  /** One plain sentence. */
  readonly text: string;
}

const WORST_FIRST = ['broken', 'missing', 'pending'] as const;

/** The worst of all; no check at all proves nothing. */
export function stateOf(checks: readonly TraceCheck[]): TraceCheckState {
  if (checks.length === 0) return 'missing';
  return WORST_FIRST.find((state) => checks.some((check) => check.state === state)) ?? 'holds';
}

export function check(
  code: TraceCheckCode,
  state: TraceCheckState,
  party: string | undefined,
  text: string,
  request?: string,
): TraceCheck {
  return { code, state, party, text, ...(request === undefined ? {} : { request }) };
}
