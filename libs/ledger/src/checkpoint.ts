import { decodeBase64, encodeBase64 } from './base64.js';
import { LedgerError } from './ledger-error.js';
import { parseVkey } from './note-key.js';
import { openNote, type VerifiedSignature } from './signed-note.js';
import { HASH_BYTES, emptyRoot, equalHashes } from './tree-hash.js';

/** What a log states about itself, https://c2sp.org/tlog-checkpoint. */
export interface Checkpoint {
  /** The name of the log: its schema-less URL. */
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** A checkpoint whose log signature, and the cosignatures listed, were verified. */
export interface VerifiedCheckpoint extends Checkpoint {
  readonly text: string;
  readonly cosignatures: readonly VerifiedSignature[];
}

const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const MAX_ORIGIN_BYTES = 255;

/** Three lines. Extension lines are never written: cosignatures of the newer kind do not cover them. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  const text = `${origin}\n${size}\n${encodeBase64(root)}\n`;
  parseCheckpoint(text);
  return text;
}

/**
 * Grammar only; nothing is verified. Extension lines of other logs are handed out unread.
 *
 * @throws LedgerError `malformed_checkpoint`, also for sizes of 2^53 and more, which this library does not count
 */
export function parseCheckpoint(text: string): Checkpoint & { extensions: string[] } {
  const lines = text.split('\n');
  const [origin, size, root, ...extensions] = lines.slice(0, -1);
  if (origin === undefined || size === undefined || root === undefined || lines.at(-1) !== '') {
    throw malformed('fewer than three lines');
  }
  if (origin === '' || Buffer.byteLength(origin) > MAX_ORIGIN_BYTES) throw malformed('the origin');
  if (extensions.includes('')) throw malformed('an empty extension line');
  const entries = Number(size);
  // `Number("")` is 0 and `Number("0x10")` is 16: the grammar is checked first.
  if (!DECIMAL.test(size) || !Number.isSafeInteger(entries)) throw malformed('the size');
  return { origin, size: entries, root: rootFrom(root), extensions };
}

/**
 * Opens a log's checkpoint: signed by the log's own key, of the origin that the key names, and with every cosignature by
 * the given witnesses verified. A witness that holds the log's own key is none and is not counted.
 *
 * @throws LedgerError of `openNote` and `parseCheckpoint`, and `checkpoint_invalid`
 */
export function openCheckpoint(
  note: string | Uint8Array,
  logVkey: string,
  witnessVkeys: readonly string[],
): VerifiedCheckpoint {
  const log = parseVkey(logVkey);
  const witnesses = new Set(witnessVkeys);
  for (const vkey of witnesses) {
    if (parseVkey(vkey).type !== 'cosignature') throw new LedgerError('malformed_key', 'not the key of a witness');
  }
  if (log.type !== 'note') throw new LedgerError('malformed_key', 'not the key of a log');
  const { text, signatures } = openNote(note, [logVkey, ...witnesses]);
  // Which line comes first says nothing: the log's own signature is looked for by its key.
  if (!signatures.some(({ key }) => key.vkey === logVkey)) {
    throw new LedgerError('note_unsigned', 'the log did not sign the checkpoint');
  }
  const { origin, size, root, extensions } = parseCheckpoint(text);
  if (origin !== log.name) throw invalid('the origin is not the name of the log key');
  if (extensions.length > 0) throw invalid('it has extension lines');
  if (size === 0 && !equalHashes(root, emptyRoot())) throw invalid('an empty log has a wrong root');
  const cosignatures = signatures.filter(
    ({ key }) => key.type === 'cosignature' && !equalHashes(key.publicBytes, log.publicBytes),
  );
  return { origin, size, root, text, cosignatures };
}

function rootFrom(text: string): Uint8Array {
  try {
    const root = decodeBase64(text);
    if (root.length === HASH_BYTES) return root;
  } catch (cause) {
    throw malformed('the root', cause);
  }
  throw malformed('the root');
}

function malformed(part: string, cause?: unknown): LedgerError {
  return new LedgerError('malformed_checkpoint', `not a checkpoint: ${part}`, {}, { cause });
}

function invalid(reason: string): LedgerError {
  return new LedgerError('checkpoint_invalid', `the checkpoint is refused: ${reason}`);
}
