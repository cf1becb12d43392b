import {
  decodeBase64,
  leafHash,
  openCheckpoint,
  verifyInclusion,
  verifyOpening,
  type VerifiedCheckpoint,
} from '#ledger';
import {
  decodeBase64url,
  isJsonObject,
  messageDigest,
  verifyArchivedToken,
  type JsonObject,
  type JsonValue,
  type KeySet,
  type LedgerEvidenceBody,
  type ReceiptProofBody,
} from '#protocol';
import { ExchangeError } from './exchange-error.js';
import { opensTo } from './receipt-fields.js';

/** A ledger as its keeper's verified metadata describes it. */
export interface LedgerIdentity {
  /** Entity id of the node that keeps it and signs its receipts. */
  readonly keeper: string;
  readonly origin: string;
  readonly vkey: string;
  /** The keeper's protocol signing keys. */
  readonly receiptKeys: KeySet;
}

/** A receipt that stands in its keeper's ledger under a signed checkpoint, with what was opened of it. */
export interface VerifiedReceipt {
  readonly kind: string;
  readonly index: number;
  /** Message digest of the receipt. */
  readonly digest: string;
  readonly seq: number;
  readonly prev: string | null;
  /** Seconds. */
  readonly iat: number;
  readonly opened: JsonObject;
  readonly erased: readonly string[];
}

/** Checks the note signature alone; whether the checkpoint continues what was seen before is the follower's business. */
export function openLedgerCheckpoint(checkpoint: string, ledger: LedgerIdentity): VerifiedCheckpoint {
  try {
    const opened = openCheckpoint(checkpoint, ledger.vkey, []);
    if (opened.origin !== ledger.origin) throw new TypeError('origin');
    return opened;
  } catch (cause) {
    throw new ExchangeError('log_proof_invalid', 'the checkpoint is not signed by the ledger', ledger.keeper, {
      cause,
    });
  }
}

/**
 * Proves one receipt: its signature, its place in the tree under the checkpoint, and every opened field against its
 * commitment.
 *
 * @throws ExchangeError `log_proof_invalid`
 */
export async function verifyReceiptProof(
  proof: ReceiptProofBody,
  checkpoint: VerifiedCheckpoint,
  ledger: LedgerIdentity,
): Promise<VerifiedReceipt> {
  try {
    verifyInclusion({
      index: proof.index,
      size: checkpoint.size,
      leaf: leafHash(Buffer.from(proof.entry)),
      proof: proof.inclusion.map(decodeBase64),
      root: checkpoint.root,
    });
    const { claims } = await verifyArchivedToken({
      kind: 'receipt',
      token: proof.entry,
      keys: ledger.receiptKeys,
      issuer: ledger.keeper,
    });
    return { ...receiptOf(claims, proof, ledger), index: proof.index, digest: messageDigest(proof.entry) };
  } catch (cause) {
    throw new ExchangeError('log_proof_invalid', 'the receipt is not proven by the ledger', ledger.keeper, { cause });
  }
}

function receiptOf(
  claims: JsonObject,
  proof: ReceiptProofBody,
  ledger: LedgerIdentity,
): Omit<VerifiedReceipt, 'index' | 'digest'> {
  const { kind, seq, prev, iat } = claims;
  if (claims['ledger'] !== ledger.origin) throw new TypeError('receipt of another ledger');
  if (typeof kind !== 'string' || typeof seq !== 'number' || typeof iat !== 'number') throw new TypeError('receipt');
  if (prev !== null && typeof prev !== 'string') throw new TypeError('receipt');
  const opening = {
    accountability: openedFields(proof.opening.accountability),
    content: openedFields(proof.opening.content),
  };
  const verdicts = verifyOpening(commitmentsOf(claims), opening);
  const all = [...Object.entries(verdicts.accountability), ...Object.entries(verdicts.content)];
  const differs = all.find(([, verdict]) => verdict === 'differs');
  if (differs) throw new TypeError('an opened field differs from its commitment');
  const values = { ...valuesOf(opening.content), ...valuesOf(opening.accountability) };
  return { kind, seq, prev, iat, opened: values, erased: all.filter(([, v]) => v === 'erased').map(([name]) => name) };
}

interface OpenedField {
  readonly salt: string;
  readonly value: JsonValue;
}

function openedFields(group: Record<string, unknown>): Record<string, OpenedField> {
  return Object.fromEntries(
    Object.entries(group).map(([name, field]) => {
      if (!isJsonObject(field)) throw new TypeError('opening');
      const { salt, value } = field;
      if (typeof salt !== 'string' || value === undefined) throw new TypeError('opening');
      decodeBase64url(salt);
      return [name, { salt, value }];
    }),
  );
}

function valuesOf(group: Record<string, OpenedField>): JsonObject {
  return Object.fromEntries(Object.entries(group).map(([name, { value }]) => [name, value]));
}

function commitmentsOf(claims: JsonObject): {
  accountability: Record<string, string>;
  content: Record<string, string>;
} {
  const commitments = claims['commitments'];
  if (!isJsonObject(commitments)) throw new TypeError('commitments');
  return { accountability: texts(commitments['accountability']), content: texts(commitments['content']) };
}

function texts(value: JsonValue | undefined): Record<string, string> {
  if (!isJsonObject(value)) throw new TypeError('commitments');
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      if (typeof text !== 'string') throw new TypeError('commitments');
      return [name, text];
    }),
  );
}

/** What one of the receipts in an evidence has to say. */
export interface ExpectedReceipt {
  readonly kind: string;
  /** Accountability fields that must be opened to exactly these values. */
  readonly fields: JsonObject;
}

/**
 * Verifies an evidence body against what this hop must be able to rely on: every expected receipt is there, proven, and
 * says what it has to say. A broker that dropped the entry, or logged something else, fails here by name (B01, B03).
 *
 * @returns the receipts in the order of `expected`
 */
export async function verifyEvidence(
  evidence: LedgerEvidenceBody,
  ledger: LedgerIdentity,
  expected: readonly ExpectedReceipt[],
): Promise<{ checkpoint: VerifiedCheckpoint; receipts: VerifiedReceipt[] }> {
  const checkpoint = openLedgerCheckpoint(evidence.checkpoint, ledger);
  const receipts = await Promise.all(evidence.receipts.map((proof) => verifyReceiptProof(proof, checkpoint, ledger)));
  const found = expected.map(({ kind, fields }) => {
    const receipt = receipts.find((candidate) => candidate.kind === kind && opensTo(candidate.opened, fields));
    if (receipt === undefined) {
      throw new ExchangeError('evidence_differs', `no \`${kind}\` receipt of this exchange is proven`, ledger.keeper);
    }
    return receipt;
  });
  return { checkpoint, receipts: found };
}
