import { isCount, shiftRight } from './counts.js';
import { LedgerError } from './ledger-error.js';

/** Levels of the tree that one tile spans, https://c2sp.org/tlog-tiles. */
export const TILE_HEIGHT = 8;
/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 2 ** TILE_HEIGHT;
const MAX_LEVEL = 63;

/** What of tile level `level` exists in a tree: `full` whole tiles, then one of `partialWidth` hashes where that is not 0. */
export function tilesAt(level: number, size: number, height = TILE_HEIGHT): { full: number; partialWidth: number } {
  const hashes = shiftRight(size, height * level);
  return { full: shiftRight(hashes, height), partialWidth: hashes % 2 ** height };
}

/** `tile/<level>/<index>[.p/<width>]`; `width` 0 stands for the full tile. */
export function tilePath(level: number, index: number, width: number): string {
  if (!isCount(level) || level > MAX_LEVEL) throw refused('level');
  return `tile/${level}/${indexPath(index)}${widthSuffix(width)}`;
}

/** `tile/entries/<index>[.p/<width>]`; `width` 0 stands for the full bundle. */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${widthSuffix(width)}`;
}

/** The path of the bundle that holds entry `index` in a tree of `size` entries. */
export function entriesPathOf(index: number, size: number): string {
  if (!isCount(index) || !isCount(size) || index >= size) throw refused('entry');
  const bundle = shiftRight(index, TILE_HEIGHT);
  const { full, partialWidth } = tilesAt(0, size);
  return entriesPath(bundle, bundle < full ? 0 : partialWidth);
}

/** Groups of three digits, all but the last marked with `x`: 1234067 is `x001/x234/067`. */
export function indexPath(index: number): string {
  if (!isCount(index)) throw refused('index');
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

function widthSuffix(width: number): string {
  if (!isCount(width) || width >= TILE_WIDTH) throw refused('width');
  return width === 0 ? '' : `.p/${width}`;
}

function refused(part: string): LedgerError {
  return new LedgerError('malformed_path', `the ${part} of a tile path is out of range`);
}
