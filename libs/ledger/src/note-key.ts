import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.js';
import { LedgerError } from './ledger-error.js';

/**
 * What a key may sign. The type is part of the key's id, so that a log's signature can never be taken for a cosignature
 * (https://c2sp.org/signed-note "Signature types").
 */
export type NoteKeyType = 'note' | 'cosignature';
const TYPE_BYTES: Record<NoteKeyType, number> = { note: 0x01, cosignature: 0x04 };

/** A public key that a reader of notes has been given out of band; written as a vkey. */
export interface VerificationKey {
  readonly name: string;
  /** The first four bytes of `SHA-256(name || 0x0A || type || public key)`. */
  readonly keyId: number;
  readonly type: NoteKeyType;
  readonly vkey: string;
  /** 32 bytes, Ed25519. */
  readonly publicBytes: Uint8Array;
  readonly publicKey: KeyObject;
}

/** The private half, as an owner of a ledger (`note`) or a witness (`cosignature`) holds it. */
export interface NoteKey {
  readonly name: string;
  readonly keyId: number;
  readonly type: NoteKeyType;
  readonly vkey: string;
  /** Ed25519, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** An Ed25519 key in the form that key files have (RFC 8037). */
export interface Ed25519Jwk {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly d?: unknown;
  readonly x?: unknown;
}

const VKEY = /^(?<name>[^+]+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/=]+)$/;
const ED25519_BYTES = 32;
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Keys that were read before, by their text: importing one costs more than verifying a signature with it. */
const readBefore = new Map<string, VerificationKey>();
/** A ledger key and a witness key of each of some thousand members: every checkpoint is held against the keys of all witnesses. */
const MAX_REMEMBERED = 16_384;

/**
 * Reads `name+keyid+base64(type || key)`. The key id is recomputed, and a point of small order is refused: under such a key
 * a signature verifies that nobody made (J13).
 *
 * @throws LedgerError `malformed_key`
 */
export function parseVkey(vkey: string): VerificationKey {
  const known = readBefore.get(vkey);
  if (known !== undefined) return known;
  const key = readVkey(vkey);
  const [oldest] = readBefore.keys();
  if (oldest !== undefined && readBefore.size >= MAX_REMEMBERED) readBefore.delete(oldest);
  readBefore.set(vkey, key);
  return key;
}

function readVkey(vkey: string): VerificationKey {
  const { name, id, key } = VKEY.exec(vkey)?.groups ?? {};
  if (name === undefined || id === undefined || key === undefined || !isKeyName(name)) throw refused('not a vkey');
  const [typeByte, ...point] = bytesOf(key);
  const type = typeByte === undefined ? undefined : typeOf(typeByte);
  if (type === undefined || point.length !== ED25519_BYTES) throw refused('not an Ed25519 key of a known type');
  const publicBytes = Uint8Array.from(point);
  const keyId = keyIdOf(name, type, publicBytes);
  if (hexOf(keyId) !== id) throw refused('the key id does not fit the key');
  return { name, keyId, type, vkey, publicBytes, publicKey: importPublic(publicBytes) };
}

/** @throws LedgerError `malformed_key` */
export function formatVkey(name: string, type: NoteKeyType, publicBytes: Uint8Array): string {
  if (!isKeyName(name)) throw refused('the name is empty or holds a space or a plus sign');
  importPublic(publicBytes);
  const typed = Uint8Array.of(TYPE_BYTES[type], ...publicBytes);
  return `${name}+${hexOf(keyIdOf(name, type, publicBytes))}+${encodeBase64(typed)}`;
}

/**
 * The signing key of the 32-byte `seed`, which must come from a good source of randomness and be used for nothing else.
 *
 * @throws LedgerError `malformed_key`
 */
export function noteKeyFromSeed(name: string, type: NoteKeyType, seed: Uint8Array): NoteKey {
  if (seed.length !== ED25519_BYTES) throw refused('a seed has 32 bytes');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicBytes = new Uint8Array(
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length),
  );
  const vkey = formatVkey(name, type, publicBytes);
  return {
    name,
    keyId: keyIdOf(name, type, publicBytes),
    type,
    vkey,
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** @throws LedgerError `malformed_key` where `jwk` is not a private Ed25519 key, or its halves do not belong together */
export function noteKeyFromJwk(name: string, type: NoteKeyType, jwk: Ed25519Jwk): NoteKey {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.d !== 'string')
    throw refused('not a private Ed25519 key');
  const key = noteKeyFromSeed(name, type, new Uint8Array(Buffer.from(jwk.d, 'base64url')));
  const { publicBytes } = parseVkey(key.vkey);
  if (Buffer.from(publicBytes).toString('base64url') !== jwk.x) throw refused('the halves of the key do not fit');
  return key;
}

/** Non-empty, well-formed, without Unicode white space and without `+`. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\p{White_Space}+]/u.test(name);
}

function keyIdOf(name: string, type: NoteKeyType, publicBytes: Uint8Array): number {
  const digest = createHash('sha256')
    .update(name)
    .update('\n')
    .update(Uint8Array.of(TYPE_BYTES[type]))
    .update(publicBytes);
  return digest.digest().readUInt32BE();
}

function typeOf(byte: number): NoteKeyType | undefined {
  if (byte === TYPE_BYTES.note) return 'note';
  return byte === TYPE_BYTES.cosignature ? 'cosignature' : undefined;
}

function hexOf(keyId: number): string {
  return keyId.toString(16).padStart(8, '0');
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch (cause) {
    throw refused('not canonical base64', cause);
  }
}

// The y of every Ed25519 point of small order, also in the encodings above the prime, sign bit cleared.
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

function importPublic(publicBytes: Uint8Array): KeyObject {
  if (publicBytes.length !== ED25519_BYTES) throw refused('a public key has 32 bytes');
  const y = Buffer.from(publicBytes);
  y.writeUInt8(y.readUInt8(ED25519_BYTES - 1) & 0x7f, ED25519_BYTES - 1);
  if (SMALL_ORDER.includes(y.toString('hex'))) throw refused('a point of small order');
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicBytes]), format: 'der', type: 'spki' });
  } catch (cause) {
    throw refused('not a public key', cause);
  }
}

function refused(reason: string, cause?: unknown): LedgerError {
  return new LedgerError('malformed_key', reason, {}, { cause });
}
