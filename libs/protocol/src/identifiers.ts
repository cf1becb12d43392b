import { encodeBase64url } from './base64url.js';
import type { Randomness } from './ports.js';

/** A message identifier (`jti`): 128 random bits, 22 characters. */
export function newIdentifier(randomness: Randomness): string {
  return encodeBase64url(randomness.bytes(16));
}

/** A salt or a secret: 256 random bits, 43 characters. */
export function newSalt(randomness: Randomness): string {
  return encodeBase64url(randomness.bytes(32));
}

/** A transaction id: UUID version 4, RFC 9562 §5.4. */
export function newTransactionId(randomness: Randomness): string {
  const bytes = randomness.bytes(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x40);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
