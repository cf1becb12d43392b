/** Codes of OpenID Federation 1.0, "Generic Error Response", as far as this authority uses them. */
export type FederationErrorCode = 'invalid_request' | 'invalid_subject' | 'not_found' | 'unsupported_parameter';

const STATUS: Readonly<Record<FederationErrorCode, number>> = {
  invalid_request: 400,
  invalid_subject: 400,
  not_found: 404,
  unsupported_parameter: 400,
};

/** A request that a federation endpoint refuses. `message` is public and never repeats what was asked for. */
export class FederationError extends Error {
  override readonly name = 'FederationError';
  readonly status: number;

  constructor(
    readonly code: FederationErrorCode,
    message: string,
  ) {
    super(message);
    this.status = STATUS[code];
  }
}
