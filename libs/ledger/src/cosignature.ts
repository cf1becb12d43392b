import { isCount } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { parseVkey, type NoteKey } from './note-key.js';
import { cosignedBytes, formatSignatureLine, parseSignatureLine, verifySignatureLine } from './signed-note.js';

/**
 * The line by which a witness says: at `timeSeconds` this is the largest consistent tree of the log that I have seen
 * (https://c2sp.org/tlog-cosignature, version 1). Only for a checkpoint that it accepted and keeps.
 */
export function cosign(checkpointText: string, key: NoteKey, timeSeconds: number): string {
  if (key.type !== 'cosignature') throw new LedgerError('malformed_key', 'not the key of a witness');
  if (!isCount(timeSeconds)) throw new LedgerError('cosignature_refused', 'the time is not in whole seconds');
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(timeSeconds));
  return formatSignatureLine(key, Buffer.concat([time, key.sign(cosignedBytes(checkpointText, timeSeconds))]));
}

/**
 * Verifies one cosignature line (with or without its newline) over a checkpoint text.
 *
 * @throws LedgerError `malformed_note`, `malformed_key`, `cosignature_refused` where the line is by another key,
 * `note_signature_invalid`
 */
export function verifyCosignature(checkpointText: string, line: string, witnessVkey: string): { timeSeconds: number } {
  const key = parseVkey(witnessVkey);
  if (key.type !== 'cosignature') throw new LedgerError('malformed_key', 'not the key of a witness');
  const parsed = parseSignatureLine(line.endsWith('\n') ? line.slice(0, -1) : line);
  if (parsed.name !== key.name || parsed.keyId !== key.keyId) {
    throw new LedgerError('cosignature_refused', 'the line is by another key');
  }
  const { timeSeconds } = verifySignatureLine(checkpointText, parsed, key);
  if (timeSeconds === undefined) throw new LedgerError('cosignature_refused', 'the line states no time');
  return { timeSeconds };
}
