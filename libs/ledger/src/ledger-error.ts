/** Every way a proof, a note or a ledger can fail. Formats first, then evidence, then the running ledger. */
export type LedgerErrorCode =
  | 'malformed_base64'
  | 'malformed_bundle'
  | 'malformed_checkpoint'
  | 'malformed_commitment'
  | 'malformed_key'
  | 'malformed_note'
  | 'malformed_path'
  | 'malformed_policy'
  | 'malformed_proof'
  | 'malformed_submission'
  | 'malformed_tree'
  | 'note_unsigned'
  | 'note_signature_invalid'
  | 'checkpoint_invalid'
  | 'log_unknown'
  | 'quorum_missing'
  | 'inclusion_invalid'
  | 'consistency_invalid'
  | 'receipt_signature_invalid'
  | 'receipt_malformed'
  | 'receipt_of_other_ledger'
  | 'receipt_of_other_kind'
  | 'opening_differs'
  | 'opening_erased'
  | 'field_differs'
  | 'tile_missing'
  | 'tile_differs'
  | 'stale'
  | 'other_size'
  | 'first_contact_unwitnessed'
  | 'split_view'
  | 'not_accepted'
  | 'cosignature_refused'
  | 'receipt_conflict'
  | 'receipt_unknown'
  | 'range_refused'
  | 'not_running'
  | 'unconfirmed'
  | 'not_durable_in_time'
  | 'database_unsafe'
  | 'database_doubtful'
  | 'side_record_unreadable'
  | 'history_rewritten';

/**
 * A failure with the evidence for it: both notes of a split view, the index of a changed entry. The message is public and
 * holds no plate, name or key.
 */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(
    readonly code: LedgerErrorCode,
    message: string,
    readonly evidence: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
