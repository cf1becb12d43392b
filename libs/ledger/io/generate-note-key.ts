import { type JsonObject, type Randomness } from '#protocol';
import { noteKeyFromSeed, parseVkey, type NoteKey, type NoteKeyType } from '../src/index.js';

/** A new key for a log (`note`) or a witness (`cosignature`), and the private JWK to keep of it (RFC 8037). */
export function generateNoteKey(
  name: string,
  type: NoteKeyType,
  randomness: Randomness,
): { key: NoteKey; privateJwk: JsonObject } {
  const seed = randomness.bytes(32);
  const key = noteKeyFromSeed(name, type, seed);
  const x = Buffer.from(parseVkey(key.vkey).publicBytes).toString('base64url');
  return { key, privateJwk: { kty: 'OKP', crv: 'Ed25519', d: Buffer.from(seed).toString('base64url'), x } };
}
