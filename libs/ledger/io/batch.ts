import { TOKEN_PROFILES, digestOfText, messageDigest, signToken, type JsonObject, type SigningKey } from '#protocol';
import {
  edgeOf,
  encodeBundle,
  encodeEdge,
  formatCheckpoint,
  growTree,
  leafHash,
  rootOf,
  signNote,
  type FullTile,
  type GrowingTree,
  type NoteKey,
} from '../src/index.js';
import type { PendingReceipt } from './pending-receipts.js';

/** Whose ledger it is, and what signs in it. The two keys are never the same. */
export interface LedgerIdentity {
  readonly origin: string;
  /** Entity id of the owner: `iss` of its receipts. */
  readonly issuer: string;
  /** Signs checkpoints. */
  readonly noteKey: NoteKey;
  /** Signs receipts: the node's protocol key. */
  readonly receiptKey: SigningKey;
}

/** The log as its next batch finds it. */
export interface LogHead {
  readonly size: number;
  readonly root: Uint8Array;
  readonly checkpoint: string;
  readonly lastSeq: number | null;
  readonly lastReceiptDigest: string | null;
  readonly tree: GrowingTree;
}

export interface BatchEntry {
  readonly receipt: PendingReceipt;
  readonly index: number;
  /** The receipt, a compact JWS: the bytes of the leaf. */
  readonly entry: string;
  readonly digest: string;
  readonly leafHash: Uint8Array;
}

/** Everything that one commit writes. Nothing of it may be shown to anybody before that commit. */
export interface PreparedBatch {
  readonly before: LogHead;
  readonly after: LogHead;
  readonly edge: Uint8Array;
  readonly bundle: Uint8Array;
  readonly filled: readonly FullTile[];
  readonly entries: readonly BatchEntry[];
  /** How many of the entries, from the first, wait in the database; the rest is written with the batch itself. */
  readonly queued: number;
  readonly atMs: number;
}

/** Gives each receipt its place, chains and signs it, grows the tree and signs the checkpoint over the result. */
export async function prepareBatch(
  before: LogHead,
  receipts: { readonly queued: readonly PendingReceipt[]; readonly direct: readonly PendingReceipt[] },
  identity: LedgerIdentity,
  nowMs: number,
): Promise<PreparedBatch> {
  const chained = chainReceipts(before, [...receipts.queued, ...receipts.direct], identity, nowMs);
  const tokens = await Promise.all(chained.map((link) => signChained(link, identity.receiptKey)));
  const bytes = tokens.map((token) => Buffer.from(token));
  const leaves = bytes.map(leafHash);
  const { tree, filled } = growTree(before.tree, leaves);
  const range = { size: tree.size, edge: edgeOf(tree) };
  const root = rootOf(range);
  const checkpoint = signNote(formatCheckpoint({ origin: identity.origin, size: tree.size, root }), [identity.noteKey]);
  const last = chained.at(-1);
  return {
    before,
    after: {
      size: tree.size,
      root,
      checkpoint,
      lastSeq: last?.seq ?? before.lastSeq,
      lastReceiptDigest: last?.digest ?? before.lastReceiptDigest,
      tree,
    },
    edge: encodeEdge(range),
    bundle: encodeBundle(bytes),
    filled,
    entries: chained.map(({ receipt, digest }, i) => ({
      receipt,
      index: before.size + i,
      entry: tokens[i] ?? '',
      digest,
      leafHash: leaves[i] ?? new Uint8Array(),
    })),
    queued: receipts.queued.length,
    atMs: nowMs,
  };
}

interface ChainedReceipt {
  readonly receipt: PendingReceipt;
  readonly seq: number;
  readonly claims: JsonObject;
  readonly digest: string;
}

/**
 * `prev` is the message digest of the receipt before, so that one which is dropped before logging is missed. A digest
 * covers header and payload but not the signature: the whole chain is known before anything is signed, and the signatures
 * are made side by side.
 */
function chainReceipts(
  before: LogHead,
  pending: readonly PendingReceipt[],
  { issuer, origin, receiptKey }: LedgerIdentity,
  nowMs: number,
): ChainedReceipt[] {
  const header = segment({ alg: receiptKey.alg, kid: receiptKey.kid, typ: TOKEN_PROFILES.receipt.typ });
  let prev = before.lastReceiptDigest;
  let seq = before.lastSeq ?? -1;
  return pending.map((receipt) => {
    seq += 1;
    const claims: JsonObject = {
      iss: issuer,
      ledger: origin,
      seq,
      prev,
      kind: receipt.kind,
      iat: Math.floor(nowMs / 1000),
      commitments: { accountability: receipt.commitments.accountability, content: receipt.commitments.content },
    };
    prev = digestOfText(`${header}.${segment(claims)}`);
    return { receipt, seq, claims, digest: prev };
  });
}

async function signChained({ claims, digest }: ChainedReceipt, key: SigningKey): Promise<string> {
  const token = await signToken({ kind: 'receipt', claims, key });
  if (messageDigest(token) !== digest) throw new TypeError('the signer wrote other bytes than those of the chain');
  return token;
}

function segment(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
