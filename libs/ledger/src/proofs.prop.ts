import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_RANGE, appendLeaf, decodeEdge, encodeEdge, rootOf } from './compact-range.js';
import {
  EMPTY_TREE,
  edgeOf,
  growTree,
  nodesOfTree,
  rootOfTree,
  treeFromBorder,
  type TileRows,
} from './growing-tree.js';
import { LedgerError } from './ledger-error.js';
import { consistencyProof, hashRange, inclusionProof, nodesOver } from './prove.js';
import { TILE_WIDTH } from './tiles.js';
import { leafHash, nodeHash } from './tree-hash.js';
import { verifyConsistency, verifyInclusion } from './verify-proof.js';

const LARGEST = 200;
const leaves = Array.from({ length: LARGEST }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
const read = nodesOver(leaves);
const roots = Array.from({ length: LARGEST + 1 }, (_, size) => hashRange({ begin: 0, end: size }, read));
const rootOfSize = (size: number) => roots[size] ?? new Uint8Array();
const leafAt = (index: number) => leaves[index] ?? new Uint8Array();

/** MTH of RFC 6962 §2.1 as it is written there, to compare with. */
function merkleTreeHash(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(merkleTreeHash(hashes.slice(0, split)), merkleTreeHash(hashes.slice(split)));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = bit % (bytes.length * 8);
  copy.set([(copy[at >> 3] ?? 0) ^ (1 << (at & 7))], at >> 3);
  return copy;
}

const sizes = fc.integer({ min: 1, max: LARGEST });
const places = sizes.chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));
const growths = sizes.chain((to) => fc.record({ to: fc.constant(to), from: fc.integer({ min: 1, max: to }) }));

describe('a tree', () => {
  it('has the root that RFC 6962 defines, at every size', () => {
    let range = EMPTY_RANGE;
    for (let size = 1; size <= LARGEST; size += 1) {
      range = appendLeaf(range, leafAt(size - 1));
      const expected = merkleTreeHash(leaves.slice(0, size));
      expect(rootOfSize(size)).toEqual(expected);
      expect(rootOf(range)).toEqual(expected);
      expect(rootOf(decodeEdge(size, encodeEdge(range)))).toEqual(expected);
    }
  });

  it('grown in any batches has the same tiles, edge, nodes and root', () => {
    const many = Array.from({ length: 700 }, (_, i) => leafHash(Buffer.from(String(i))));
    const whole = nodesOver(many);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }), (batches) => {
        let tree = EMPTY_TREE;
        const tiles = new Map<string, TileRows>();
        for (const batch of batches) {
          const grown = growTree(tree, many.slice(tree.size, tree.size + batch));
          tree = grown.tree;
          for (const tile of grown.filled) tiles.set(`${tile.level}/${tile.index}`, tile.rows);
        }
        expect(rootOfTree(tree)).toEqual(hashRange({ begin: 0, end: tree.size }, whole));
        expect(tiles.size).toBe(Math.floor(tree.size / TILE_WIDTH));
        const nodes = nodesOfTree(tree, (level, index) => tiles.get(`${level}/${index}`));
        for (const index of [0, tree.size - 1, Math.floor(tree.size / 2)]) {
          expect(inclusionProof(index, tree.size, nodes)).toEqual(inclusionProof(index, tree.size, whole));
        }
        const border = tree.border.map((rows) => [...(rows[0] ?? [])]);
        expect(edgeOf(treeFromBorder(tree.size, border))).toEqual(edgeOf(tree));
      }),
      { numRuns: 60 },
    );
  });
});

describe('an inclusion proof', () => {
  it('verifies for every index of every size up to 200', () => {
    for (let size = 1; size <= LARGEST; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, read);
        verifyInclusion({ index, size, leaf: leafAt(index), proof, root: rootOfSize(size) });
      }
    }
  });

  it('fails with any bit of leaf, root or proof flipped (B06)', () => {
    fc.assert(
      fc.property(places, fc.nat(), fc.nat(), ({ size, index }, part, bit) => {
        const parts = [leafAt(index), rootOfSize(size), ...inclusionProof(index, size, read)];
        const forged = parts.map((bytes, i) => (i === part % parts.length ? flipped(bytes, bit) : bytes));
        const [leaf = new Uint8Array(), root = new Uint8Array(), ...proof] = forged;
        expect(() => verifyInclusion({ index, size, leaf, proof, root })).toThrow(LedgerError);
      }),
    );
  });

  it('fails at any other index and with hashes left out, added or swapped (B06)', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 400 }), fc.nat(), ({ size, index }, other, at) => {
        const proof = inclusionProof(index, size, read);
        const good = { index, size, leaf: leafAt(index), proof, root: rootOfSize(size) };
        const first = proof[0];
        const forged = [
          { ...good, index: other === index ? other + 1 : other },
          { ...good, proof: [...proof, leafAt(0)] },
          { ...good, proof: [leafAt(0), ...proof] },
          ...(proof.length > 0 ? [{ ...good, proof: proof.toSpliced(at % proof.length, 1) }] : []),
          ...(proof.length > 1 ? [{ ...good, proof: proof.toReversed() }] : []),
          ...(first ? [{ ...good, leaf: first, proof: [good.leaf, ...proof.slice(1)] }] : []),
          // A node shown as a leaf: the proof of the level above, CVE-2012-2459 in spirit.
          ...(first ? [{ ...good, leaf: nodeHash(good.leaf, first), proof: proof.slice(1) }] : []),
        ];
        for (const forgery of forged) expect(() => verifyInclusion(forgery)).toThrow(LedgerError);
      }),
    );
  });
});

describe('a consistency proof', () => {
  it('verifies between every two sizes up to 200', () => {
    for (let to = 1; to <= LARGEST; to += 1) {
      for (let from = 1; from <= to; from += 1) {
        const proof = consistencyProof(from, to, read);
        verifyConsistency({ from, to, fromRoot: rootOfSize(from), toRoot: rootOfSize(to), proof });
      }
    }
  });

  it('fails with any bit of a root or the proof flipped (B06)', () => {
    fc.assert(
      fc.property(growths, fc.nat(), fc.nat(), ({ from, to }, part, bit) => {
        const parts = [rootOfSize(from), rootOfSize(to), ...consistencyProof(from, to, read)];
        const forged = parts.map((bytes, i) => (i === part % parts.length ? flipped(bytes, bit) : bytes));
        const [fromRoot = new Uint8Array(), toRoot = new Uint8Array(), ...proof] = forged;
        expect(() => verifyConsistency({ from, to, fromRoot, toRoot, proof })).toThrow(LedgerError);
      }),
    );
  });

  it('fails with hashes left out or added, and for a tree that is not a beginning (B04, B06)', () => {
    fc.assert(
      fc.property(growths, fc.nat(), ({ from, to }, at) => {
        const proof = consistencyProof(from, to, read);
        const good = { from, to, fromRoot: rootOfSize(from), toRoot: rootOfSize(to), proof };
        const forked = hashRange(
          { begin: 0, end: from },
          nodesOver([leafHash(Buffer.from('fork')), ...leaves.slice(1)]),
        );
        const forged = [
          { ...good, proof: [...proof, leafAt(0)] },
          { ...good, fromRoot: forked },
          ...(proof.length > 0 ? [{ ...good, proof: proof.toSpliced(at % proof.length, 1) }] : []),
        ];
        for (const forgery of forged) expect(() => verifyConsistency(forgery)).toThrow(LedgerError);
      }),
    );
  });
});

describe('proofs in trees beyond 2^32 entries', () => {
  it('verify where 32-bit operators would fail', () => {
    // A perfect subtree of 2^40 equal leaves is hashed level by level; the tree is it and one leaf more.
    const leaf = leafHash(Buffer.from('same'));
    const levels = [leaf];
    for (let level = 0; level < 40; level += 1) {
      const below = levels[level] ?? leaf;
      levels.push(nodeHash(below, below));
    }
    const size = 2 ** 40 + 1;
    const same = ({ level }: { level: number }) => levels[level] ?? leaf;
    const root = hashRange({ begin: 0, end: size }, same);
    for (const index of [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 39, size - 1]) {
      const proof = inclusionProof(index, size, same);
      verifyInclusion({ index, size, leaf, proof, root });
      expect(proof.length).toBe(index === size - 1 ? 1 : 41);
    }
    const from = 2 ** 35 + 3;
    verifyConsistency({
      from,
      to: size,
      fromRoot: hashRange({ begin: 0, end: from }, same),
      toRoot: root,
      proof: consistencyProof(from, size, same),
    });
  });
});
