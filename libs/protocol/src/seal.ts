import { CompactEncrypt, compactDecrypt, importJWK, type CryptoKey } from 'jose';
import { decodeBase64url } from './base64url.js';
import { ProtocolError, keyRefused } from './errors.js';
import { refuseSmallOrder, type DecryptionKey } from './keys.js';
import { isJsonObject, parseStrictObject, type JsonObject } from './strict-json.js';

/** What may be sealed: a request's sealed part and a report to their owner, an answer to the request's fresh answer key. */
export type SealKind = 'sealed-part' | 'sealed-answer' | 'duty-report';

const PROFILE = {
  'sealed-part': { typ: 'comity-sealed-part+jwe', cty: 'application/json', stepBytes: 4 * 1024 },
  'duty-report': { typ: 'comity-sealed-report+jwe', cty: 'comity-duty-report+jwt', stepBytes: 4 * 1024 },
  'sealed-answer': { typ: 'comity-sealed-answer+jwe', cty: 'comity-answer+jwt', stepBytes: 16 * 1024 },
} as const satisfies Record<SealKind, { typ: string; cty: string; stepBytes: number }>;

export interface EncryptionTarget {
  readonly kid: string;
  readonly key: CryptoKey;
}

/**
 * Encrypts `text` to one receiver: compact JWE, ECDH-ES over X25519 with A256GCM, never `zip`. The plaintext is padded
 * with NUL to a multiple of the kind's step (4 KiB a sealed part, 16 KiB an answer), so that a hit, an empty answer and a
 * refusal have the same size from outside (P17).
 */
export async function seal(kind: SealKind, text: string, target: EncryptionTarget): Promise<string> {
  const { typ, cty, stepBytes } = PROFILE[kind];
  const plain = Buffer.from(text);
  if (plain.includes(0)) throw new TypeError('text with NUL cannot be padded unambiguously');
  const padded = Buffer.alloc(Math.max(1, Math.ceil(plain.length / stepBytes)) * stepBytes);
  plain.copy(padded);
  return new CompactEncrypt(padded)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: target.kid, typ, cty })
    .encrypt(target.key);
}

/**
 * Opens what was sealed to `key`. Every failure, be it header, key, tag or padding, is the same error (J15); `detail` says
 * privately which check failed.
 *
 * @throws ProtocolError `cannot_open`
 */
export async function open(
  kind: SealKind,
  sealed: string,
  key: DecryptionKey,
  maxBytes = 1024 * 1024,
): Promise<string> {
  const { stepBytes } = PROFILE[kind];
  if (sealed.length > maxBytes) throw cannotOpen('too large');
  checkHeader(kind, grammarOf(sealed), key.kid);
  const { plaintext } = await compactDecrypt(sealed, key.privateKey, {
    keyManagementAlgorithms: ['ECDH-ES'],
    contentEncryptionAlgorithms: ['A256GCM'],
    maxDecompressedLength: 0,
  }).catch((cause: unknown) => {
    throw cannotOpen('decryption', cause);
  });
  return unpad(plaintext, stepBytes);
}

/**
 * The key that a part is sealed to, as its header says: to find the private half, or to say that there is none any more.
 *
 * @throws ProtocolError `cannot_open`
 */
export function sealedTo(sealed: string): string {
  const { kid } = grammarOf(sealed);
  if (typeof kid !== 'string') throw cannotOpen('header member kid');
  return kid;
}

function cannotOpen(detail: string, cause?: unknown): ProtocolError {
  return new ProtocolError('cannot_open', 'the sealed part could not be opened', detail, { cause });
}

/** Compact form with direct agreement, canonical base64url, lengths of A256GCM. */
function grammarOf(sealed: string): JsonObject {
  const parts = sealed.split('.');
  if (parts.length !== 5 || parts[1] !== '') throw cannotOpen('not a compact JWE with direct agreement');
  const [header, iv, tag] = [bytesOf(parts[0]), bytesOf(parts[2]), bytesOf(parts[4])];
  bytesOf(parts[3]);
  if (iv.length !== 12 || tag.length !== 16) throw cannotOpen('initialisation vector or tag length');
  try {
    return parseStrictObject(header);
  } catch (cause) {
    throw cannotOpen('grammar', cause);
  }
}

function bytesOf(part: string | undefined): Uint8Array {
  try {
    return decodeBase64url(part ?? '');
  } catch (cause) {
    throw cannotOpen('grammar', cause);
  }
}

/** Everything that names an algorithm or costs work (`zip`, `p2c`) is refused before any key is touched (J08, J09). */
function checkHeader(kind: SealKind, header: JsonObject, kid: string): void {
  if (Object.keys(header).toSorted().join() !== 'alg,cty,enc,epk,kid,typ') throw cannotOpen('header members');
  const expected = { alg: 'ECDH-ES', enc: 'A256GCM', kid, typ: PROFILE[kind].typ, cty: PROFILE[kind].cty };
  for (const [member, value] of Object.entries(expected)) {
    if (header[member] !== value) throw cannotOpen(`header member ${member}`);
  }
  const epk = header['epk'];
  if (!isJsonObject(epk) || Object.keys(epk).toSorted().join() !== 'crv,kty,x') throw cannotOpen('epk members');
  if (epk['kty'] !== 'OKP' || epk['crv'] !== 'X25519') throw cannotOpen('epk curve');
  try {
    refuseSmallOrder(epk);
  } catch (cause) {
    throw cannotOpen('epk point', cause);
  }
}

function unpad(plaintext: Uint8Array, stepBytes: number): string {
  if (plaintext.length === 0 || plaintext.length % stepBytes !== 0) throw cannotOpen('padding length');
  const end = plaintext.indexOf(0);
  const text = end < 0 ? plaintext : plaintext.subarray(0, end);
  if (plaintext.subarray(text.length).some((byte) => byte !== 0)) throw cannotOpen('padding bytes');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch (cause) {
    throw cannotOpen('not UTF-8', cause);
  }
}

/**
 * The X25519 public key `{kty, crv, x}` that a request brings for its answer, as a target to seal to.
 *
 * @throws ProtocolError `key_refused`
 */
export async function encryptionTargetFrom(jwk: JsonObject, kid: string): Promise<EncryptionTarget> {
  if (jwk['kty'] !== 'OKP' || jwk['crv'] !== 'X25519') throw keyRefused('not an X25519 key');
  refuseSmallOrder(jwk);
  const key = await importJWK(
    { kty: 'OKP', crv: 'X25519', x: typeof jwk['x'] === 'string' ? jwk['x'] : '' },
    'ECDH-ES',
  );
  if (key instanceof Uint8Array) throw keyRefused('symmetric key');
  return { kid, key };
}
