import { createHash, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '#protocol';

/** 32 random bytes: nothing to guess, so that a plain digest of it is enough to keep. */
export function newSecret(randomness: Randomness): string {
  return Buffer.from(randomness.bytes(32)).toString('base64url');
}

export function secretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** What no secret has. */
const NOBODY = Buffer.alloc(32);

/** Compared in constant time, also where there is no such camera. */
export function isSecret(given: string | undefined, kept: Uint8Array | undefined): boolean {
  const isSame = timingSafeEqual(secretDigest(given ?? ''), kept ?? NOBODY);
  return isSame && given !== undefined && kept !== undefined;
}

/**
 * The secret of an `Authorization` field: as a bearer token (RFC 6750 §2.1), or as the password of RFC 7617 for the cameras
 * that can do no other; the user name says nothing. Never of an address, which stands in logs.
 */
export function secretOf(header: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) ([\w+/=-]{1,400})$/i.exec(header ?? '') ?? [];
  const text = scheme.toLowerCase() === 'basic' ? afterColon(Buffer.from(value, 'base64').toString('utf8')) : value;
  return /^[\w-]{43}$/.test(text) ? text : undefined;
}

function afterColon(text: string): string {
  return text.slice(text.indexOf(':') + 1);
}
