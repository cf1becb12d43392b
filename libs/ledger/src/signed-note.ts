import { verify } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.js';
import { LedgerError } from './ledger-error.js';
import { isKeyName, parseVkey, type NoteKey, type VerificationKey } from './note-key.js';

/** One signature line; nothing of it is verified. */
export interface SignatureLine {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id: 64 bytes of a note signature, 8 more in front of it in a cosignature. */
  readonly signature: Uint8Array;
}

export interface VerifiedSignature {
  readonly key: VerificationKey;
  /** Seconds since 1970, of a cosignature: the time that the witness stated. */
  readonly timeSeconds?: number;
}

export interface OpenedNote {
  /** What was signed, with its final newline. */
  readonly text: string;
  /** One for each of the given keys that signed. */
  readonly signatures: readonly VerifiedSignature[];
  /** Lines by keys that were not given; they prove nothing. */
  readonly unknownLines: number;
}

const MAX_BYTES = 1_000_000;
const MAX_LINES = 100;
const COSIGNATURE_TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** The note of `text` (which ends in a newline) signed by each of `keys`, https://c2sp.org/signed-note. */
export function signNote(text: string, keys: readonly NoteKey[]): string {
  checkText(text);
  const bytes = Buffer.from(text);
  const lines = keys.map((key) => {
    if (key.type !== 'note') throw new LedgerError('malformed_key', 'a witness key signs cosignatures only');
    return formatSignatureLine(key, key.sign(bytes));
  });
  return `${text}\n${lines.join('')}`;
}

/** `— name base64(key id || signature)` and a newline. */
export function formatSignatureLine(key: Pick<NoteKey, 'name' | 'keyId'>, signature: Uint8Array): string {
  const keyId = Buffer.alloc(4);
  keyId.writeUInt32BE(key.keyId);
  return `— ${key.name} ${encodeBase64(Buffer.concat([keyId, signature]))}\n`;
}

/**
 * Verifies a note under the keys that the reader trusts. A line of an unknown key is ignored; a line of a trusted key that
 * fails condemns the whole note; one key counts once, however often it signed.
 *
 * @throws LedgerError `malformed_note`, `malformed_key`, `note_signature_invalid`, `note_unsigned` where no key signed
 */
export function openNote(note: string | Uint8Array, vkeys: readonly string[]): OpenedNote {
  const { text, lines } = splitNote(note);
  const keys = vkeys.map(parseVkey);
  const signed = new Map<VerificationKey, VerifiedSignature>();
  let unknownLines = 0;
  for (const line of lines) {
    const matching = keys.filter((key) => key.keyId === line.keyId && key.name === line.name);
    const [key] = matching;
    if (matching.length > 1) throw new LedgerError('malformed_key', 'two of the given keys share a name and a key id');
    if (key === undefined) unknownLines += 1;
    else {
      const verified = verifySignatureLine(text, line, key);
      if (!signed.has(key)) signed.set(key, verified);
    }
  }
  if (signed.size === 0) throw new LedgerError('note_unsigned', 'no trusted key signed the note');
  return { text, signatures: [...signed.values()], unknownLines };
}

/** @throws LedgerError `note_signature_invalid` */
export function verifySignatureLine(text: string, line: SignatureLine, key: VerificationKey): VerifiedSignature {
  const refuse = () => new LedgerError('note_signature_invalid', `the signature of \`${key.name}\` does not verify`);
  if (key.type === 'note') {
    if (!verify(null, Buffer.from(text), key.publicKey, line.signature)) throw refuse();
    return { key };
  }
  if (line.signature.length !== COSIGNATURE_TIME_BYTES + SIGNATURE_BYTES) throw refuse();
  const time = Buffer.from(line.signature).readBigUInt64BE();
  const signature = line.signature.subarray(COSIGNATURE_TIME_BYTES);
  if (!verify(null, cosignedBytes(text, time), key.publicKey, signature)) throw refuse();
  return { key, timeSeconds: Number(time) };
}

/** What a cosignature of version 1 signs, https://c2sp.org/tlog-cosignature. */
export function cosignedBytes(text: string, timeSeconds: number | bigint): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

/**
 * Grammar only: text, blank line, signature lines.
 *
 * @throws LedgerError `malformed_note`
 */
export function splitNote(note: string | Uint8Array): { text: string; lines: SignatureLine[] } {
  const whole = readUtf8(note);
  // The last blank line ends the text, which may hold blank lines of its own.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0 || !whole.endsWith('\n')) throw malformed('no signature block');
  const text = whole.slice(0, end + 1);
  checkText(text);
  const lines = whole.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_LINES) throw malformed('too many signatures');
  return { text, lines: lines.map(parseSignatureLine) };
}

/** @throws LedgerError `malformed_note` */
export function parseSignatureLine(line: string): SignatureLine {
  const [dash, name, blob, ...rest] = line.split(' ');
  if (dash !== '—' || name === undefined || blob === undefined || rest.length > 0 || !isKeyName(name)) {
    throw malformed('a signature line');
  }
  try {
    const bytes = Buffer.from(decodeBase64(blob));
    if (bytes.length < 5) throw malformed('a signature is too short');
    return { name, keyId: bytes.readUInt32BE(), signature: new Uint8Array(bytes.subarray(4)) };
  } catch (cause) {
    throw cause instanceof LedgerError && cause.code === 'malformed_note' ? cause : malformed('base64', cause);
  }
}

function readUtf8(note: string | Uint8Array): string {
  if (note.length > MAX_BYTES) throw malformed('too large');
  try {
    // `ignoreBOM` keeps a byte order mark: dropping it would change what was signed.
    const text =
      typeof note === 'string' ? note : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
    if (!text.isWellFormed()) throw malformed('not Unicode');
    return text;
  } catch (cause) {
    throw cause instanceof LedgerError ? cause : malformed('not UTF-8', cause);
  }
}

function checkText(text: string): void {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!text.endsWith('\n') || !text.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    throw malformed('the text ends without a newline or holds a control character');
  }
}

function malformed(reason: string, cause?: unknown): LedgerError {
  return new LedgerError('malformed_note', `not a signed note: ${reason}`, {}, { cause });
}
