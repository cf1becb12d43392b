import { calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from 'jose';
import { isJsonObject, publicKeyFrom, type JsonObject, type JsonValue } from '#protocol';

export type IdTokenAlgorithm = 'Ed25519' | 'EdDSA' | 'ES256' | 'RS256';

/** One `providers` entry of an agency's metadata: who vouches for its officers, and by which keys. */
export interface OfficerProviderEntry {
  readonly issuer: string;
  readonly client_id: string;
  readonly jwks: { readonly keys: JsonObject[] };
  readonly acr_values: string[];
}

const MAX_KEYS = 32;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const PUBLIC_MEMBERS = ['kty', 'kid', 'use', 'alg', 'crv', 'x', 'y', 'n', 'e'];
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 8192;

/**
 * The signing keys of a provider's key set that officers' ID tokens may be verified with, public members only. Providers
 * also publish encryption keys and algorithms that are not accepted here; those are left out.
 *
 * @throws TypeError where the set is no set, holds a private key, or has one `kid` twice
 */
export function publishableKeys(jwks: JsonValue | undefined): JsonObject[] {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new TypeError('not a key set');
  const usable = keys.filter(isJsonObject).filter(isSigningKey);
  if (keys.filter(isJsonObject).some((key) => PRIVATE_MEMBERS.some((member) => member in key))) {
    throw new TypeError('the key set holds a private key');
  }
  if (new Set(usable.map((key) => key['kid'])).size !== usable.length) throw new TypeError('two keys of one kid');
  return usable.map((key) => Object.fromEntries(Object.entries(key).filter(([name]) => PUBLIC_MEMBERS.includes(name))));
}

/**
 * The key of exactly this `kid`, if it is one for `alg`; the algorithm is the key's, the token only names it (J02, J03).
 * `undefined` where there is none.
 *
 * @throws TypeError or ProtocolError where the key is too weak to trust
 */
export async function officerKey(
  jwks: JsonValue | undefined,
  kid: string,
  alg: IdTokenAlgorithm,
): Promise<CryptoKey | undefined> {
  const jwk = publishableKeys(jwks).find((key) => key['kid'] === kid);
  if (jwk === undefined || !algorithmsOf(jwk).includes(alg)) return undefined;
  return jwk['kty'] === 'RSA' ? rsaKey(jwk) : curveKey(jwk, alg);
}

function isSigningKey(jwk: JsonObject): boolean {
  return typeof jwk['kid'] === 'string' && algorithmsOf(jwk).length > 0 && (jwk['use'] ?? 'sig') === 'sig';
}

function algorithmsOf(jwk: JsonObject): readonly IdTokenAlgorithm[] {
  const possible = possibleAlgorithms(jwk);
  return jwk['alg'] === undefined || possible.some((alg) => alg === jwk['alg']) ? possible : [];
}

function possibleAlgorithms(jwk: JsonObject): readonly IdTokenAlgorithm[] {
  // `EdDSA` and `Ed25519` are two names of one signature (RFC 9864).
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519') return ['Ed25519', 'EdDSA'];
  if (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256') return ['ES256'];
  if (jwk['kty'] === 'RSA') return ['RS256'];
  return [];
}

/** A provider names its keys as it likes; #protocol, which refuses points of small order (J13), wants the thumbprint. */
async function curveKey(jwk: JsonObject, alg: IdTokenAlgorithm): Promise<CryptoKey> {
  const kid = await calculateJwkThumbprint(jwk, 'sha256');
  return (await publicKeyFrom({ ...jwk, kid, alg, use: 'sig' })).key;
}

async function rsaKey(jwk: JsonObject): Promise<CryptoKey> {
  const modulus = jwk['n'];
  const bits = typeof modulus === 'string' ? Buffer.from(modulus, 'base64url').length * 8 : 0;
  // J14: too small, too dear to check, or with an exponent for which forgeries are known.
  if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS || jwk['e'] !== 'AQAB') throw new TypeError('weak RSA key');
  const key = await importJWK(jwk as JWK, 'RS256');
  if (key instanceof Uint8Array) throw new TypeError('symmetric key');
  return key;
}
