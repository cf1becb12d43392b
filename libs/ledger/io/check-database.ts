import type { DataSource } from 'typeorm';
import { LedgerError, parseVkey } from '../src/index.js';
import { readState } from './log-store.js';
import { LogView } from './log-view.js';
import { checkLog } from './self-check.js';

/**
 * Checks a stored log as an operator does, with the log's public key and nothing else: state, signature, every entry, tile and
 * row of the index, and the root. Nothing is written.
 *
 * @returns how many entries there are
 * @throws LedgerError `database_doubtful`, naming the first entry (`index`) that differs
 */
export async function checkDatabase(input: {
  dataSource: DataSource;
  vkey: string;
  onProgress: (checked: number, size: number) => void;
}): Promise<{ origin: string; size: number; checkpoint: string }> {
  const { dataSource, vkey, onProgress } = input;
  const origin = parseVkey(vkey).name;
  if ((await readState(dataSource)) === undefined) {
    throw new LedgerError('database_doubtful', 'the database holds no log', { origin });
  }
  const view = new LogView(dataSource, origin, vkey);
  const state = await view.signedState();
  await checkLog(dataSource, state, (checked) => onProgress(checked, state.size));
  // The border and the edge, from which the next batch would grow.
  await view.refresh();
  return { origin, size: state.size, checkpoint: state.checkpoint };
}
