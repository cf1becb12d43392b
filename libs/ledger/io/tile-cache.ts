import type { DataSource } from 'typeorm';
import {
  LedgerError,
  placeOf,
  readTile,
  tilesAt,
  type FullTile,
  type GrowingTree,
  type NodePosition,
  type TileRows,
} from '../src/index.js';
import { readTiles } from './log-store.js';

/** About 60 KB each; a proof touches one tile for each 256-fold of the log's size. */
const MAX_TILES = 128;

/** Full tiles with all their nodes, the most recently used ones. A full tile never changes. */
export class TileCache {
  readonly #tiles = new Map<string, TileRows>();

  constructor(private readonly database: DataSource) {}

  add(tile: FullTile): void {
    const key = `${tile.level}/${tile.index}`;
    this.#tiles.delete(key);
    this.#tiles.set(key, tile.rows);
    const [oldest] = this.#tiles.keys();
    if (this.#tiles.size > MAX_TILES && oldest !== undefined) this.#tiles.delete(oldest);
  }

  /**
   * Loads the full tiles of `tree` that hold `nodes`, and gives them to read from.
   *
   * @throws LedgerError `database_doubtful` where a tile is missing
   */
  async tilesOf(
    tree: GrowingTree,
    nodes: readonly NodePosition[],
  ): Promise<(level: number, index: number) => TileRows | undefined> {
    const held = new Map<string, TileRows>();
    const missing = new Map<number, Set<number>>();
    for (const { level, index } of nodes.map(placeOf)) {
      if (index >= tilesAt(level, tree.size).full) continue;
      const rows = this.#tiles.get(`${level}/${index}`);
      if (rows) held.set(`${level}/${index}`, rows);
      else missing.set(level, (missing.get(level) ?? new Set()).add(index));
    }
    for (const [level, numbers] of missing) {
      for (const tile of await this.load(level, [...numbers])) held.set(`${level}/${tile.index}`, tile.rows);
    }
    return (level, index) => held.get(`${level}/${index}`);
  }

  /** Full tiles of one level, in the order asked for. */
  async load(level: number, numbers: readonly number[]): Promise<FullTile[]> {
    const stored = await readTiles(this.database, level, numbers);
    return numbers.map((index) => {
      const data = stored.get(index);
      if (data === undefined) {
        throw new LedgerError('database_doubtful', 'a tile of the log is missing', { level, tile: index });
      }
      const tile = { level, index, rows: readTile(data) };
      this.add(tile);
      return tile;
    });
  }
}
