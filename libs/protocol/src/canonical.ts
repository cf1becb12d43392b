import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { encodeBase64url } from './base64url.js';
import type { JsonValue } from './strict-json.js';

/** The one text of a JSON value: JSON Canonicalization Scheme, RFC 8785. */
export function canonicalJson(value: JsonValue): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('a value that JSON cannot hold has no canonical text');
  return text;
}

export function sha256(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(data).digest());
}

/** base64url of SHA-256 over the text, 43 characters. */
export function digestOfText(text: string): string {
  return encodeBase64url(sha256(text));
}

/** base64url of SHA-256 over the canonical JSON, 43 characters. */
export function digestOf(value: JsonValue): string {
  return digestOfText(canonicalJson(value));
}

/**
 * A commitment that shows nothing of a value that can be guessed: SHA-256 over a label, a salt of 32 random bytes
 * (base64url) and the canonical value. The label keeps a commitment of one kind from being shown as another.
 */
export function saltedDigest(label: string, salt: string, value: JsonValue): string {
  return digestOfText(`${label}\n${salt}\n${canonicalJson(value)}`);
}
