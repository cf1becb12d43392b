import { problem, ProblemError, type Problem } from '#protocol';

export type SessionErrorCode = 'not_signed_in' | 'role_missing' | 'redirect_uri_refused' | 'provider_unreachable';

/**
 * A refused sign-in or session. `detail` is private: it names the failed check for logs and tests. What leaves is one
 * problem a code, so that a wrong state, a forged token, a spent login and an idle session all read the same.
 */
export class SessionError extends ProblemError {
  constructor(
    readonly code: SessionErrorCode,
    readonly detail: string,
    options?: { cause?: unknown },
  ) {
    super(problemOf(code), options);
  }
}

export function notSignedIn(detail: string, cause?: unknown): SessionError {
  return new SessionError('not_signed_in', detail, { cause });
}

function problemOf(code: SessionErrorCode): Problem {
  switch (code) {
    case 'not_signed_in':
      return problem(401, 'not_signed_in', 'sign in with your agency, then try again');
    case 'role_missing':
      return problem(403, 'role_missing', 'your role does not include this');
    case 'redirect_uri_refused':
      return problem(400, 'redirect_uri_refused', 'the redirect address has to be `http://127.0.0.1:PORT/callback`');
    case 'provider_unreachable':
      return problem(503, 'provider_unreachable', 'the identity provider cannot be reached', { retryAfterSeconds: 5 });
  }
}
