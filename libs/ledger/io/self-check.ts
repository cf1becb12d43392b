import type { DataSource } from 'typeorm';
import {
  EMPTY_TREE,
  HASH_BYTES,
  LedgerError,
  TILE_WIDTH,
  equalHashes,
  growTree,
  leafHash,
  rootOfTree,
  tileBytes,
  type FullTile,
  type GrowingTree,
} from '../src/index.js';
import { readBatches, readPlaces, readTiles, type LogState } from './log-store.js';

const BATCHES_AT_ONCE = 64;

/**
 * Hashes every entry of the log again and compares entries, tiles, index and the signed root. Nothing is believed but
 * the signature over the state's size and root, which the caller has verified.
 *
 * @throws LedgerError `database_doubtful`, naming the first entry (`index`) that differs (B09)
 */
export async function checkLog(
  database: DataSource,
  state: LogState,
  onProgress: (checked: number) => void = () => undefined,
): Promise<void> {
  const check = new LogCheck(database, state);
  while (!(await check.step())) onProgress(check.checked);
}

/** The same check a piece at a time, for a node that goes through its log again and again while it works. */
export class LogCheck {
  #tree: GrowingTree = EMPTY_TREE;

  constructor(
    private readonly database: DataSource,
    private readonly state: LogState,
  ) {}

  /** Entries that were found to be as they were. */
  get checked(): number {
    return this.#tree.size;
  }

  /** Checks up to 64 batches; true when the whole log has the root that was signed. */
  async step(): Promise<boolean> {
    const { state } = this;
    if (this.#tree.size < state.size) await this.#readOn();
    if (this.#tree.size < state.size) return false;
    if (this.#tree.size !== state.size || !equalHashes(rootOfTree(this.#tree), state.root)) {
      throw doubtful('the entries do not have the root that was signed', { size: state.size });
    }
    return true;
  }

  async #readOn(): Promise<void> {
    const begin = this.#tree.size;
    const batches = await readBatches(this.database, begin, this.state.size, BATCHES_AT_ONCE);
    const leaves: Uint8Array[] = [];
    for (const { first, entries } of batches) {
      if (first !== begin + leaves.length) throw missing(begin + leaves.length);
      leaves.push(...entries.map(leafHash));
    }
    if (leaves.length === 0) throw missing(begin);
    await checkIndex(this.database, begin, leaves);
    this.#tree = await growChecked(this.database, this.#tree, leaves);
  }
}

async function growChecked(database: DataSource, tree: GrowingTree, leaves: Uint8Array[]): Promise<GrowingTree> {
  const grown = growTree(tree, leaves);
  for (const level of new Set(grown.filled.map((tile) => tile.level))) {
    const filled = grown.filled.filter((tile) => tile.level === level);
    const stored = await readTiles(
      database,
      level,
      filled.map((tile) => tile.index),
    );
    for (const tile of filled) checkTile(tile, stored.get(tile.index));
  }
  return grown.tree;
}

function checkTile(tile: FullTile, stored: Uint8Array | undefined): void {
  const first = tile.index * TILE_WIDTH ** (tile.level + 1);
  if (stored === undefined) throw doubtful('a tile of the log is missing', { index: first, level: tile.level });
  const bytes = tileBytes(tile.rows);
  if (equalHashes(bytes, stored)) return;
  const at = Math.floor(bytes.findIndex((byte, i) => byte !== stored[i]) / HASH_BYTES);
  throw doubtful('a tile does not fit the entries below it', { index: first + at * TILE_WIDTH ** tile.level });
}

/** The index says of every entry which receipt it is; an entry that nobody finds is as good as lost. */
async function checkIndex(database: DataSource, begin: number, leaves: readonly Uint8Array[]): Promise<void> {
  const receipts = await readPlaces(database, begin, begin + leaves.length);
  leaves.forEach((leaf, i) => {
    const receipt = receipts[i];
    if (receipt?.index !== begin + i) throw doubtful('an entry is missing in the index', { index: begin + i });
    if (!equalHashes(receipt.leafHash, leaf)) throw doubtful('an entry differs from its hash', { index: begin + i });
  });
}

function missing(index: number): LedgerError {
  return doubtful('an entry of the log is missing', { index });
}

function doubtful(reason: string, evidence: Record<string, unknown>): LedgerError {
  return new LedgerError('database_doubtful', reason, evidence);
}
