import {
  LedgerError,
  cosign,
  decodeBase64,
  emptyRoot,
  equalHashes,
  openCheckpoint,
  parseCheckpoint,
  splitNote,
  type Checkpoint,
  type LedgerErrorCode,
} from '#ledger';
import type { Witness } from './authority-node.js';
import type { WitnessedLog } from './register.js';

/** What a witness answers, https://c2sp.org/tlog-witness. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  /** Signature line, or for 409 the remembered size; otherwise empty. */
  readonly body: string;
}

/** `old <size>`, hash lines, a blank line, and the checkpoint as signed note. */
export interface SubmittedCheckpoint {
  readonly old: number;
  /** Base64, as sent. */
  readonly hashes: readonly string[];
  readonly note: string;
}

const OLD = /^old (0|[1-9][0-9]{0,15})$/;
const MAX_HASHES = 63;
const HASH_BYTES = 32;

/**
 * One submission to the witness: in the order of the standard it is malformed (400), of a log that nobody enrolled (404), not
 * signed by that log (403), smaller than its own proof (400), not a continuation of what was seen (409 with the size
 * remembered) or not proven to be one (422); else it is remembered, durably, and then cosigned.
 */
export async function addCheckpoint(body: Uint8Array, witness: Witness): Promise<WitnessAnswer> {
  const submitted = parseSubmission(body);
  const checkpoint = submitted && readCheckpoint(submitted.note);
  if (!submitted || !checkpoint) return answer(400);
  const log = witness.logs.get(checkpoint.origin);
  if (!log) return answer(404);
  const refusal = refusalOf(() => openCheckpoint(submitted.note, log.vkey, []));
  if (refusal === 'checkpoint_invalid') return answer(isWrongEmptyTree(checkpoint) ? 422 : 400);
  if (refusal !== undefined) return answer(403);
  if (submitted.old > checkpoint.size) return answer(400);
  const stored = await witness.seen.get(checkpoint.origin);
  const remembered = stored?.size ?? 0;
  if (submitted.old !== remembered) return conflict(remembered);
  const proofIsDue = submitted.old > 0 && submitted.old < checkpoint.size;
  if (!proofIsDue && submitted.hashes.length > 0) return answer(422);
  return remember(stored ? submitted : firstSeen(submitted, witness), log, witness);
}

/**
 * On first contact a checkpoint counts that a witness has seen, and of a new log this witness is the first: its own
 * cosignature is the one. It leaves this process only after the checkpoint is remembered.
 */
function firstSeen(submitted: SubmittedCheckpoint, { key, clock }: Witness): SubmittedCheckpoint {
  const { text } = splitNote(submitted.note);
  return { ...submitted, note: submitted.note + cosign(text, key, Math.floor(clock.now() / 1_000)) };
}

async function remember(submitted: SubmittedCheckpoint, log: WitnessedLog, witness: Witness): Promise<WitnessAnswer> {
  const { old, hashes, note } = submitted;
  const { origin, vkey: logVkey } = log;
  const witnessVkeys = [witness.key.vkey];
  try {
    await witness.seen.accept({ origin, note, logVkey, witnessVkeys, consistency: { from: old, hashes } });
    return { status: 200, body: await witness.seen.cosign(note, witness.key) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    // Another submission of the log was faster: what was compared is no longer what is remembered.
    const raced: readonly LedgerErrorCode[] = ['other_size', 'stale', 'not_accepted'];
    return raced.includes(error.code) ? conflict((await witness.seen.get(origin))?.size ?? 0) : answer(422);
  }
}

/** Grammar only; `undefined` for anything but the one form. */
export function parseSubmission(body: Uint8Array): SubmittedCheckpoint | undefined {
  const text = utf8(body);
  const end = text?.indexOf('\n\n') ?? -1;
  if (text === undefined || end < 0) return undefined;
  const [first = '', ...hashes] = text.slice(0, end).split('\n');
  const old = Number(OLD.exec(first)?.[1] ?? NaN);
  if (!Number.isSafeInteger(old) || hashes.length > MAX_HASHES || !hashes.every(isHash)) return undefined;
  return { old, hashes, note: text.slice(end + 2) };
}

function utf8(body: Uint8Array): string | undefined {
  try {
    // `ignoreBOM` keeps a byte order mark in the text, where the grammar refuses it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function isHash(text: string): boolean {
  try {
    return decodeBase64(text).length === HASH_BYTES;
  } catch {
    return false;
  }
}

function readCheckpoint(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(splitNote(note).text);
  } catch (error) {
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

function refusalOf(check: () => unknown): LedgerErrorCode | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

function isWrongEmptyTree({ size, root }: Checkpoint): boolean {
  return size === 0 && !equalHashes(root, emptyRoot());
}

function answer(status: WitnessAnswer['status']): WitnessAnswer {
  return { status, body: '' };
}

function conflict(remembered: number): WitnessAnswer {
  return { status: 409, body: `${remembered}\n` };
}
