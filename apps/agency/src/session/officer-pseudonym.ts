import { createHmac } from 'node:crypto';

/**
 * The name under which an officer appears outside the agency: stable, so that repeated searches stay visible, and linkable
 * by nobody who lacks the agency's key (law 10). base64url of HMAC-SHA-256, 43 characters. `key` is 32 bytes.
 */
export function officerPseudonym(key: Uint8Array, issuer: string, sub: string): string {
  return createHmac('sha256', key).update(`comity/officer-pseudonym/v1\n${issuer}\n${sub}`).digest('base64url');
}
