import { describe, expect, it } from 'vitest';
import { LedgerError } from './ledger-error.js';
import { consistencyProof, inclusionProof, nodesOver } from './prove.js';
import { emptyRoot, leafHash } from './tree-hash.js';
import { verifyConsistency, verifyInclusion } from './verify-proof.js';

const leaf = leafHash(Buffer.from('only'));
const failure = (code: string, message: string) => expect.objectContaining({ code, message }) as LedgerError;

describe('degenerate proofs are refused (B06)', () => {
  it('a tree of one entry proves itself with no hash, and nothing with one', () => {
    verifyInclusion({ index: 0, size: 1, leaf, proof: [], root: leaf });
    expect(() => verifyInclusion({ index: 0, size: 1, leaf, proof: [leaf], root: leaf })).toThrow(
      failure('inclusion_invalid', 'the proof has a wrong number of hashes'),
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [5, 4],
    [-1, 4],
    [0.5, 4],
    [Number.NaN, 4],
    [0, Infinity],
    [0, 2 ** 53],
  ])('index %d of a tree of %d entries', (index, size) => {
    expect(() => verifyInclusion({ index, size, leaf, proof: [], root: leaf })).toThrow(
      failure('inclusion_invalid', 'the index lies outside the tree'),
    );
  });

  it('hashes that are not 32 bytes', () => {
    expect(() =>
      verifyInclusion({ index: 0, size: 1, leaf: Uint8Array.of(), proof: [], root: Uint8Array.of() }),
    ).toThrow(failure('inclusion_invalid', 'a hash is not 32 bytes'));
  });

  it('consistency from the empty tree, which anything could follow', () => {
    expect(() => verifyConsistency({ from: 0, to: 1, fromRoot: emptyRoot(), toRoot: leaf, proof: [] })).toThrow(
      failure('consistency_invalid', 'the sizes cannot be compared'),
    );
    expect(() => consistencyProof(0, 1, nodesOver([leaf]))).toThrow(
      failure('range_refused', 'the sizes cannot be compared'),
    );
  });

  it('consistency from a larger to a smaller tree', () => {
    expect(() => verifyConsistency({ from: 2, to: 1, fromRoot: leaf, toRoot: leaf, proof: [] })).toThrow(
      failure('consistency_invalid', 'the sizes cannot be compared'),
    );
  });

  it('two roots of one size', () => {
    expect(() => verifyConsistency({ from: 1, to: 1, fromRoot: leaf, toRoot: emptyRoot(), proof: [] })).toThrow(
      failure('consistency_invalid', 'one size has two roots'),
    );
  });

  it('the proof of another log', () => {
    const ours = [leaf, leafHash(Buffer.from('ours'))];
    const theirs = [leaf, leafHash(Buffer.from('theirs'))];
    const proof = inclusionProof(0, 2, nodesOver(theirs));
    const root = nodesOver(ours)({ level: 1, index: 0 });
    expect(() => verifyInclusion({ index: 0, size: 2, leaf, proof, root })).toThrow(
      failure('inclusion_invalid', 'the proof does not lead to the root'),
    );
  });
});
