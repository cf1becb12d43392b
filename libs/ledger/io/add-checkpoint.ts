import type { Clock } from '#protocol';
import {
  LedgerError,
  cosign,
  emptyRoot,
  encodeBase64,
  equalHashes,
  openCheckpoint,
  parseCheckpoint,
  parseSubmission,
  splitNote,
  type Checkpoint,
  type LedgerErrorCode,
  type NoteKey,
  type SubmittedCheckpoint,
} from '../src/index.js';
import type { SeenCheckpoints } from './seen-checkpoints.js';

/** A log that a witness follows, with the key that its owner enrolled. */
export interface WitnessedLog {
  readonly origin: string;
  readonly vkey: string;
}

/** Whoever cosigns: its key, its durable memory, and the logs that it follows, by origin. */
export interface Witness {
  readonly key: NoteKey;
  readonly seen: SeenCheckpoints;
  readonly clock: Clock;
  /** A map, or whoever looks the log up in a register. */
  readonly logs: { get(origin: string): WitnessedLog | undefined | Promise<WitnessedLog | undefined> };
}

/** What a witness answers, https://c2sp.org/tlog-witness. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  /** Signature line, or for 409 the remembered size; otherwise empty. */
  readonly body: string;
}

/**
 * One submission to a witness: in the order of the standard it is malformed (400), of a log that nobody enrolled (404), not
 * signed by that log (403), smaller than its own proof (400), not a continuation of what was seen (409 with the size
 * remembered) or not proven to be one (422); else it is remembered, durably, and then cosigned.
 */
export async function addCheckpoint(body: Uint8Array, witness: Witness): Promise<WitnessAnswer> {
  const submitted = attempt(() => parseSubmission(body));
  const checkpoint = submitted && attempt(() => parseCheckpoint(splitNote(submitted.note).text));
  if (!submitted || !checkpoint) return answer(400);
  const log = await witness.logs.get(checkpoint.origin);
  if (!log) return answer(404);
  const refusal = refusalOf(() => openCheckpoint(submitted.note, log.vkey, []));
  if (refusal === 'checkpoint_invalid') return answer(isWrongEmptyTree(checkpoint) ? 422 : 400);
  if (refusal !== undefined) return answer(403);
  if (submitted.old > checkpoint.size) return answer(400);
  const stored = await witness.seen.read(checkpoint.origin);
  const remembered = stored?.size ?? 0;
  if (submitted.old !== remembered) return conflict(remembered);
  const proofIsDue = submitted.old > 0 && submitted.old < checkpoint.size;
  if (!proofIsDue && submitted.hashes.length > 0) return answer(422);
  return remember(stored ? submitted : firstSeen(submitted, witness), log, witness);
}

/**
 * The last checkpoint that the witness cosigned of a log, with its cosignature, for `GET <hex SHA-256 of the origin>/checkpoint`:
 * a log that starts compares its own head with it (B10). `undefined` where there is none.
 */
export async function lastCosigned(
  originHash: string,
  witness: Pick<Witness, 'key' | 'seen' | 'clock'>,
): Promise<string | undefined> {
  const note = await witness.seen.noteOfOriginHash(originHash);
  if (note === undefined) return undefined;
  const { text, lines } = splitNote(note);
  const own = lines.some(({ keyId, name }) => keyId === witness.key.keyId && name === witness.key.name);
  // The log's own line and, where it was submitted first here, ours: a cosignature of now says the same of the same tree.
  return own ? note : note + cosign(text, witness.key, Math.floor(witness.clock.now() / 1_000));
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
  const { old, note } = submitted;
  const hashes = submitted.hashes.map(encodeBase64);
  const { origin, vkey: logVkey } = log;
  const witnessVkeys = [witness.key.vkey];
  try {
    await witness.seen.accept({ origin, note, logVkey, witnessVkeys, consistency: { from: old, hashes } });
    return { status: 200, body: await witness.seen.cosign(note, witness.key) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    // Another submission of the log was faster: what was compared is no longer what is remembered.
    const raced: readonly LedgerErrorCode[] = ['other_size', 'stale', 'not_accepted'];
    return raced.includes(error.code) ? conflict((await witness.seen.read(origin))?.size ?? 0) : answer(422);
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
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
