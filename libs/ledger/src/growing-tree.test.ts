import { expect, it } from 'vitest';
import { decodeEdge } from './compact-range.js';
import {
  EMPTY_TREE,
  growTree,
  nodesOfTree,
  placeOf,
  readTile,
  tileBytes,
  tileRoot,
  treeFromBorder,
} from './growing-tree.js';
import { LedgerError } from './ledger-error.js';
import { leafHash } from './tree-hash.js';

const leaves = Array.from({ length: 300 }, (_, i) => leafHash(Buffer.from(String(i))));
const malformed = expect.objectContaining({ code: 'malformed_tree' }) as LedgerError;

it('a tile gives back its bytes, and its root once it is full', () => {
  const { filled, tree } = growTree(EMPTY_TREE, leaves);
  const [tile] = filled;
  if (!tile) throw new Error('one tile was filled');
  expect(filled.map(({ level, index }) => [level, index])).toEqual([[0, 0]]);
  expect(readTile(tileBytes(tile.rows))).toEqual(tile.rows);
  expect(tileRoot(tile.rows)).toEqual(tree.border[1]?.[0]?.[0]);
  expect(() => tileRoot(readTile(tileBytes(tile.rows).subarray(0, 64)))).toThrow(malformed);
  expect(() => readTile(new Uint8Array(33))).toThrow(malformed);
  expect(() => readTile(new Uint8Array(257 * 32))).toThrow(malformed);
});

it('growing leaves the tree before as it was', () => {
  const { tree } = growTree(EMPTY_TREE, leaves.slice(0, 7));
  const before = JSON.stringify(tree);
  growTree(tree, leaves.slice(7));
  expect(JSON.stringify(tree)).toBe(before);
});

it('a node lies in the tile of its level and eight levels below', () => {
  expect(placeOf({ level: 0, index: 300 })).toEqual({ level: 0, index: 1, row: 0, position: 44 });
  expect(placeOf({ level: 3, index: 33 })).toEqual({ level: 0, index: 1, row: 3, position: 1 });
  expect(placeOf({ level: 8, index: 1 })).toEqual({ level: 1, index: 0, row: 0, position: 1 });
});

it('a border or edge that does not fit the size is refused', () => {
  expect(() => treeFromBorder(300, [leaves.slice(256)])).toThrow(malformed);
  expect(() => treeFromBorder(300, [leaves.slice(257), leaves.slice(0, 1)])).toThrow(malformed);
  expect(() => decodeEdge(3, new Uint8Array(32))).toThrow(malformed);
  expect(() => decodeEdge(-1, new Uint8Array(32))).toThrow(malformed);
});

it('a node outside the tree is not read', () => {
  const { tree } = growTree(EMPTY_TREE, leaves.slice(0, 7));
  const read = nodesOfTree(tree, () => undefined);
  expect(() => read({ level: 0, index: 7 })).toThrow(expect.objectContaining({ code: 'range_refused' }) as LedgerError);
  expect(() => read({ level: 3, index: 0 })).toThrow(expect.objectContaining({ code: 'range_refused' }) as LedgerError);
});
