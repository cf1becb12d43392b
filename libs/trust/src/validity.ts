import { CLOCK_TOLERANCE_SECONDS } from '#protocol';
import { TrustError } from './trust-error.js';

/** A federation statement or mark lives a day at most, so that a forgotten one cannot outlive its revocation by much. */
export const MAX_STATEMENT_SECONDS = 24 * 60 * 60;

export interface Validity {
  /** Milliseconds. */
  readonly issuedAt: number;
  /** Milliseconds; the first instant at which it no longer holds. */
  readonly expiresAt: number;
}

/** @throws TrustError `lifetime_too_long`, `not_yet_valid` or `expired` */
export function requireInForce(validity: Validity, now: number): void {
  requireLifetime(validity, now, MAX_STATEMENT_SECONDS);
}

/** As `requireInForce`, for a kind of token with another longest life. @throws TrustError */
export function requireLifetime(validity: Validity, now: number, maxSeconds: number): void {
  const { issuedAt, expiresAt } = validity;
  if (expiresAt <= issuedAt || expiresAt - issuedAt > maxSeconds * 1_000) {
    throw new TrustError('lifetime_too_long', `it lives from its \`iat\` on, and at most ${maxSeconds} s`);
  }
  if (issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'issued in the future');
  }
  if (now >= expiresAt) throw new TrustError('expired', 'no longer valid');
}
