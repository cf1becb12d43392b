import { signToken, type JsonValue, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { federationKeysFrom } from './federation-keys.js';
import { TrustError } from './trust-error.js';

const GRAMMAR: Grammar = { kind: 'possession', code: 'possession_malformed', name: 'proof of possession' };
const NONCE = /^[A-Za-z0-9_-]{22,64}$/;
const IDENTIFIER = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * Proves to one authority that the applicant holds the private half of the key it wants to enrol. It says nothing about the
 * strength of the key: with a key of small order anybody can make such a proof (J13), which is why keys are checked first.
 *
 * @param content.authority entity id of the authority, the only one that may take it
 * @param content.nonce the authority's challenge
 * @returns compact `comity-possession+jwt`, good for 15 minutes
 */
export function signPossession(content: {
  readonly entityId: string;
  readonly authority: string;
  readonly nonce: string;
  readonly jti: string;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** The key that is to be enrolled. */
  readonly key: SigningKey;
}): Promise<string> {
  const { entityId, authority, nonce, jti, issuedAt, key } = content;
  const iat = secondsOf(issuedAt);
  const claims = { iss: entityId, aud: authority, iat, exp: iat + 15 * 60, jti, nonce };
  return signToken({ kind: 'possession', claims, key });
}

/**
 * One proof for every key that is to be enrolled: an applicant that could enrol a key it does not hold would answer for what
 * somebody else signs, or have its signatures taken for the other's (J14).
 *
 * @param input.jwks the federation keys that the applicant wants to enrol
 * @param input.proofs one for each, in any order
 * @returns the keys
 * @throws TrustError `keys_refused` (J13, J14), `possession_malformed`, `possession_foreign` (another entity's, for another
 *   authority or challenge, of another key, or one missing), `signature_invalid`
 */
export async function verifyPossession(input: {
  readonly entityId: string;
  readonly authority: string;
  readonly nonce: string;
  readonly jwks: JsonValue;
  readonly proofs: readonly string[];
  /** Milliseconds. */
  readonly now: number;
}): Promise<KeySet> {
  const { entityId, authority, nonce, jwks, proofs, now } = input;
  const keys = await federationKeysFrom(jwks);
  const proven = new Set<string>();
  for (const token of proofs) {
    const { read, claims } = readClaims(GRAMMAR, token);
    const said = [parseEntityId(claims.text('iss')).id, claims.text('aud'), claims.text('nonce', NONCE)];
    claims.text('jti', IDENTIFIER);
    claims.instant('iat');
    claims.instant('exp');
    claims.end();
    if (said.join(' ') !== [entityId, authority, nonce].join(' ')) {
      throw new TrustError('possession_foreign', 'proves it for another entity, authority or challenge', { entityId });
    }
    await requireIssuer(GRAMMAR, { token, issuer: entityId, keys, audience: authority, now, entityId });
    proven.add(read.header.kid);
  }
  if (keys.size === 0 || [...keys.keys()].some((kid) => !proven.has(kid))) {
    throw new TrustError('possession_foreign', 'a key without a proof of possession', { entityId });
  }
  return keys;
}
