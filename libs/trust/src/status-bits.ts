import { Unzlib, zlibSync } from 'fflate';
import { decodeBase64url, encodeBase64url } from '#protocol';
import { TrustError } from './trust-error.js';

/** Widths that the Token Status List draft knows, in bits of an entry. Comity's own lists have two. */
export const STATUS_WIDTHS = [1, 2, 4, 8] as const;
export type StatusWidth = (typeof STATUS_WIDTHS)[number];

/** The entries of a status list, uncompressed. */
export interface StatusBits {
  readonly bits: StatusWidth;
  readonly bytes: Uint8Array;
}

/** 2^20 entries of eight bits; more is refused while it is inflated, so that a bomb costs no more than this. */
const MAX_BYTES = 1 << 20;
/** Deflate makes at most about a thousand bytes of one, so a step inflates to at most 1 MiB. */
const STEP_BYTES = 1_024;

/**
 * Entries are counted from the least significant bit of the first byte.
 *
 * @returns `undefined` where the list is too short to have the entry
 * @see draft-ietf-oauth-status-list, "Compressed Byte Array"
 */
export function statusValue({ bits, bytes }: StatusBits, index: number): number | undefined {
  if (!Number.isSafeInteger(index) || index < 0) return undefined;
  const place = index * bits;
  const byte = bytes[Math.floor(place / 8)];
  return byte === undefined ? undefined : (byte >> (place % 8)) & ((1 << bits) - 1);
}

/** `entries[i]` is the value of entry `i`. */
export function packStatuses(bits: StatusWidth, entries: Iterable<number>, size: number): StatusBits {
  const bytes = new Uint8Array(Math.ceil((size * bits) / 8));
  let place = 0;
  for (const value of entries) {
    if (!Number.isInteger(value) || value < 0 || value >= 1 << bits || place >= size * bits) {
      throw new RangeError(`a status of ${bits} bits, and no more of them than the list is long`);
    }
    const at = Math.floor(place / 8);
    bytes[at] = (bytes[at] ?? 0) | (value << (place % 8));
    place += bits;
  }
  return { bits, bytes };
}

/** `lst`: zlib, then base64url. */
export function compressStatuses({ bytes }: StatusBits): string {
  return encodeBase64url(zlibSync(bytes, { level: 9 }));
}

/** @throws TrustError `status_list_malformed` */
export function inflateStatuses(bits: StatusWidth, lst: string): StatusBits {
  try {
    return { bits, bytes: inflate(decodeBase64url(lst)) };
  } catch (cause) {
    throw cause instanceof TrustError
      ? cause
      : new TrustError('status_list_malformed', 'the list is not zlib in base64url', { cause });
  }
}

function inflate(compressed: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const stream = new Unzlib((chunk, final) => {
    length += chunk.length;
    if (length > MAX_BYTES) throw new TrustError('status_list_malformed', 'the list inflates to more than 1 MiB');
    chunks.push(chunk);
    ended = final;
  });
  for (let at = 0; at < compressed.length; at += STEP_BYTES) {
    stream.push(compressed.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= compressed.length);
  }
  if (!ended) throw new TrustError('status_list_malformed', 'the list is cut off');
  const bytes = Uint8Array.from(Buffer.concat(chunks));
  // RFC 1950 §2.2: the checksum is at the very end, and nothing comes after it. The library looks at neither.
  if (!Buffer.from(compressed.subarray(-4)).equals(adler32(bytes))) {
    throw new TrustError('status_list_malformed', 'the checksum of the list is wrong');
  }
  return bytes;
}

/** RFC 1950 §8.2, in network order. */
function adler32(bytes: Uint8Array): Buffer {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt16BE(high, 0);
  sum.writeUInt16BE(low, 2);
  return sum;
}
