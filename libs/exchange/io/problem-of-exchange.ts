import { LedgerError, type LedgerErrorCode } from '#ledger';
import { PolicyError } from '#policy';
import { databaseIsAway } from '#postgres/io';
import { problem, type Problem } from '#protocol';
import { TrustError } from '#trust';
import { ExchangeError, type ExchangeErrorCode } from '../src/index.js';
import { PeerRefusal } from './peer.js';

/**
 * The one table from the failures of an exchange to what the other side is told. Authenticity answers alike; evidence that
 * cannot be written is 503 with `Retry-After`, and nothing was released.
 */
export function problemOfExchange(error: unknown): Problem | undefined {
  if (databaseIsAway(error)) return away('the database is away');
  // What this node has not collected yet is its own lack, and passes; everything else about a chain is the sender's.
  if (error instanceof TrustError && error.code === 'entity_unknown') return away('the federation is not known yet');
  if (error instanceof TrustError) return problemOfTrust(error);
  if (error instanceof ExchangeError) return problemOfCode(error.code, error.message);
  if (error instanceof LedgerError) return problemOfLedger(error.code);
  if (error instanceof PolicyError)
    return problem(422, error.code, 'the rule cannot be used', { detail: clip(error.message) });
  if (error instanceof PeerRefusal) return problem(502, 'peer_refused', 'another node refused');
  return undefined;
}

/** That somebody is suspended is public, and no failure of authenticity: who is refused for it is told so (law 5). */
function problemOfTrust({ code, entityId }: TrustError): Problem {
  if (code === 'status_stale' || code === 'status_unknown') return away('the status of an enrolment is not known');
  if (code === 'status_suspended' || code === 'status_revoked') {
    const detail = entityId === undefined ? {} : { detail: `\`${entityId}\`` };
    return problem(403, code, 'an enrolment is not in force', detail);
  }
  return UNAUTHENTICATED;
}

const UNAUTHENTICATED = problem(401, 'token_invalid', 'the message could not be authenticated');

function away(detail: string): Problem {
  return problem(503, 'unavailable', 'not available at the moment', { detail, retryAfterSeconds: 2 });
}

function problemOfCode(code: ExchangeErrorCode, title: string): Problem {
  switch (code) {
    case 'request_malformed':
    case 'wrong_owner':
    case 'wrong_broker':
    case 'respond_by_passed':
    case 'sealed_to_retired_key':
    case 'sealed_part_moved':
    case 'sealed_part_differs':
    case 'ask_digest_differs':
    case 'owner_not_approved':
    case 'approval_invalid':
    case 'persons_invalid':
    case 'grant_differs':
    case 'evidence_differs':
    case 'log_proof_invalid':
    case 'answer_differs':
    case 'answer_key_differs':
    case 'end_state_differs':
    case 'evidence_malformed':
      return problem(422, code, title);
  }
}

/** What this node cannot write or no longer signs is its own matter; what another log showed is refused by name. */
function problemOfLedger(code: LedgerErrorCode): Problem {
  const shown: readonly LedgerErrorCode[] = [
    'split_view',
    'stale',
    'other_size',
    'consistency_invalid',
    'first_contact_unwitnessed',
    'checkpoint_invalid',
    'inclusion_invalid',
  ];
  if (shown.includes(code)) return problem(422, code, 'the ledger that was shown is not believed');
  if (code === 'range_refused') return problem(400, code, 'the sizes lie outside the ledger');
  return away('evidence cannot be written');
}

function clip(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 1999)}…`;
}
