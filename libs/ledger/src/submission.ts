import { decodeBase64, encodeBase64 } from './base64.js';
import { isCount } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { HASH_BYTES } from './tree-hash.js';

/** The body of `add-checkpoint`, https://c2sp.org/tlog-witness: `old <size>`, hash lines, a blank line, the signed note. */
export interface SubmittedCheckpoint {
  /** Size that the log believes the witness to remember. */
  readonly old: number;
  readonly hashes: readonly Uint8Array[];
  readonly note: string;
}

const OLD = /^old (0|[1-9][0-9]{0,15})$/;
const MAX_HASHES = 63;

export function formatSubmission({ old, hashes, note }: SubmittedCheckpoint): string {
  if (!isCount(old) || hashes.length > MAX_HASHES) throw malformed();
  return `old ${old}\n${hashes.map((hash) => `${encodeBase64(hash)}\n`).join('')}\n${note}`;
}

/**
 * Grammar only.
 *
 * @throws LedgerError `malformed_submission` for anything but the one form
 */
export function parseSubmission(body: Uint8Array): SubmittedCheckpoint {
  const text = utf8(body);
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed();
  const [first = '', ...hashes] = text.slice(0, end).split('\n');
  const old = Number(OLD.exec(first)?.[1] ?? NaN);
  if (!Number.isSafeInteger(old) || hashes.length > MAX_HASHES) throw malformed();
  return { old, hashes: hashes.map(hashFrom), note: text.slice(end + 2) };
}

function hashFrom(text: string): Uint8Array {
  try {
    const hash = decodeBase64(text);
    if (hash.length === HASH_BYTES) return hash;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

function utf8(body: Uint8Array): string {
  try {
    // `ignoreBOM` keeps a byte order mark in the text, where the grammar refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): LedgerError {
  return new LedgerError('malformed_submission', 'not a checkpoint submitted to a witness', {}, { cause });
}
