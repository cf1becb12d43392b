import { differingBits, isCount, onesCount, shiftRight, trailingZeros } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { HASH_BYTES, equalHashes, nodeHash } from './tree-hash.js';

/**
 * Proves that the entry with hash `leaf` stands at `index` in the tree of `size` entries with hash `root`. `proof` runs
 * from leaf to root. The number of hashes is fixed by index and size, so that nothing can be left out or added (B06).
 *
 * @throws LedgerError `inclusion_invalid` (RFC 9162 §2.1.3.2)
 */
export function verifyInclusion(input: {
  index: number;
  size: number;
  leaf: Uint8Array;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}): void {
  const { index, size, leaf, proof, root } = input;
  const refuse = (reason: string) => new LedgerError('inclusion_invalid', reason, { index, size });
  if (!isCount(index) || !isCount(size) || index >= size) throw refuse('the index lies outside the tree');
  if (![leaf, root, ...proof].every(isHash)) throw refuse('a hash is not 32 bytes');
  const inner = differingBits(index, size - 1);
  const border = onesCount(shiftRight(index, inner));
  if (proof.length !== inner + border) throw refuse('the proof has a wrong number of hashes');
  const reached = proof.reduce(
    (hash, sibling, i) => (i < inner && bit(index, i) === 0 ? nodeHash(hash, sibling) : nodeHash(sibling, hash)),
    leaf,
  );
  if (!equalHashes(reached, root)) throw refuse('the proof does not lead to the root');
}

/**
 * Proves that the tree of `from` entries is the beginning of the tree of `to` entries. A proof from the empty tree does not
 * exist and is refused: whoever remembers nothing has nothing to compare (B06).
 *
 * @throws LedgerError `consistency_invalid` (RFC 9162 §2.1.4.2)
 */
export function verifyConsistency(input: {
  from: number;
  to: number;
  fromRoot: Uint8Array;
  toRoot: Uint8Array;
  proof: readonly Uint8Array[];
}): void {
  const { from, to, fromRoot, toRoot, proof } = input;
  const refuse = (reason: string) => new LedgerError('consistency_invalid', reason, { from, to });
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) throw refuse('the sizes cannot be compared');
  if (from === to) {
    if (proof.length !== 0) throw refuse('the proof has a wrong number of hashes');
    if (!equalHashes(fromRoot, toRoot)) throw refuse('one size has two roots');
    return;
  }
  if (![fromRoot, toRoot, ...proof].every(isHash)) throw refuse('a hash is not 32 bytes');
  const shift = trailingZeros(from);
  const fork = differingBits(from - 1, to - 1);
  const inner = fork - shift;
  const border = onesCount(shiftRight(from - 1, fork));
  // A perfect smaller tree is itself a node of the larger one: its root is the seed and is not sent.
  const [seed, path] = from === 2 ** shift ? [fromRoot, proof] : [proof[0], proof.slice(1)];
  if (seed === undefined || path.length !== inner + border) throw refuse('the proof has a wrong number of hashes');
  const index = shiftRight(from - 1, shift);
  let [smaller, larger] = [seed, seed];
  path.forEach((hash, i) => {
    if (i < inner && bit(index, i) === 0) {
      larger = nodeHash(larger, hash);
    } else {
      smaller = nodeHash(hash, smaller);
      larger = nodeHash(hash, larger);
    }
  });
  if (!equalHashes(smaller, fromRoot)) throw refuse('the proof does not lead to the smaller root');
  if (!equalHashes(larger, toRoot)) throw refuse('the proof does not lead to the larger root');
}

function bit(value: number, position: number): number {
  return shiftRight(value, position) % 2;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}
