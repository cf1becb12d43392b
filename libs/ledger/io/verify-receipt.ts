import {
  canonicalJson,
  isJsonObject,
  messageDigest,
  verifyArchivedToken,
  type JsonObject,
  type JsonValue,
  type KeySet,
} from '#protocol';
import {
  FIELD_GROUPS,
  LedgerError,
  decodeBase64,
  leafHash,
  openCheckpoint,
  verifyInclusion,
  verifyOpening,
  type Commitments,
  type FieldGroup,
  type Opening,
  type OpeningVerdict,
  type ReceiptKind,
  type VerifiedCheckpoint,
} from '../src/index.js';

/** A receipt, its place in a log, and what the reader demands that it says. Every member may come from anywhere. */
export interface ReceiptToVerify {
  /** Compact JWS. */
  readonly entry: string;
  /** Entity id of the ledger's owner. */
  readonly issuer: string;
  /** Enrolled protocol keys of the issuer. */
  readonly keys: KeySet;
  readonly ledgerOrigin: string;
  readonly logVkey: string;
  readonly index: number;
  /** Base64 hashes from leaf to root. */
  readonly inclusion: readonly string[];
  /** The signed note that `inclusion` leads to. */
  readonly checkpoint: string;
  readonly opening: Opening;
  /** Each of these fields must be opened and have this value. */
  readonly expect: {
    readonly kind: ReceiptKind;
    readonly fields: Readonly<Partial<Record<FieldGroup, Readonly<Record<string, JsonValue>>>>>;
  };
}

export interface VerifiedReceipt {
  readonly verified: true;
  readonly digest: string;
  readonly seq: number;
  /** Digest of the signer's receipt before. */
  readonly prev: string | null;
  readonly kind: ReceiptKind;
  readonly issuedAtSeconds: number;
  readonly checkpoint: VerifiedCheckpoint;
  /** Of every field whether it was opened; `erased` is never valid. */
  readonly fields: OpeningVerdict;
}

/**
 * Verifies a receipt to the end: the leaf hashed from the very bytes of the entry, its inclusion under the signed root, the
 * signature of its owner, each opening against its commitment, and the values the reader expects. Pure; no step can be left
 * out.
 *
 * @throws LedgerError whose code names what failed: those of `openCheckpoint`, `inclusion_invalid`,
 * `receipt_signature_invalid`, `receipt_malformed`, `receipt_of_other_ledger`, `receipt_of_other_kind`, `opening_differs`,
 * `opening_erased`, `field_differs`
 */
export async function verifyReceipt(input: ReceiptToVerify): Promise<VerifiedReceipt> {
  const checkpoint = openCheckpoint(input.checkpoint, input.logVkey, []);
  if (checkpoint.origin !== input.ledgerOrigin)
    throw failed('receipt_of_other_ledger', 'the checkpoint is of another log');
  verifyInclusion({
    index: input.index,
    size: checkpoint.size,
    leaf: leafHash(Buffer.from(input.entry)),
    proof: input.inclusion.map(decodeBase64),
    root: checkpoint.root,
  });
  const claims = await verifiedClaims(input);
  const receipt = readClaims(claims);
  if (receipt.ledger !== input.ledgerOrigin)
    throw failed('receipt_of_other_ledger', 'the receipt is of another ledger');
  if (receipt.kind !== input.expect.kind) throw failed('receipt_of_other_kind', 'the receipt records something else');
  const opening = readOpening(input.opening);
  const fields = verifyOpening(receipt.commitments, opening);
  for (const group of FIELD_GROUPS) checkFields(group, fields, opening, input.expect.fields[group] ?? {});
  return {
    verified: true,
    digest: messageDigest(input.entry),
    seq: receipt.seq,
    prev: receipt.prev,
    kind: input.expect.kind,
    issuedAtSeconds: receipt.issuedAtSeconds,
    checkpoint,
    fields,
  };
}

async function verifiedClaims({ entry, keys, issuer }: ReceiptToVerify): Promise<JsonObject> {
  try {
    return (await verifyArchivedToken({ kind: 'receipt', token: entry, keys, issuer })).claims;
  } catch (cause) {
    throw new LedgerError('receipt_signature_invalid', 'the receipt is not signed by its owner', {}, { cause });
  }
}

function readClaims(claims: JsonObject) {
  const { ledger, seq, prev, kind, iat, commitments } = claims;
  if (typeof ledger !== 'string' || typeof kind !== 'string') throw failed('receipt_malformed', 'ledger or kind');
  if (!isWhole(seq) || !isWhole(iat)) throw failed('receipt_malformed', 'seq or iat');
  if (prev !== null && typeof prev !== 'string') throw failed('receipt_malformed', 'prev');
  return { ledger, seq, prev, kind, issuedAtSeconds: iat, commitments: readCommitments(commitments) };
}

function isWhole(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readCommitments(value: JsonValue | undefined): Commitments {
  const group = (name: FieldGroup): Record<string, string> => {
    const members = isJsonObject(value) ? value[name] : undefined;
    if (!isJsonObject(members)) throw failed('receipt_malformed', 'commitments');
    return Object.fromEntries(
      Object.entries(members).map(([field, commitment]) => {
        if (typeof commitment !== 'string') throw failed('receipt_malformed', 'commitments');
        return [field, commitment];
      }),
    );
  };
  return { accountability: group('accountability'), content: group('content') };
}

/** Openings travel beside the receipt and are not signed: only their shape is taken on trust, after looking. */
function readOpening(opening: Opening): Opening {
  for (const group of FIELD_GROUPS) {
    const fields: unknown = opening[group];
    if (typeof fields !== 'object' || fields === null) throw failed('opening_differs', 'the opening is malformed');
    for (const field of Object.values(fields as Record<string, unknown>)) {
      if (typeof field !== 'object' || field === null || !('salt' in field) || !('value' in field)) {
        throw failed('opening_differs', 'the opening is malformed');
      }
    }
  }
  return opening;
}

function checkFields(
  group: FieldGroup,
  verdict: OpeningVerdict,
  opening: Opening,
  expected: Readonly<Record<string, JsonValue>>,
): void {
  const different = Object.entries(verdict[group]).find(([, state]) => state === 'differs');
  if (different)
    throw failed('opening_differs', `the opening of \`${different[0]}\` is not what was committed to`, group);
  for (const [name, value] of Object.entries(expected)) {
    const state = Object.hasOwn(verdict[group], name) ? verdict[group][name] : undefined;
    if (state === undefined) throw failed('field_differs', `the receipt does not commit to \`${name}\``, group);
    if (state !== 'matches') throw failed('opening_erased', `\`${name}\` is not opened`, group);
    const opened = opening[group][name]?.value;
    if (opened === undefined || canonicalJson(opened as JsonValue) !== canonicalJson(value)) {
      throw failed('field_differs', `\`${name}\` has another value than expected`, group);
    }
  }
}

function failed(code: LedgerError['code'], message: string, group?: FieldGroup): LedgerError {
  return new LedgerError(code, message, group ? { group } : {});
}
