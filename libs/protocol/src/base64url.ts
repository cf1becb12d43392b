import { ProtocolError } from './errors.js';

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/**
 * Decodes canonical base64url (RFC 4648 §5, no padding). Refuses what re-encodes differently: a signature whose unused
 * trailing bits were changed is another text for the same bytes, and would pass a replay check that compares text (J12).
 */
export function decodeBase64url(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) {
    throw new ProtocolError('malformed_base64url', 'a value is not canonical base64url');
  }
  return new Uint8Array(bytes);
}
