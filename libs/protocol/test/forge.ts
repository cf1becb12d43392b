import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { JsonObject } from '#protocol';

/** Bytes as they are, text as UTF-8, anything else as JSON: so that a header or payload can be what no library writes. */
export type Part = string | Uint8Array | object;

function partBytes(part: Part): Buffer {
  if (typeof part === 'string') return Buffer.from(part);
  return part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(JSON.stringify(part));
}

export const encodePart = (part: Part): string => partBytes(part).toString('base64url');

/** A genuine signature over any text, without the checks of the code under test. */
export function signText(text: string, jwk: JsonObject): Buffer {
  const key: KeyObject = createPrivateKey({ format: 'jwk', key: jwk });
  return jwk['kty'] === 'EC'
    ? sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
    : sign(null, Buffer.from(text), key);
}

/** A compact JWS over any header and payload, genuinely signed with `jwk`. */
export function forge(header: Part, payload: Part, jwk: JsonObject): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${signText(input, jwk).toString('base64url')}`;
}
