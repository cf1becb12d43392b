/** Every way a statement, a chain or a mark can be refused. Stable: tests, logs and denials name them. */
export type TrustErrorCode =
  // what a single statement can be refused for
  | 'statement_malformed'
  | 'claim_unknown'
  | 'critical_claim_unknown'
  | 'metadata_policy_unsupported'
  | 'entity_id_invalid'
  | 'entity_type_unknown'
  | 'not_yet_valid'
  | 'expired'
  | 'lifetime_too_long'
  | 'keys_refused'
  | 'key_reused'
  | 'signature_invalid'
  // what a chain can be refused for
  | 'chain_too_short'
  | 'chain_too_long'
  | 'chain_too_large'
  | 'chain_loop'
  | 'link_broken'
  | 'anchor_not_pinned'
  | 'superior_not_hinted'
  | 'superior_not_authority'
  | 'entity_type_not_stated'
  | 'entity_type_not_allowed'
  | 'path_too_long'
  | 'name_not_permitted'
  | 'reserved_metadata'
  | 'stated_facts_malformed'
  | 'protocol_keys_missing'
  | 'process_foreign'
  // what a trust mark can be refused for
  | 'mark_malformed'
  | 'mark_type_unknown'
  | 'mark_type_mismatch'
  | 'mark_subject_mismatch'
  | 'mark_issuer_unknown'
  | 'mark_issuer_not_listed'
  | 'mark_issuers_open'
  | 'mark_issuer_without_authority'
  | 'attestor_quarantined'
  // what a wish to end a quarantine can be refused for
  | 'quarantine_unknown'
  | 'same_person'
  | 'mark_delegation_missing'
  | 'mark_delegation_refused'
  // what a status, a status list or the lack of one can be refused for
  | 'status_missing'
  | 'status_malformed'
  | 'status_list_malformed'
  | 'status_list_foreign'
  | 'status_unknown'
  | 'status_stale'
  | 'status_revoked'
  | 'status_suspended'
  // what an event of an authority can be refused for
  | 'event_malformed'
  | 'event_out_of_order'
  // what a declaration, a recall, a proof of possession or an authority's signed answer can be refused for
  | 'declaration_malformed'
  | 'warrant_malformed'
  | 'recall_malformed'
  | 'possession_malformed'
  | 'possession_foreign'
  | 'response_malformed'
  | 'response_contradicts_chain'
  // what a key can be refused for by its history
  | 'history_malformed'
  | 'key_retired'
  | 'key_compromised'
  // what the directory can be refused for
  | 'entity_unknown'
  | 'entity_type_unexpected'
  | 'older_than_seen'
  | 'too_many'
  | 'answer_refused'
  | 'unreachable'
  | 'not_enrolled'
  | 'enrolment_conflict';

export interface TrustEvidence {
  /** Index in the chain: 0 is the leaf's configuration, the last is the anchor's. */
  readonly link?: number | undefined;
  /** The entity the refused statement speaks about. */
  readonly entityId?: string | undefined;
  readonly cause?: unknown;
}

/** A statement, chain or mark that was not believed. Nothing in it is a secret; entity ids and statements are public. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly link: number | undefined;
  readonly entityId: string | undefined;

  constructor(
    readonly code: TrustErrorCode,
    message: string,
    evidence: TrustEvidence = {},
  ) {
    super(message, evidence.cause === undefined ? undefined : { cause: evidence.cause });
    this.link = evidence.link;
    this.entityId = evidence.entityId;
  }

  /** The same refusal with the place in the chain, where the check itself did not know it. */
  at(link: number | undefined, entityId: string | undefined): TrustError {
    return new TrustError(this.code, this.message, {
      link: this.link ?? link,
      entityId: this.entityId ?? entityId,
      cause: this.cause,
    });
  }
}
