import { rootOf } from './compact-range.js';
import { shiftRight } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { rangeNodes, type NodePosition, type NodeReader } from './prove.js';
import { TILE_HEIGHT, TILE_WIDTH, tilesAt } from './tiles.js';
import { HASH_BYTES, nodeHash } from './tree-hash.js';

/** All nodes inside one tile: row 0 its hashes, row r the nodes over 2^r of them, row 8 its root once it is full. */
export type TileRows = readonly (readonly Uint8Array[])[];

/**
 * A tree that grows at its right border: of each tile level the one tile that is not yet full. Together with the full tiles,
 * which never change, it answers for every node of the tree and of every smaller tree.
 */
export interface GrowingTree {
  readonly size: number;
  readonly border: readonly TileRows[];
}

export interface FullTile {
  readonly level: number;
  readonly index: number;
  readonly rows: TileRows;
}

export const EMPTY_TREE: GrowingTree = { size: 0, border: [] };

/** The tree with `leaves` appended, and the tiles that they filled, from small to large. The given tree is not changed. */
export function growTree(tree: GrowingTree, leaves: readonly Uint8Array[]): { tree: GrowingTree; filled: FullTile[] } {
  const border = tree.border.map((rows) => rows.map((row) => [...row]));
  const filled: FullTile[] = [];
  leaves.forEach((leaf, i) => {
    let carried: Uint8Array | undefined = leaf;
    for (let level = 0; carried !== undefined; level += 1) {
      const rows: Uint8Array[][] = border[level] ?? emptyRows();
      carried = pushHash(rows, carried);
      border[level] = carried === undefined ? rows : emptyRows();
      const index = shiftRight(tree.size + i, TILE_HEIGHT * (level + 1));
      if (carried !== undefined) filled.push({ level, index, rows });
    }
  });
  return { tree: { size: tree.size + leaves.length, border }, filled };
}

/** Adds a hash to a tile and every node it completes; the tile's root where the tile is now full. */
function pushHash(rows: Uint8Array[][], hash: Uint8Array): Uint8Array | undefined {
  let merged = hash;
  for (const [r, row] of rows.entries()) {
    row.push(merged);
    const left = row.at(-2);
    if (row.length % 2 === 1 || left === undefined) return r === TILE_HEIGHT ? merged : undefined;
    merged = nodeHash(left, merged);
  }
  return undefined;
}

function emptyRows(): Uint8Array[][] {
  return Array.from({ length: TILE_HEIGHT + 1 }, () => []);
}

/** Every node of a tile from its bytes: up to 256 hashes of 32 bytes. */
export function readTile(data: Uint8Array): TileRows {
  if (data.length % HASH_BYTES !== 0 || data.length > TILE_WIDTH * HASH_BYTES) {
    throw new LedgerError('malformed_tree', 'a tile is not a row of hashes');
  }
  const rows = emptyRows();
  for (let at = 0; at < data.length; at += HASH_BYTES) pushHash(rows, data.slice(at, at + HASH_BYTES));
  return rows;
}

/** The bytes of a tile as stored and served. */
export function tileBytes(rows: TileRows): Uint8Array {
  return new Uint8Array(Buffer.concat(rows[0] ?? []));
}

/** The root of a full tile, which is a hash in a tile of the next level. */
export function tileRoot(rows: TileRows): Uint8Array {
  const root = rows[TILE_HEIGHT]?.[0];
  if (root === undefined) throw new LedgerError('malformed_tree', 'the tile is not full');
  return root;
}

/** A tree from the hashes in its tiles that are not full: for level 0 the last leaves, above them roots of full tiles. */
export function treeFromBorder(size: number, hashes: readonly (readonly Uint8Array[])[]): GrowingTree {
  if (tilesAt(hashes.length, size).full + tilesAt(hashes.length, size).partialWidth > 0) {
    throw new LedgerError('malformed_tree', 'the border is too low for the size', { size });
  }
  hashes.forEach((level, i) => {
    if (level.length !== tilesAt(i, size).partialWidth) {
      throw new LedgerError('malformed_tree', 'the border does not fit the size', { size, level: i });
    }
  });
  return { size, border: hashes.map((level) => readTile(new Uint8Array(Buffer.concat(level)))) };
}

/** The tile that a node lies in, and where in it. */
export function placeOf(node: NodePosition): { level: number; index: number; row: number; position: number } {
  const row = node.level % TILE_HEIGHT;
  const width = 2 ** (TILE_HEIGHT - row);
  return {
    level: (node.level - row) / TILE_HEIGHT,
    index: Math.floor(node.index / width),
    row,
    position: node.index % width,
  };
}

/** Reads nodes of `tree`; `fullTile` gives the tiles left of its border. */
export function nodesOfTree(
  tree: GrowingTree,
  fullTile: (level: number, index: number) => TileRows | undefined,
): NodeReader {
  return (node) => {
    const { level, index, row, position } = placeOf(node);
    const rows = index < tilesAt(level, tree.size).full ? fullTile(level, index) : tree.border[level];
    const hash = rows?.[row]?.[position];
    if (hash === undefined) throw new LedgerError('range_refused', 'the node lies outside the tree', { ...node });
    return hash;
  };
}

/** The perfect subtrees of the whole tree, left to right: all of them lie in the border. */
export function edgeOf(tree: GrowingTree): Uint8Array[] {
  return rangeNodes({ begin: 0, end: tree.size }).map(nodesOfTree(tree, () => undefined));
}

export function rootOfTree(tree: GrowingTree): Uint8Array {
  return rootOf({ size: tree.size, edge: edgeOf(tree) });
}
