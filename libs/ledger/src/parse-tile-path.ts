import { TILE_WIDTH, entriesPath, tilePath } from './tiles.js';

/** What a path of https://c2sp.org/tlog-tiles asks for. `width` 0 is the full tile or bundle. */
export type TileRequest =
  | { readonly of: 'hashes'; readonly level: number; readonly index: number; readonly width: number }
  | { readonly of: 'entries'; readonly index: number; readonly width: number };

const PATH =
  /^tile\/(?<level>entries|\d{1,2})\/(?<groups>(?:x\d{3}\/){0,5})(?<last>\d{3})(?:\.p\/(?<width>[1-9]\d{0,2}))?$/;

/** `undefined` for anything but the one spelling of a path, so that one tile has one address in every cache. */
export function parseTilePath(path: string): TileRequest | undefined {
  const { level, groups, last, width: widthText } = PATH.exec(path)?.groups ?? {};
  if (level === undefined || groups === undefined || last === undefined) return undefined;
  const index = Number(groups.replaceAll(/[x/]/g, '') + last);
  const width = widthText === undefined ? 0 : Number(widthText);
  if (!Number.isSafeInteger(index) || width >= TILE_WIDTH) return undefined;
  if (level === 'entries') return entriesPath(index, width) === path ? { of: 'entries', index, width } : undefined;
  if (Number(level) > 63 || tilePath(Number(level), index, width) !== path) return undefined;
  return { of: 'hashes', level: Number(level), index, width };
}
