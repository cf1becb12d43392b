import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'oidc-provider';
import { isJsonObject, type JsonObject } from '#protocol';

export type IdTokenAlgorithm = 'ES256' | 'Ed25519';

export interface ProviderSigningKeys {
  /** Private keys; the first one signs. */
  readonly keys: readonly JWK[];
  readonly algorithm: IdTokenAlgorithm;
}

/** A new private JWK for the keys file. */
export async function generateProviderJwk(algorithm: IdTokenAlgorithm): Promise<JsonObject> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...(jwk as JsonObject), alg: algorithm, use: 'sig', kid: await calculateJwkThumbprint(jwk, 'sha256') };
}

/** Reads one private JWK or a set of them, all of the algorithm of the first. Throws `TypeError` with the reason. */
export function signingKeysFrom(file: JsonObject): ProviderSigningKeys {
  const entries = Array.isArray(file['keys']) ? file['keys'] : [file];
  const keys = entries.filter(isJsonObject);
  const [first] = keys;
  if (first === undefined || keys.length !== entries.length) throw new TypeError('no private key in it');
  if (!keys.every((key) => typeof key['d'] === 'string')) throw new TypeError('a private key is expected');
  const algorithms = new Set(keys.map(algorithmOf));
  const [algorithm] = algorithms;
  if (algorithm === undefined || algorithms.size !== 1) throw new TypeError('keys of one algorithm are expected');
  return { keys: keys.map((key): JWK => ({ ...key, alg: algorithm, use: 'sig' })), algorithm };
}

function algorithmOf(key: JsonObject): IdTokenAlgorithm {
  if (key['kty'] === 'EC' && key['crv'] === 'P-256') return 'ES256';
  if (key['kty'] === 'OKP' && key['crv'] === 'Ed25519') return 'Ed25519';
  throw new TypeError('a key is neither P-256 nor Ed25519');
}
