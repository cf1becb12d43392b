import { calculateJwkThumbprint, importJWK, type CryptoKey, type JWK } from 'jose';
import { decodeBase64url } from './base64url.js';
import { ProtocolError, keyRefused } from './errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.js';

export type SignatureAlgorithm = 'Ed25519' | 'EdDSA' | 'ES256';
export type KeyUse = 'sig' | 'enc';

export interface PublicKey {
  readonly kid: string;
  readonly use: KeyUse;
  /** For `sig`, the only algorithm this key may be used with; for `enc`, `ECDH-ES`. */
  readonly alg: SignatureAlgorithm | 'ECDH-ES';
  readonly key: CryptoKey;
  readonly jwk: JsonObject;
}

/** Enrolled public keys by `kid`: an exact match in a Map, never a path, a query or an object member (J03). */
export type KeySet = ReadonlyMap<string, PublicKey>;

export interface SigningKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JsonObject;
}

export interface DecryptionKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JsonObject;
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_KEYS = 16;

/**
 * Reads the enrolled keys of one party for one use. Refused: private members, unknown types, wrong or missing `use`, a
 * `kid` that is not the RFC 7638 thumbprint, two keys of one kid, points of small order (J13, J14).
 *
 * @throws ProtocolError `key_refused`
 */
export async function keySetFrom(jwks: JsonValue | undefined, use: KeyUse): Promise<KeySet> {
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw keyRefused('not a set of 1 to 16 keys');
  const set = new Map<string, PublicKey>();
  const seen = new Set<string>();
  for (const jwk of keys) {
    const key = await publicKeyFrom(jwk);
    if (seen.has(key.kid)) throw keyRefused('two keys of one kid');
    seen.add(key.kid);
    if (key.use === use) set.set(key.kid, key);
  }
  return set;
}

export async function publicKeyFrom(jwk: JsonValue): Promise<PublicKey> {
  if (!isJsonObject(jwk)) throw keyRefused('not an object');
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) throw keyRefused('private part published');
  const alg = algorithmOf(jwk);
  refuseSmallOrder(jwk);
  if (alg === 'ES256') for (const coordinate of ['x', 'y']) coordinateOf(jwk, coordinate);
  const kid = await calculateJwkThumbprint(jwk as JWK, 'sha256').catch((cause: unknown) => {
    throw keyRefused('thumbprint', cause);
  });
  if (jwk['kid'] !== kid) throw keyRefused('kid is not the thumbprint of the key');
  const use = alg === 'ECDH-ES' ? 'enc' : 'sig';
  if (jwk['use'] !== use) throw keyRefused('use does not fit the key');
  return { kid, use, alg, key: await importCryptoKey(jwk, alg), jwk };
}

export async function importSigningKey(jwk: JsonValue): Promise<SigningKey> {
  const { publicJwk, alg, kid } = await splitPrivateJwk(jwk);
  if (alg === 'ECDH-ES') throw keyRefused('an encryption key cannot sign');
  const key = await importCryptoKey(jwk as JsonObject, alg);
  return { kid, alg, privateKey: key, publicJwk };
}

export async function importDecryptionKey(jwk: JsonValue): Promise<DecryptionKey> {
  const { publicJwk, alg, kid } = await splitPrivateJwk(jwk);
  if (alg !== 'ECDH-ES') throw keyRefused('a signing key cannot decrypt');
  const key = await importCryptoKey(jwk as JsonObject, alg);
  return { kid, privateKey: key, publicJwk };
}

async function splitPrivateJwk(jwk: JsonValue): Promise<{ publicJwk: JsonObject; alg: PublicKey['alg']; kid: string }> {
  if (!isJsonObject(jwk) || typeof jwk['d'] !== 'string') throw keyRefused('not a private key');
  const publicJwk = Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== 'd'));
  const { alg, kid } = await publicKeyFrom(publicJwk);
  return { publicJwk, alg, kid };
}

async function importCryptoKey(jwk: JsonObject, alg: PublicKey['alg']): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk as JWK, alg);
    if (key instanceof Uint8Array) throw keyRefused('symmetric key');
    return key;
  } catch (cause) {
    throw cause instanceof ProtocolError ? cause : keyRefused('import', cause);
  }
}

/** The algorithm belongs to the enrolled key, never to the message (J02). */
function algorithmOf(jwk: JsonObject): PublicKey['alg'] {
  const alg = jwk['alg'];
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519' && (alg === 'Ed25519' || alg === 'EdDSA')) return alg;
  if (jwk['kty'] === 'OKP' && jwk['crv'] === 'X25519' && alg === 'ECDH-ES') return alg;
  if (jwk['kty'] === 'EC' && jwk['crv'] === 'P-256' && alg === 'ES256') return alg;
  throw keyRefused('type, curve and algorithm do not fit together');
}

// The y (Ed25519) and u (X25519) of every point of small order, also in the encodings above the prime, sign bit cleared.
// With such a key a signature made without any private key verifies, and an agreed secret is known to everyone.
const SMALL_ORDER = {
  Ed25519: [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ],
  X25519: [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ],
} as const;

export function refuseSmallOrder(jwk: JsonObject): void {
  const curve = jwk['crv'];
  if (curve !== 'Ed25519' && curve !== 'X25519') return;
  const point = coordinateOf(jwk, 'x');
  point.writeUInt8(point.readUInt8(31) & 0x7f, 31);
  if ((SMALL_ORDER[curve] as readonly string[]).includes(point.toString('hex')))
    throw keyRefused('point of small order');
}

/** One spelling only: a key spelled twice would have two thumbprints, and so pass as two keys. */
function coordinateOf(jwk: JsonObject, member: string): Buffer {
  const text = jwk[member];
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(text)) throw keyRefused(`${member} is not 32 bytes`);
  try {
    return Buffer.from(decodeBase64url(text));
  } catch (cause) {
    throw keyRefused(`${member} is not canonical base64url`, cause);
  }
}
