/** Codes of OpenID Federation 1.0, "Error Responses", as far as this authority uses them. */
export type FederationErrorCode =
  | 'invalid_request'
  | 'invalid_issuer'
  | 'invalid_subject'
  | 'invalid_trust_anchor'
  | 'invalid_trust_chain'
  | 'invalid_metadata'
  | 'not_found'
  | 'temporarily_unavailable'
  | 'unsupported_parameter';

const STATUS: Readonly<Record<FederationErrorCode, number>> = {
  invalid_request: 400,
  invalid_issuer: 404,
  invalid_subject: 404,
  invalid_trust_anchor: 404,
  invalid_trust_chain: 400,
  invalid_metadata: 400,
  not_found: 404,
  temporarily_unavailable: 503,
  unsupported_parameter: 400,
};

/** A request that a federation endpoint refuses. `message` is public and never repeats what was asked for. */
export class FederationError extends Error {
  override readonly name = 'FederationError';

  constructor(
    readonly code: FederationErrorCode,
    message: string,
    /** Where the cause is grammar, 400 whatever the code. */
    readonly status: number = STATUS[code],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
