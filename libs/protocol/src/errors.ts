/** Every way a message, a key or a body can be refused before anybody decides about its content. */
export type ProtocolErrorCode =
  | 'malformed_json'
  | 'malformed_body'
  | 'too_large'
  | 'malformed_base64url'
  | 'token_invalid'
  | 'key_refused'
  | 'cannot_open'
  | 'network_failed'
  | 'conflict'
  | 'not_found'
  | 'unavailable'
  | 'configuration';

/**
 * `message` is public: it may be sent to the other side and never holds a plate, a name or a key. `detail` is private: it
 * names the failed check for logs and tests. All failures of authenticity share one code and one message, so that an
 * attacker cannot tell them apart.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
    readonly detail?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A failure of authenticity: the public text is always the same, `detail` says privately which check failed. */
export function tokenInvalid(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError('token_invalid', 'the message could not be authenticated', detail, { cause });
}

/** A key that must not be enrolled or used; `detail` says privately why. */
export function keyRefused(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError('key_refused', 'the key is not acceptable', detail, { cause });
}
