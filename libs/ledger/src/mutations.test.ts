import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { decodeBundle, encodeBundle } from './entry-bundle.js';
import { EMPTY_TREE, growTree, rootOfTree, tileBytes } from './growing-tree.js';
import { LedgerError } from './ledger-error.js';
import { noteKeyFromSeed } from './note-key.js';
import { consistencyProof, hashRange, inclusionProof, nodesOver } from './prove.js';
import { signNote } from './signed-note.js';
import { equalHashes, leafHash } from './tree-hash.js';
import { verifyConsistency, verifyInclusion } from './verify-proof.js';

/** One full tile and one that is not, and one above both. */
const SIZE = 300;
const BEFORE = 171;
const INDEX = 77;
const entries = Array.from({ length: SIZE }, (_, i) => new Uint8Array(Buffer.from(`entry ${i}`)));
const read = nodesOver(entries.map(leafHash));
const root = hashRange({ begin: 0, end: SIZE }, read);
const log = noteKeyFromSeed('log.example', 'note', new Uint8Array(32).fill(1));
const witness = noteKeyFromSeed('witness.example', 'cosignature', new Uint8Array(32).fill(2));

/** Every byte changed once, each in another bit than the one before. */
function* mutationsOf(bytes: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    yield [at, changed];
  }
}

/** Bytes at which a change went unnoticed. */
function unnoticed(bytes: Uint8Array, verify: (changed: Uint8Array) => void): number[] {
  verify(bytes);
  return [...mutationsOf(bytes)].flatMap(([at, changed]) => {
    try {
      verify(changed);
      return [at];
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return [];
    }
  });
}

function requireRoot(made: Uint8Array): void {
  if (!equalHashes(made, root)) throw new LedgerError('inclusion_invalid', 'another tree');
}

const hashesIn = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(i * 32, i * 32 + 32));
const joined = (hashes: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(hashes));

describe('every byte changed once fails verification every time', () => {
  it('B06 B09: of an entry bundle, held against the root that was signed', () => {
    const [first, last] = [entries.slice(0, 256), entries.slice(256)];
    const before = growTree(EMPTY_TREE, first.map(leafHash)).tree;
    const rootWith = (bundle: Uint8Array) => {
      requireRoot(rootOfTree(growTree(before, decodeBundle(bundle).map(leafHash)).tree));
    };
    expect(unnoticed(encodeBundle(last), rootWith)).toEqual([]);
  });

  it('B06 B09: of a tile that is not full, held against the root that was signed', () => {
    const tile = joined(entries.slice(256).map(leafHash));
    const above = hashRange({ begin: 0, end: 256 }, read);
    const rootOver = (bytes: Uint8Array) => {
      const rows = hashesIn(bytes);
      const right = hashRange({ begin: 0, end: rows.length }, nodesOver(rows));
      // The root over a full tile and the rest (RFC 6962 §2.1): 256 is the largest power of two below the size.
      requireRoot(hashRange({ begin: 0, end: 2 }, nodesOver([above, right])));
    };
    expect(unnoticed(tile, rootOver)).toEqual([]);
  });

  it('B06 B09: of a full tile, each hash held against the one of the tile above by its way up', () => {
    const [full] = growTree(EMPTY_TREE, entries.map(leafHash)).filled;
    const tile = full === undefined ? new Uint8Array() : tileBytes(full.rows);
    expect(tile).toHaveLength(256 * 32);
    const rows = hashesIn(tile);
    const inTile = nodesOver(rows);
    const above = hashRange({ begin: 0, end: 256 }, read);
    const wayUp = rows.map((_, index) => inclusionProof(index, 256, inTile));
    for (const [index, hash] of rows.entries()) {
      const proof = wayUp[index] ?? [];
      const verify = (leaf: Uint8Array) => verifyInclusion({ index, size: 256, leaf, proof, root: above });
      expect(unnoticed(hash, verify)).toEqual([]);
    }
  });

  it('B06: of a checkpoint with its cosignature, where both keys have to stand under it', () => {
    const text = formatCheckpoint({ origin: log.name, size: SIZE, root });
    const note = signNote(text, [log]) + cosign(text, witness, 1_795_305_600);
    const open = (bytes: Uint8Array) => {
      const opened = openCheckpoint(Buffer.from(bytes).toString('utf8'), log.vkey, [witness.vkey]);
      // Whose line cannot be read any more has not cosigned.
      if (opened.cosignatures.length === 0) throw new LedgerError('quorum_missing', 'nobody cosigned');
    };
    expect(unnoticed(Buffer.from(note), open)).toEqual([]);
  });

  it('B06: of an inclusion proof, its leaf and its root', () => {
    const parts = joined([leafHash(entries[INDEX] ?? new Uint8Array()), root, ...inclusionProof(INDEX, SIZE, read)]);
    const verify = (bytes: Uint8Array) => {
      const [leaf = new Uint8Array(), made = new Uint8Array(), ...proof] = hashesIn(bytes);
      verifyInclusion({ index: INDEX, size: SIZE, leaf, root: made, proof });
    };
    expect(unnoticed(parts, verify)).toEqual([]);
  });

  it('B06: of a consistency proof and both its roots, between any two kinds of sizes', () => {
    for (const from of [1, 64, BEFORE, 255, 256, SIZE - 1]) {
      const fromRoot = hashRange({ begin: 0, end: from }, read);
      const parts = joined([fromRoot, root, ...consistencyProof(from, SIZE, read)]);
      const verify = (bytes: Uint8Array) => {
        const [before = new Uint8Array(), after = new Uint8Array(), ...proof] = hashesIn(bytes);
        verifyConsistency({ from, to: SIZE, fromRoot: before, toRoot: after, proof });
      };
      expect(unnoticed(parts, verify)).toEqual([]);
    }
  });
});
