import { foldToRoot } from './compact-range.js';
import { bitLength, isCount, shiftRight, splitPoint, trailingZeros } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { emptyRoot, nodeHash } from './tree-hash.js';

/** A perfect subtree: the leaves `index * 2^level` up to, not including, `(index + 1) * 2^level`. */
export interface NodePosition {
  readonly level: number;
  readonly index: number;
}

/** The hash of a perfect subtree; all its leaves are in the tree. */
export type NodeReader = (node: NodePosition) => Uint8Array;

/** Leaves from `begin` up to, not including, `end`. */
export interface LeafRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * The subtrees whose hashes are the inclusion proof, from leaf to root: `PATH(m, D[n])` of RFC 6962 §2.1.1.
 *
 * @throws LedgerError `range_refused` where the index lies outside the tree
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new LedgerError('range_refused', 'the index lies outside the tree', { index, size });
  }
  const siblings: LeafRange[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitPoint(end - begin);
    if (index < middle) {
      siblings.push({ begin: middle, end });
      end = middle;
    } else {
      siblings.push({ begin, end: middle });
      begin = middle;
    }
  }
  return siblings.reverse();
}

/**
 * The subtrees whose hashes are the consistency proof: `PROOF(m, D[n])` of RFC 6962 §2.1.2.
 *
 * @throws LedgerError `range_refused` where `from` is 0 or greater than `to`
 */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) {
    throw new LedgerError('range_refused', 'the sizes cannot be compared', { from, to });
  }
  const ranges: LeafRange[] = [];
  let [begin, end] = [0, to];
  while (from !== end) {
    const middle = begin + splitPoint(end - begin);
    if (from <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // What is left ends exactly where the smaller tree ends. From 0 on it is that tree, whose root the verifier has.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}

/** The perfect subtrees that make up a range, from left to right. */
export function rangeNodes(range: LeafRange): NodePosition[] {
  const nodes: NodePosition[] = [];
  for (let begin = range.begin; begin < range.end;) {
    const fits = bitLength(range.end - begin) - 1;
    const level = begin === 0 ? fits : Math.min(fits, trailingZeros(begin));
    nodes.push({ level, index: shiftRight(begin, level) });
    begin += 2 ** level;
  }
  return nodes;
}

/** The Merkle tree hash of a range as proofs contain them: one that begins at a multiple of its widest subtree. */
export function hashRange(range: LeafRange, readNode: NodeReader): Uint8Array {
  const nodes = rangeNodes(range);
  return nodes.length === 0 ? emptyRoot() : foldToRoot(nodes.map(readNode));
}

/** @throws LedgerError `range_refused` */
export function inclusionProof(index: number, size: number, readNode: NodeReader): Uint8Array[] {
  return inclusionRanges(index, size).map((range) => hashRange(range, readNode));
}

/** @throws LedgerError `range_refused` */
export function consistencyProof(from: number, to: number, readNode: NodeReader): Uint8Array[] {
  return consistencyRanges(from, to).map((range) => hashRange(range, readNode));
}

/** Reads nodes from the leaf hashes themselves: for an auditor who holds every entry. Each node is hashed once. */
export function nodesOver(leaves: readonly Uint8Array[]): NodeReader {
  const rows: Uint8Array[][] = [[...leaves]];
  for (let row = rows[0] ?? []; row.length > 1;) {
    const above: Uint8Array[] = [];
    for (let i = 0; i + 1 < row.length; i += 2) {
      const [left, right] = row.slice(i, i + 2);
      if (left && right) above.push(nodeHash(left, right));
    }
    rows.push(above);
    row = above;
  }
  return ({ level, index }) => {
    const hash = rows[level]?.[index];
    if (hash === undefined) throw new LedgerError('range_refused', 'the node lies outside the tree', { level, index });
    return hash;
  };
}
