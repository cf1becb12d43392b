import { TOKEN_PROFILES, digestOfText, signToken, type JsonObject, type SigningKey } from '#protocol';
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
  /** How many of the entries, from the first, are written with the batch itself; the rest waits in the database. */
  readonly direct: number;
  readonly atMs: number;
}

interface ChainedReceipt {
  readonly receipt: PendingReceipt;
  readonly digest: string;
  /** Compact JWS, on its way from the thread pool. */
  readonly token: Promise<string>;
}

/** Where a chain of receipts ends. */
type ChainEnd = Pick<LogHead, 'lastSeq' | 'lastReceiptDigest'>;

/**
 * The receipts of the next batch: each gets its place, is chained and begins to be signed when it comes, also while the batch
 * before is being written. What is formed was shown to nobody and may be dropped: no checkpoint is signed over it before `close`,
 * when the log is known to end where this batch begins.
 */
export class FormingBatch {
  readonly #receipts = new Map<string, ChainedReceipt>();
  readonly #begin: ChainEnd;
  readonly #header: string;
  #end: ChainEnd;

  constructor(
    before: ChainEnd,
    private readonly identity: LedgerIdentity,
  ) {
    const { alg, kid } = identity.receiptKey;
    this.#header = segment({ alg, kid, typ: TOKEN_PROFILES.receipt.typ });
    this.#begin = { lastSeq: before.lastSeq, lastReceiptDigest: before.lastReceiptDigest };
    this.#end = this.#begin;
  }

  get size(): number {
    return this.#receipts.size;
  }

  has(receiptId: string): boolean {
    return this.#receipts.has(receiptId);
  }

  /** Whether the log ends where this batch begins. */
  follows(head: ChainEnd): boolean {
    return head.lastSeq === this.#begin.lastSeq && head.lastReceiptDigest === this.#begin.lastReceiptDigest;
  }

  /**
   * `prev` is the message digest of the receipt before, so that one which is dropped before logging is missed. A digest
   * covers header and payload but not the signature: the chain is known before anything is signed, and the signatures are
   * made side by side.
   */
  add(receipts: readonly PendingReceipt[], nowMs: number): void {
    const { issuer, origin, receiptKey: key } = this.identity;
    for (const receipt of receipts) {
      const seq = (this.#end.lastSeq ?? -1) + 1;
      const { accountability, content } = receipt.commitments;
      const claims: JsonObject = {
        iss: issuer,
        ledger: origin,
        seq,
        prev: this.#end.lastReceiptDigest,
        kind: receipt.kind,
        iat: Math.floor(nowMs / 1000),
        commitments: { accountability, content },
      };
      const signed = `${this.#header}.${segment(claims)}`;
      const digest = digestOfText(signed);
      const token = signChained(claims, signed, key);
      // Of a batch that is dropped nobody waits for the signatures.
      token.catch(() => undefined);
      this.#receipts.set(receipt.receiptId, { receipt, digest, token });
      this.#end = { lastSeq: seq, lastReceiptDigest: digest };
    }
  }

  /**
   * Grows the tree and signs the checkpoint over the result.
   *
   * @param before what the batch `follows`
   * @param direct how many of the receipts, from the first, are written with the batch itself
   */
  async close(before: LogHead, direct: number, nowMs: number): Promise<PreparedBatch> {
    const { origin, noteKey } = this.identity;
    const chained = [...this.#receipts.values()];
    const tokens = await Promise.all(chained.map(({ token }) => token));
    const bytes = tokens.map((token) => Buffer.from(token));
    const leaves = bytes.map(leafHash);
    const { tree, filled } = growTree(before.tree, leaves);
    const range = { size: tree.size, edge: edgeOf(tree) };
    const root = rootOf(range);
    const checkpoint = signNote(formatCheckpoint({ origin, size: tree.size, root }), [noteKey]);
    return {
      before,
      after: { size: tree.size, root, checkpoint, ...this.#end, tree },
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
      direct,
      atMs: nowMs,
    };
  }
}

/** @param signed header and payload, as they were chained */
async function signChained(claims: JsonObject, signed: string, key: SigningKey): Promise<string> {
  const token = await signToken({ kind: 'receipt', claims, key });
  if (!token.startsWith(`${signed}.`)) throw new TypeError('the signer wrote other bytes than those of the chain');
  return token;
}

function segment(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
