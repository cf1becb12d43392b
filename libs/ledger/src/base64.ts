import { LedgerError } from './ledger-error.js';

/** Standard base64 with padding, RFC 4648 §4. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The one encoding of the bytes and no other: `Buffer.from` alone takes junk, the URL alphabet, missing padding and
 * stray trailing bits, so that one signature would have many texts. What it makes of a text is compared with the text.
 *
 * @throws LedgerError `malformed_base64`
 */
export function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw new LedgerError('malformed_base64', 'not canonical base64 with padding');
  }
  return new Uint8Array(bytes);
}
