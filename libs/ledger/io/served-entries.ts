import type { DataSource } from 'typeorm';
import { LedgerError, TILE_WIDTH, encodeBundle } from '../src/index.js';
import { readEntries } from './log-store.js';
import type { LogView } from './log-view.js';

/** At most so many entries are handed out at once. */
const MAX_ENTRIES = 1024;

/** The leaves from `from` up to, not including, `to`, as text. @throws LedgerError `range_refused` */
export async function entriesBetween(database: DataSource, view: LogView, from: number, to: number): Promise<string[]> {
  const { size } = await view.headOf(to);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to || to > size) {
    throw new LedgerError('range_refused', 'the log has no such entries', { from, to });
  }
  if (to - from > MAX_ENTRIES) throw new LedgerError('range_refused', `more than ${MAX_ENTRIES} entries`, { from, to });
  const entries = await readEntries(database, from, to);
  return entries.map((entry) => Buffer.from(entry).toString());
}

/** The entry bundle beside tile `index` of level 0, once the log holds all of it. `width` 0 is the full one. */
export async function bundleAt(
  database: DataSource,
  view: LogView,
  index: number,
  width: number,
): Promise<Uint8Array | undefined> {
  const first = index * TILE_WIDTH;
  const end = first + (width === 0 ? TILE_WIDTH : width);
  if (!Number.isSafeInteger(end) || (await view.headOf(end)).size < end) return undefined;
  return encodeBundle(await readEntries(database, first, end));
}
