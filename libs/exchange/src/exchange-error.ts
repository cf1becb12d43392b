/** Why a message of an exchange is refused, by name. What the other side is told is decided at the HTTP edge. */
export type ExchangeErrorCode =
  | 'request_malformed'
  | 'wrong_owner'
  | 'wrong_broker'
  | 'respond_by_passed'
  | 'sealed_to_retired_key'
  | 'sealed_part_moved'
  | 'sealed_part_differs'
  | 'ask_digest_differs'
  | 'owner_not_approved'
  | 'approval_invalid'
  | 'persons_invalid'
  | 'grant_differs'
  | 'evidence_differs'
  | 'log_proof_invalid'
  | 'answer_differs'
  | 'answer_key_differs'
  | 'end_state_differs'
  | 'evidence_malformed';

/**
 * A message that is authentic in its grammar and signature but does not fit the exchange: moved, altered, swapped or not
 * logged. `party` is the entity id of who answers for it.
 */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  constructor(
    readonly code: ExchangeErrorCode,
    message: string,
    readonly party?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
