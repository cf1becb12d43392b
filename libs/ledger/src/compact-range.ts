import { isCount, onesCount } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { HASH_BYTES, emptyRoot, nodeHash } from './tree-hash.js';

/**
 * What an appender must remember of a tree: the roots of its perfect subtrees from left to right, one for each one-bit of
 * `size` (at most 53 hashes).
 */
export interface CompactRange {
  readonly size: number;
  readonly edge: readonly Uint8Array[];
}

export const EMPTY_RANGE: CompactRange = { size: 0, edge: [] };

/** The range with one leaf more, in O(log n): every subtree that the leaf completes merges with its left neighbour. */
export function appendLeaf(range: CompactRange, leaf: Uint8Array): CompactRange {
  const edge = [...range.edge];
  let merged = leaf;
  for (let rest = range.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = edge.pop();
    if (left === undefined) throw new LedgerError('malformed_tree', 'the edge does not fit the size');
    merged = nodeHash(left, merged);
  }
  edge.push(merged);
  return { size: range.size + 1, edge };
}

/** The Merkle tree hash of all leaves of the range, RFC 6962 §2.1. */
export function rootOf(range: CompactRange): Uint8Array {
  return range.edge.length === 0 ? emptyRoot() : foldToRoot(range.edge);
}

/** Folds neighbouring subtrees, the smallest on the right, into the hash of what they span. */
export function foldToRoot(subtrees: readonly Uint8Array[]): Uint8Array {
  return subtrees.reduceRight((right, left) => nodeHash(left, right));
}

export function encodeEdge(range: CompactRange): Uint8Array {
  return new Uint8Array(Buffer.concat(range.edge));
}

/** @throws LedgerError `malformed_tree` where the bytes do not hold one hash for each one-bit of `size` */
export function decodeEdge(size: number, bytes: Uint8Array): CompactRange {
  if (!isCount(size) || bytes.length !== onesCount(size) * HASH_BYTES) {
    throw new LedgerError('malformed_tree', 'the edge does not fit the size', { size, bytes: bytes.length });
  }
  const edge = Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
    bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  return { size, edge };
}
