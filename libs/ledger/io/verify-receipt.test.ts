import { beforeAll, describe, expect, it } from 'vitest';
import { keySetFrom, signToken, type KeySet, type SigningKey } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { seededRandomness } from '../../../test/support/fakes.js';
import {
  EMPTY_TREE,
  LedgerError,
  commitFields,
  emptyRoot,
  encodeBase64,
  formatCheckpoint,
  inclusionProof,
  leafHash,
  nodesOver,
  signNote,
  type LedgerErrorCode,
  type Opening,
} from '../src/index.js';
import { FormingBatch, type PreparedBatch } from './batch.js';
import { generateNoteKey } from './generate-note-key.js';
import { verifyReceipt, type ReceiptToVerify } from './verify-receipt.js';

const origin = 'ledger.example/node';
const issuer = 'https://node.example';
const randomness = seededRandomness('verify');
const { key: noteKey } = generateNoteKey(origin, 'note', randomness);
const fields = { accountability: { txn: 't1', counts: [1, 2] }, content: { plate: 'ABC123' } };

let receiptKey: SigningKey;
let keys: KeySet;
let batch: PreparedBatch;
let good: ReceiptToVerify;

beforeAll(async () => {
  receiptKey = await generateSigningKey();
  keys = await keySetFrom({ keys: [receiptKey.publicJwk] }, 'sig');
  const empty = {
    size: 0,
    root: emptyRoot(),
    checkpoint: '',
    lastSeq: null,
    lastReceiptDigest: null,
    tree: EMPTY_TREE,
  };
  const pending = ['r0', 'r1', 'r2'].map((receiptId) => ({
    receiptId,
    kind: 'granted' as const,
    txn: null,
    ...commitFields(fields, () => randomness.bytes(32)),
    sealed: {},
  }));
  const forming = new FormingBatch(empty, { origin, issuer, noteKey, receiptKey });
  forming.add(pending, 1_800_000_000_000);
  batch = await forming.close(empty, 0, 1_800_000_000_000);
  const [, second] = batch.entries;
  if (!second) throw new Error('three receipts were made');
  good = {
    entry: second.entry,
    issuer,
    keys,
    ledgerOrigin: origin,
    logVkey: noteKey.vkey,
    index: 1,
    inclusion: inclusionProof(1, 3, nodesOver(batch.entries.map((entry) => entry.leafHash))).map(encodeBase64),
    checkpoint: batch.after.checkpoint,
    opening: second.receipt.opening,
    expect: { kind: 'granted', fields },
  };
});

async function refused(change: Partial<ReceiptToVerify>, code: LedgerErrorCode): Promise<void> {
  await expect(verifyReceipt({ ...good, ...change })).rejects.toThrow(expect.objectContaining({ code }) as LedgerError);
}

/** The evidence for an entry that the log's owner signed and logged, whatever it says. */
async function logged(claims: Record<string, unknown>, key = receiptKey): Promise<Partial<ReceiptToVerify>> {
  const entry = await signToken({ kind: 'receipt', claims: claims as Record<string, never>, key });
  const root = leafHash(Buffer.from(entry));
  const checkpoint = signNote(formatCheckpoint({ origin, size: 1, root }), [noteKey]);
  return { entry, checkpoint, index: 0, inclusion: [] };
}

function claimsOf(entry: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(entry.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

describe('a receipt', () => {
  it('verifies with its proof, note, keys and opening, and says what it says', async () => {
    expect(await verifyReceipt(good)).toMatchObject({
      verified: true,
      seq: 1,
      prev: batch.entries[0]?.digest,
      digest: batch.entries[1]?.digest,
      kind: 'granted',
      issuedAtSeconds: 1_800_000_000,
      checkpoint: { origin, size: 3 },
      fields: { accountability: { txn: 'matches', counts: 'matches' }, content: { plate: 'matches' } },
    });
  });

  it('at another place, of another entry or with another proof is not in the log (B06)', async () => {
    await refused({ index: 0 }, 'inclusion_invalid');
    await refused({ index: 3 }, 'inclusion_invalid');
    await refused({ inclusion: good.inclusion.slice(1) }, 'inclusion_invalid');
    await refused({ inclusion: good.inclusion.toReversed() }, 'inclusion_invalid');
    await refused({ entry: batch.entries[2]?.entry ?? '' }, 'inclusion_invalid');
    // Another encoding of the same message is another leaf (J12).
    await refused({ entry: `${good.entry}=` }, 'inclusion_invalid');
  });

  it('under a checkpoint that the log did not sign proves nothing', async () => {
    const { key: other } = generateNoteKey(origin, 'note', randomness);
    await refused({ logVkey: other.vkey }, 'note_unsigned');
    await refused({ checkpoint: good.checkpoint.replace('\n3\n', '\n4\n') }, 'note_signature_invalid');
    await refused({ ledgerOrigin: 'other.example' }, 'receipt_of_other_ledger');
  });

  it('copied into another log proves nothing about its own', async () => {
    const { key } = generateNoteKey('other.example', 'note', randomness);
    const root = leafHash(Buffer.from(good.entry));
    const checkpoint = signNote(formatCheckpoint({ origin: 'other.example', size: 1, root }), [key]);
    await refused({ checkpoint, logVkey: key.vkey, index: 0, inclusion: [] }, 'receipt_of_other_ledger');
  });

  it('by another signer, or that names another, is refused', async () => {
    const stranger = await generateSigningKey();
    await refused({ keys: await keySetFrom({ keys: [stranger.publicJwk] }, 'sig') }, 'receipt_signature_invalid');
    await refused({ issuer: 'https://other.example' }, 'receipt_signature_invalid');
    await refused(await logged(claimsOf(good.entry), stranger), 'receipt_signature_invalid');
  });

  it('of another ledger or kind is refused even where this log holds it', async () => {
    await refused(await logged({ ...claimsOf(good.entry), ledger: 'other.example' }), 'receipt_of_other_ledger');
    await refused(await logged({ ...claimsOf(good.entry), kind: 'sent' }), 'receipt_of_other_kind');
    await refused({ expect: { kind: 'release', fields } }, 'receipt_of_other_kind');
  });

  it('with members of a wrong shape is malformed', async () => {
    for (const change of [{ seq: -1 }, { seq: '1' }, { iat: 1.5 }, { prev: 7 }, { ledger: [origin] }]) {
      await refused(await logged({ ...claimsOf(good.entry), ...change }), 'receipt_malformed');
    }
    for (const commitments of [[], { accountability: {} }, { accountability: {}, content: { plate: 7 } }]) {
      await refused(await logged({ ...claimsOf(good.entry), commitments }), 'receipt_malformed');
    }
  });

  it('with an opening that is not what was committed to is refused', async () => {
    const { plate } = good.opening.content;
    if (!plate) throw new Error('the plate is open');
    await refused(
      { opening: { ...good.opening, content: { plate: { ...plate, value: 'XYZ789' } } } },
      'opening_differs',
    );
    await refused(
      { opening: { ...good.opening, content: { ...good.opening.content, more: plate } } },
      'opening_differs',
    );
    await refused({ opening: batch.entries[0]?.receipt.opening ?? good.opening }, 'opening_differs');
    const malformed = { accountability: null, content: { plate: 'ABC123' } } as unknown as Opening;
    await refused({ opening: malformed }, 'opening_differs');
  });

  it('with an expected field erased is refused, and otherwise says that it is erased', async () => {
    const opening = { ...good.opening, content: {} };
    await refused({ opening }, 'opening_erased');
    const { fields: seen } = await verifyReceipt({
      ...good,
      opening,
      expect: { kind: 'granted', fields: { accountability: fields.accountability } },
    });
    expect(seen.content).toEqual({ plate: 'erased' });
  });

  it('with another value than expected, or without the field, is refused', async () => {
    await refused({ expect: { kind: 'granted', fields: { content: { plate: 'XYZ789' } } } }, 'field_differs');
    await refused({ expect: { kind: 'granted', fields: { content: { txn: 't1' } } } }, 'field_differs');
    await refused({ expect: { kind: 'granted', fields: { content: { constructor: 't1' } } } }, 'field_differs');
  });
});
