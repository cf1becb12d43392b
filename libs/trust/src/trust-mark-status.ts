import { CLOCK_TOLERANCE_SECONDS, signToken, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireArchivedIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { STATUS_MAX_AGE_SECONDS } from './status-list.js';
import { TrustError } from './trust-error.js';

/** OpenID Federation 1.0, "Trust Mark Status Response"; `suspended` is ours, as the clause allows. */
export const MARK_STATUSES = ['active', 'suspended', 'expired', 'revoked', 'invalid'] as const;
export type MarkStatus = (typeof MARK_STATUSES)[number];

const GRAMMAR: Grammar = { kind: 'trust-mark-status', code: 'response_malformed', name: 'trust mark status response' };

/** @returns compact `trust-mark-status-response+jwt`, served as `application/trust-mark-status-response+jwt` */
export function signTrustMarkStatus(content: {
  readonly issuer: string;
  /** The mark that was asked about, as it was sent. */
  readonly trustMark: string;
  readonly status: MarkStatus;
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { issuer, trustMark, status, issuedAt, key } = content;
  const claims = { iss: issuer, iat: secondsOf(issuedAt), trust_mark: trustMark, status };
  return signToken({ kind: 'trust-mark-status', claims, key });
}

/**
 * What the issuer of a mark says of it. The answer holds for 40 s, as a status list does, and for no other mark than the one
 * that was asked about, character by character.
 *
 * @throws TrustError `response_malformed`, `response_contradicts_chain`, `not_yet_valid`, `status_stale`, `signature_invalid`
 */
export async function verifyTrustMarkStatus(input: {
  readonly token: string;
  readonly trustMark: string;
  readonly issuer: string;
  readonly keys: KeySet;
  /** Milliseconds. */
  readonly now: number;
}): Promise<MarkStatus> {
  const { token, trustMark, issuer, keys, now } = input;
  const { claims } = readClaims(GRAMMAR, token);
  const issuedAt = claims.instant('iat');
  const about = claims.long('trust_mark');
  const status = claims.text('status');
  if (parseEntityId(claims.text('iss')).id !== issuer || about !== trustMark) {
    throw new TrustError('response_contradicts_chain', 'the answer of another issuer, or about another mark', {
      entityId: issuer,
    });
  }
  claims.end();
  const known = MARK_STATUSES.find((each) => each === status);
  if (!known) throw new TrustError('response_malformed', 'a status without meaning', { entityId: issuer });
  if (issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'the answer is from the future', { entityId: issuer });
  }
  if (now - issuedAt > STATUS_MAX_AGE_SECONDS * 1_000) {
    throw new TrustError('status_stale', `the answer is older than ${STATUS_MAX_AGE_SECONDS} s`, { entityId: issuer });
  }
  await requireArchivedIssuer(GRAMMAR, { token, issuer, keys, entityId: issuer });
  return known;
}
