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
  const { issuedAt, expiresAt } = validity;
  if (expiresAt <= issuedAt || expiresAt - issuedAt > MAX_STATEMENT_SECONDS * 1_000) {
    throw new TrustError('lifetime_too_long', 'a statement lives from its `iat` on, at most a day');
  }
  if (issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'issued in the future');
  }
  if (now >= expiresAt) throw new TrustError('expired', 'no longer valid');
}
