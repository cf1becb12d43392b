import { decodeBase64, encodeBase64 } from './base64.js';
import { openCheckpoint, parseCheckpoint, type VerifiedCheckpoint } from './checkpoint.js';
import { isCount } from './counts.js';
import { LedgerError } from './ledger-error.js';
import { splitNote } from './signed-note.js';
import { isQuorum, type TlogPolicy } from './tlog-policy.js';
import { leafHash } from './tree-hash.js';
import { verifyInclusion } from './verify-proof.js';

/** A proof that can be kept and sent as one text, https://c2sp.org/tlog-proof. Nothing in it is verified. */
export interface TlogProof {
  readonly index: number;
  /** From leaf to root. */
  readonly inclusion: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
  /** Nothing signs it. */
  readonly extra?: Uint8Array;
}

const HEAD = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9][0-9]{0,15})$/;
const MAX_HASHES = 63;
const MAX_BYTES = 1_000_000;

export function formatTlogProof({ index, inclusion, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEAD,
    ...(extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]),
    `index ${index}`,
    ...inclusion.map(encodeBase64),
  ];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  parseTlogProof(text);
  return text;
}

/**
 * Grammar only.
 *
 * @throws LedgerError `malformed_proof`
 */
export function parseTlogProof(text: string): TlogProof {
  const end = text.length > MAX_BYTES ? -1 : text.indexOf('\n\n');
  if (end < 0) throw malformed('no checkpoint');
  const [head, ...lines] = text.slice(0, end).split('\n');
  if (head !== HEAD) throw malformed('the first line');
  const extra = lines[0]?.startsWith('extra ') === true ? (lines.shift() ?? '').slice('extra '.length) : undefined;
  const index = Number(INDEX.exec(lines.shift() ?? '')?.[1] ?? NaN);
  if (!isCount(index) || lines.length > MAX_HASHES) throw malformed('the index, or too many hashes');
  try {
    return {
      index,
      inclusion: lines.map(decodeBase64),
      checkpoint: text.slice(end + 2),
      ...(extra === undefined ? {} : { extra: decodeBase64(extra) }),
    };
  } catch (cause) {
    throw malformed('base64', cause);
  }
}

/**
 * Verifies a checkpoint as a policy asks: signed by one of its logs, cosigned by a quorum of its witnesses.
 *
 * @throws LedgerError `log_unknown`, `quorum_missing`, and the codes of `openCheckpoint`
 */
export function openCheckpointUnderPolicy(note: string, policy: TlogPolicy): VerifiedCheckpoint {
  const { origin } = parseCheckpoint(splitNote(note).text);
  const log = policy.logs.find(({ key }) => key.name === origin);
  if (log === undefined) throw new LedgerError('log_unknown', 'the policy lists no log of that origin', { origin });
  const witnesses = policy.witnesses.map(({ key }) => key.vkey);
  const checkpoint = openCheckpoint(note, log.key.vkey, witnesses);
  if (!isQuorum(policy, new Set(checkpoint.cosignatures.map(({ key }) => key.vkey)))) {
    throw new LedgerError('quorum_missing', 'the checkpoint is not cosigned as the policy asks', { origin });
  }
  return checkpoint;
}

/**
 * Verifies that `entry` stands in one of the policy's logs, offline. `entry` comes from the reader: a proof says nothing about
 * any other bytes.
 *
 * @throws LedgerError `malformed_proof`, `inclusion_invalid`, and the codes of `openCheckpointUnderPolicy`
 */
export function verifyTlogProof(input: {
  proof: string;
  entry: Uint8Array;
  policy: TlogPolicy;
}): VerifiedCheckpoint & { readonly index: number } {
  const { index, inclusion, checkpoint: note } = parseTlogProof(input.proof);
  const checkpoint = openCheckpointUnderPolicy(note, input.policy);
  const { size, root } = checkpoint;
  verifyInclusion({ index, size, leaf: leafHash(input.entry), proof: inclusion, root });
  return { ...checkpoint, index };
}

function malformed(part: string, cause?: unknown): LedgerError {
  return new LedgerError('malformed_proof', `not a proof of a log: ${part}`, {}, { cause });
}
