import { createHash } from 'node:crypto';

/** Bytes of every hash in the tree: SHA-256. */
export const HASH_BYTES = 32;

// Leaves and nodes are hashed under different first bytes, so that a node can never be shown as a leaf (RFC 6962 §2.1).
const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/** `SHA-256(0x00 || entry)`. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return digest(LEAF_PREFIX, entry);
}

/** `SHA-256(0x01 || left || right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return digest(NODE_PREFIX, left, right);
}

/** The root of a tree without entries: `SHA-256("")`. */
export function emptyRoot(): Uint8Array {
  return digest();
}

export function equalHashes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
