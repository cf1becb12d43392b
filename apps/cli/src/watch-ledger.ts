import { LedgerError, TILE_WIDTH, appendLeaf, equalHashes, leafHash, rootOf, type VerifiedCheckpoint } from '#ledger';
import type { KeySet } from '#protocol';
import { AuditedReceipts } from './audited-receipts.js';
import type { AuditProblem } from './audit-ledger.js';
import type { TiledLog } from './tiled-log.js';
import { NOTHING_READ, type ReadSoFar, type WatchedState, type WatchedStateFile } from './watched-state.js';

export interface WatchedLog {
  readonly log: TiledLog;
  readonly state: WatchedStateFile;
  /** Verifies a note: the log's own signature, and the witnesses that a policy asks for. */
  readonly open: (note: string) => VerifiedCheckpoint;
  /** Who signs the entries as receipts; without it entries are bytes. */
  readonly signer: { readonly entityId: string; readonly keys: KeySet } | undefined;
  readonly onProgress: (done: number, size: number) => void;
}

export type WatchRound =
  | {
      readonly outcome: 'verified';
      readonly size: number;
      readonly grownBy: number;
      readonly witnesses: readonly string[];
    }
  | {
      readonly outcome: 'broken';
      readonly problems: readonly AuditProblem[];
      /** Signed notes that contradict each other, where there are two. */
      readonly notes: readonly string[];
    };

/** So many bundles are processed before what was read is kept: a stop in a long reading costs no more than that. */
const KEEP_EVERY = 64;

/**
 * One look at a log from outside: the newest checkpoint, every entry since the last one, bundle by bundle (one in memory at a
 * time), and the tree that they make, which has to be the one that was signed. Because the tree grows from what was verified
 * before, a log that changed, hid or reordered anything cannot come out with its root (B03, B04, B05, B07, B09). State is kept
 * only of what was processed (rekor-monitor skipped entries otherwise).
 *
 * @throws CliError, ProtocolError where the log cannot be reached: nothing is concluded then
 */
export async function watchOnce(watched: WatchedLog): Promise<WatchRound> {
  const { log, state } = watched;
  const note = await log.checkpoint();
  const opened = attempt(() => watched.open(note));
  if (opened.error !== undefined)
    return broken('checkpoint_invalid', `its checkpoint is refused: ${opened.error.message}`, [note]);
  const head = opened.value;
  const kept = await state.read(watched.open);
  const before = kept.verified;
  const known = before?.so.range.size ?? 0;
  if (before !== undefined && head.size < known) {
    return broken('rolled_back', `it had ${known} entries and shows ${head.size}`, [before.note, note]);
  }
  if (before !== undefined && head.size === known && !equalHashes(rootOf(before.so.range), head.root)) {
    return broken('split_view', `it signed two trees of ${head.size} entries`, [before.note, note]);
  }
  const from =
    kept.ahead !== undefined && kept.ahead.range.size <= head.size ? kept.ahead : (before?.so ?? NOTHING_READ);
  const read = await readOn(watched, kept, from, head);
  if ('problems' in read) return { outcome: 'broken', problems: read.problems, notes: [note] };
  if (!equalHashes(rootOf(read.range), head.root)) {
    // What was read ahead is dropped: the next look begins from what was verified.
    await state.write({ verified: before, ahead: undefined });
    return broken('root_differs', 'its entries do not make the tree that it signed', [
      ...(before ? [before.note] : []),
      note,
    ]);
  }
  await state.write({ verified: { note, so: read }, ahead: undefined });
  const witnesses = head.cosignatures.map(({ key }) => key.name);
  return { outcome: 'verified', size: head.size, grownBy: head.size - known, witnesses };
}

async function readOn(
  { log, state, signer, onProgress }: WatchedLog,
  kept: WatchedState,
  from: ReadSoFar,
  head: VerifiedCheckpoint,
): Promise<ReadSoFar | { problems: readonly AuditProblem[] }> {
  const receipts = signer && new AuditedReceipts(signer, from.last);
  let { range } = from;
  for (let bundles = 1; range.size < head.size; bundles += 1) {
    const index = Math.floor(range.size / TILE_WIDTH);
    const width = Math.min(TILE_WIDTH, head.size - index * TILE_WIDTH) % TILE_WIDTH;
    const entries = await readBundle(log, index, width);
    if (!Array.isArray(entries))
      return { problems: [{ code: 'entries_missing', message: entries.message, index: range.size }] };
    const fresh = entries.slice(range.size - index * TILE_WIDTH);
    await receipts?.add(
      fresh.map((entry) => Buffer.from(entry).toString()),
      range.size,
    );
    if (receipts !== undefined && receipts.problems.length > 0) return { problems: receipts.problems };
    for (const entry of fresh) range = appendLeaf(range, leafHash(entry));
    onProgress(range.size, head.size);
    if (bundles % KEEP_EVERY === 0) await state.write({ ...kept, ahead: { range, last: receipts?.last() ?? [] } });
  }
  return { range, last: receipts?.last() ?? [] };
}

async function readBundle(log: TiledLog, index: number, width: number): Promise<Uint8Array[] | LedgerError> {
  try {
    return await log.entries(index, width);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
}

function broken(code: AuditProblem['code'], message: string, notes: readonly string[]): WatchRound {
  return { outcome: 'broken', problems: [{ code, message }], notes };
}

function attempt<T>(read: () => T): { readonly value: T; readonly error?: never } | { readonly error: LedgerError } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof LedgerError) return { error };
    throw error;
  }
}
