import { compactVerify, importJWK, type JWK } from 'jose';
import { decodeBase64url } from './base64url.js';
import { ProtocolError, tokenInvalid } from './errors.js';
import { parseStrictObject, type JsonObject } from './strict-json.js';

/** What other federations sign with. None of it is accepted from anybody here: the result decides nothing. */
const ALGORITHMS = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
];
const MAX_BYTES = 128 * 1_024;

/** A compact JWS of anybody's profile, taken apart. Read, not verified. */
export interface ForeignToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/**
 * Takes a compact JWS apart without asking for this profile's header: for people who want to see why a token of another
 * federation is refused. What acts on a message uses `readToken`.
 *
 * @throws ProtocolError `token_invalid` where even JSON and base64url are not what they should be
 */
export function readForeignToken(token: string): ForeignToken {
  const parts = token.split('.');
  const [header, payload] = parts;
  if (parts.length !== 3 || !header || !payload || Buffer.byteLength(token) > MAX_BYTES) {
    throw tokenInvalid('not a compact JWS');
  }
  try {
    return {
      header: parseStrictObject(decodeBase64url(header)),
      claims: parseStrictObject(decodeBase64url(payload), { maxBytes: MAX_BYTES }),
    };
  } catch (cause) {
    throw cause instanceof ProtocolError && cause.code === 'token_invalid' ? cause : tokenInvalid('grammar', cause);
  }
}

/** Whether the signature of any federation's token holds under one of its keys. A fact to show, never a verification. */
export async function foreignSignatureHolds(token: string, jwk: JsonObject): Promise<boolean> {
  try {
    const { header } = readForeignToken(token);
    const alg = typeof header['alg'] === 'string' ? header['alg'] : '';
    const key = await importJWK(jwk as JWK, alg);
    if (key instanceof Uint8Array) return false;
    await compactVerify(token, key, { algorithms: ALGORITHMS });
    return true;
  } catch {
    // Whatever is wrong with the key or the token, this key does not vouch for it.
    return false;
  }
}
