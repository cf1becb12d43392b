import type { DataSource } from 'typeorm';
import {
  HASH_BYTES,
  LedgerError,
  TILE_WIDTH,
  consistencyRanges,
  edgeOf,
  encodeEdge,
  equalHashes,
  growTree,
  hashRange,
  inclusionRanges,
  leafHash,
  nodesOfTree,
  openCheckpoint,
  rangeNodes,
  rootOfTree,
  tileBytes,
  tileRoot,
  tilesAt,
  treeFromBorder,
  type GrowingTree,
  type LeafRange,
} from '../src/index.js';
import type { LogHead, PreparedBatch } from './batch.js';
import { readEntries, readState, type LogState } from './log-store.js';
import { TileCache } from './tile-cache.js';

/** Up to so many entries another writer's growth is followed entry by entry; beyond, the border is read anew. */
const FOLLOW_ENTRIES = 4096;

/**
 * The log as this process knows it: the head in memory, checked against the database whenever it is read, and proofs from
 * it. Every tree that it held is a beginning of the next; a database that says otherwise is refused.
 */
export class LogView {
  readonly #tiles: TileCache;
  #head: LogHead | undefined;
  #reading: Promise<LogHead> | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly origin: string,
    private readonly vkey: string,
  ) {
    this.#tiles = new TileCache(database);
  }

  /** The head as last seen, or read now. */
  async head(): Promise<LogHead> {
    return this.#head ?? this.refresh();
  }

  /** The head of a log that has at least `size` entries. */
  async headOf(size: number): Promise<LogHead> {
    let head = await this.head();
    // Twice, because the first may join a reading that began before the log grew.
    for (let reading = 0; reading < 2 && head.size < size; reading += 1) head = await this.refresh();
    return head;
  }

  /**
   * Reads the state of the log again.
   *
   * @throws LedgerError `database_doubtful` where the parts do not fit together (B09), `history_rewritten` where the log is
   * not a continuation of what this process has seen (B10)
   */
  async refresh(): Promise<LogHead> {
    this.#reading ??= this.#readHead().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** The state as stored, of which nothing is checked but that the log's own key signed it. */
  async signedState(): Promise<LogState> {
    const state = await readState(this.database);
    if (state === undefined) throw new LedgerError('database_doubtful', 'the state of the log is missing');
    if (state.origin !== this.origin) {
      throw new LedgerError('database_doubtful', 'the log has another origin', { origin: state.origin });
    }
    this.#checkSigned(state);
    return state;
  }

  /** The head after a commit of this process. */
  adopt(batch: PreparedBatch): void {
    for (const tile of batch.filled) this.#tiles.add(tile);
    if (batch.after.size > (this.#head?.size ?? 0)) this.#head = batch.after;
  }

  /** From leaf to root, in the tree of `size` entries. */
  async inclusion(index: number, size: number): Promise<Uint8Array[]> {
    return this.#hashes((await this.headOf(size)).tree, inclusionRanges(index, size), size);
  }

  async consistency(from: number, to: number): Promise<Uint8Array[]> {
    return this.#hashes((await this.headOf(to)).tree, consistencyRanges(from, to), to);
  }

  /** The root of the tree of `size` entries, from the stored tiles. */
  async rootAt(size: number): Promise<Uint8Array> {
    const [root] = await this.#hashes((await this.headOf(size)).tree, [{ begin: 0, end: size }], size);
    if (root === undefined) throw new LedgerError('range_refused', 'the log is not that large', { size });
    return root;
  }

  /** `width` hashes of a tile (0: all 256), once the log holds them; what is given once is given for ever. */
  async tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    const wanted = width === 0 ? TILE_WIDTH : width;
    const size = (index * TILE_WIDTH + wanted) * TILE_WIDTH ** level;
    const { tree } = await this.headOf(size);
    if (!Number.isSafeInteger(size) || tree.size < size) return undefined;
    const isFull = index < tilesAt(level, tree.size).full;
    const rows = isFull ? (await this.#tiles.load(level, [index]))[0]?.rows : tree.border[level];
    return rows && tileBytes(rows).slice(0, wanted * HASH_BYTES);
  }

  async #hashes(tree: GrowingTree, ranges: readonly LeafRange[], size: number): Promise<Uint8Array[]> {
    if (size > tree.size) throw new LedgerError('range_refused', 'the log is not that large', { size });
    const tiles = await this.#tiles.tilesOf(tree, ranges.flatMap(rangeNodes));
    const read = nodesOfTree(tree, tiles);
    return ranges.map((range) => hashRange(range, read));
  }

  async #readHead(): Promise<LogHead> {
    const known = this.#head;
    const state = await this.signedState();
    if (known && isOlderThan(state, known)) {
      throw new LedgerError('history_rewritten', 'the log is not a continuation of what was signed here', {
        signed: known.checkpoint,
        found: state.checkpoint,
      });
    }
    if (known && state.size === known.size) return known;
    const tree =
      known && state.size - known.size <= FOLLOW_ENTRIES
        ? await this.#follow(known.tree, state.size)
        : await this.#readBorder(state.size);
    if (!equalHashes(rootOfTree(tree), state.root))
      throw doubtful('the entries do not have the root of the log', state);
    const edge = encodeEdge({ size: tree.size, edge: edgeOf(tree) });
    if (!equalHashes(edge, state.edge)) throw doubtful('the entries do not have the edge of the log', state);
    const { size, root, checkpoint, lastSeq, lastReceiptDigest } = state;
    const head = { size, root, checkpoint, lastSeq, lastReceiptDigest, tree };
    // A commit of this process may have moved the head on while the state was read.
    if (size >= (this.#head?.size ?? 0)) this.#head = head;
    return this.#head ?? head;
  }

  #checkSigned(state: LogState): void {
    const known = this.#head;
    // The very checkpoint that was verified, or signed, here before, over the same size and root.
    if (known?.checkpoint === state.checkpoint && known.size === state.size && equalHashes(known.root, state.root))
      return;
    try {
      const { size, root } = openCheckpoint(state.checkpoint, this.vkey, []);
      if (size === state.size && equalHashes(root, state.root)) return;
    } catch (cause) {
      throw doubtful('the checkpoint of the log is not signed by its key', state, cause);
    }
    throw doubtful('the signed checkpoint is not that of the state', state);
  }

  /** What another writer appended, entry by entry. */
  async #follow(tree: GrowingTree, size: number): Promise<GrowingTree> {
    const entries = await readEntries(this.database, tree.size, size);
    const grown = growTree(tree, entries.map(leafHash));
    for (const tile of grown.filled) this.#tiles.add(tile);
    return grown.tree;
  }

  /** The right border: the last leaves, and above them the roots of the full tiles that no full tile holds yet. */
  async #readBorder(size: number): Promise<GrowingTree> {
    const border: Uint8Array[][] = [];
    for (let level = 0; hashesAt(level, size) > 0; level += 1) {
      const end = hashesAt(level, size);
      const begin = end - tilesAt(level, size).partialWidth;
      if (level === 0) {
        border.push((await readEntries(this.database, begin, end)).map(leafHash));
      } else {
        const numbers = Array.from({ length: end - begin }, (_, i) => begin + i);
        border.push((await this.#tiles.load(level - 1, numbers)).map((tile) => tileRoot(tile.rows)));
      }
    }
    return treeFromBorder(size, border);
  }
}

function hashesAt(level: number, size: number): number {
  const { full, partialWidth } = tilesAt(level, size);
  return full * TILE_WIDTH + partialWidth;
}

function isOlderThan(state: LogState, known: LogHead): boolean {
  return state.size < known.size || (state.size === known.size && !equalHashes(state.root, known.root));
}

function doubtful(reason: string, state: LogState, cause?: unknown): LedgerError {
  return new LedgerError('database_doubtful', reason, { size: state.size }, { cause });
}
