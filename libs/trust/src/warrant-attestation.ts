import { NO_AUDIENCE, signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { boundsClaims, readBounds, type ProcessBounds } from './process-bounds.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { TrustError } from './trust-error.js';

/**
 * An agency's word that it holds legal process of a court which signs nothing itself: digest of the paper, docket, judge,
 * bounds. It lives a day at most and is signed anew while the paper holds, so that there is nothing to take back.
 */
export interface UnverifiedAttestation {
  readonly token: string;
  readonly digest: string;
  /** The agency. */
  readonly issuer: string;
  readonly jti: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** base64url SHA-256 of the paper, which stays where it is. */
  readonly paper: string;
  /** By name; it is no entity of the federation. */
  readonly court: string;
  readonly bounds: ProcessBounds;
}

declare const verified: unique symbol;

/** Made only by `verifyWarrantAttestation`. */
export interface VerifiedAttestation extends UnverifiedAttestation {
  readonly [verified]: 'warrant attestation';
}

export interface WarrantAttestationContent {
  readonly issuer: string;
  readonly jti: string;
  readonly paper: string;
  readonly court: string;
  readonly bounds: ProcessBounds;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** At most a day. */
  readonly lifetimeSeconds: number;
  /** Of the agency, as it signs messages. */
  readonly key: SigningKey;
}

const GRAMMAR: Grammar = { kind: 'warrant-attestation', code: 'warrant_malformed', name: 'attestation of a warrant' };
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const MAX_COURT = 200;

/** @returns compact `comity-warrant-attestation+jwt` */
export function signWarrantAttestation(content: WarrantAttestationContent): Promise<string> {
  const { issuer, jti, paper, court, bounds, issuedAt, lifetimeSeconds, key } = content;
  const iat = secondsOf(issuedAt);
  const claims: JsonObject = {
    iss: issuer,
    jti,
    iat,
    exp: iat + lifetimeSeconds,
    paper,
    court,
    ...boundsClaims(bounds),
  };
  return signToken({ kind: 'warrant-attestation', claims, key });
}

/** Grammar only. @throws TrustError `warrant_malformed` */
export function parseWarrantAttestation(token: string): UnverifiedAttestation {
  const { read, claims } = readClaims(GRAMMAR, token);
  const attestation = {
    token,
    digest: read.digest,
    issuer: parseEntityId(claims.text('iss')).id,
    jti: claims.text('jti', IDENTIFIER),
    issuedAt: claims.instant('iat'),
    expiresAt: claims.instant('exp'),
    paper: claims.text('paper', DIGEST),
    court: claims.prose('court', MAX_COURT),
    bounds: readBounds(claims),
  };
  claims.end();
  return attestation;
}

/**
 * @param input.issuer the agency that shows it, which has to be the one that attests
 * @param input.keys of its messages
 * @param input.now milliseconds
 * @throws TrustError `warrant_malformed`, `link_broken`, `signature_invalid` (also where its day is over)
 */
export async function verifyWarrantAttestation(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedAttestation> {
  const { token, issuer, keys, now } = input;
  const attestation = parseWarrantAttestation(token);
  if (attestation.issuer !== issuer) {
    throw new TrustError('link_broken', 'the attestation of another agency', { entityId: attestation.issuer });
  }
  await requireIssuer(GRAMMAR, { token, issuer, keys, audience: NO_AUDIENCE, now, entityId: issuer });
  return attestation as VerifiedAttestation;
}
