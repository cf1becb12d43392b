import {
  EMPTY_TREE,
  LedgerError,
  TILE_WIDTH,
  equalHashes,
  growTree,
  leafHash,
  rootOfTree,
  tileBytes,
  type VerifiedCheckpoint,
} from '#ledger';
import type { AuditProblem } from './audit-ledger.js';
import type { TiledLog } from './tiled-log.js';

/**
 * Reads every bundle and every tile of every level of a log, and makes the tree of the bundles anew: each tile has to hold
 * exactly what the bundles below it make, and the root has to be the one that was signed. The first thing that differs ends it,
 * with the first entry that it concerns (B09).
 */
export async function fsckTiles(
  log: TiledLog,
  head: VerifiedCheckpoint,
  onProgress: (done: number, size: number) => void,
): Promise<AuditProblem[]> {
  try {
    let tree = EMPTY_TREE;
    while (tree.size < head.size) {
      const width = Math.min(TILE_WIDTH, head.size - tree.size) % TILE_WIDTH;
      const entries = await log.entries(tree.size / TILE_WIDTH, width);
      const grown = growTree(tree, entries.map(leafHash));
      for (const { level, index, rows } of grown.filled) await compare(log, level, index, 0, tileBytes(rows));
      tree = grown.tree;
      onProgress(tree.size, head.size);
    }
    for (const [level, rows] of tree.border.entries()) {
      const width = rows[0]?.length ?? 0;
      const index = Math.floor(head.size / TILE_WIDTH ** (level + 1));
      if (width > 0) await compare(log, level, index, width, tileBytes(rows));
    }
    if (equalHashes(rootOfTree(tree), head.root)) return [];
    return [{ code: 'root_differs', message: 'the bundles do not make the tree that the log signed' }];
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { index } = error.evidence;
    const place = typeof index === 'number' ? { index } : {};
    return [
      { code: error.code === 'tile_differs' ? 'tile_differs' : 'entries_missing', message: error.message, ...place },
    ];
  }
}

async function compare(log: TiledLog, level: number, index: number, width: number, made: Uint8Array): Promise<void> {
  if (equalHashes(await log.tile(level, index, width), made)) return;
  throw new LedgerError(
    'tile_differs',
    `tile ${index} of level ${level} does not hold what the entries below it make`,
    {
      index: index * TILE_WIDTH ** (level + 1),
    },
  );
}
