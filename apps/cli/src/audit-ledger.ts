import {
  EMPTY_RANGE,
  LedgerError,
  MAX_ENTRY_BYTES,
  appendLeaf,
  decodeBase64,
  encodeBase64,
  equalHashes,
  leafHash,
  openCheckpoint,
  rootOf,
  verifyConsistency,
  type CompactRange,
  type VerifiedCheckpoint,
} from '#ledger';
import type { KeySet } from '#protocol';
import type { AgencyClient } from './agency-client.js';
import { AuditedReceipts } from './audited-receipts.js';
import { textsIn } from './json-reading.js';

/** As many entries as a node hands out at once. */
const BATCH = 256;

export type AuditProblemCode =
  | 'checkpoint_invalid'
  | 'entries_missing'
  | 'root_differs'
  | 'receipt_invalid'
  | 'order_broken'
  | 'rolled_back'
  | 'split_view'
  | 'history_rewritten'
  | 'consistency_invalid'
  | 'tile_differs'
  | 'database_doubtful';

/** Something about a ledger that does not verify; `index` is the first entry that it shows in. */
export interface AuditProblem {
  readonly code: AuditProblemCode;
  readonly message: string;
  readonly index?: number;
}

export interface LedgerAudit {
  readonly origin: string;
  /** Under the signed checkpoint; `undefined` where that does not verify. */
  readonly size: number | undefined;
  /** Base64, as computed from the entries. */
  readonly root: string | undefined;
  /** The signed note. */
  readonly checkpoint: string;
  readonly signatures: 'verified' | 'not_checked';
  /** How many receipts there are of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Entries that the ledger had when it was looked at last. */
  readonly rememberedSize: number | undefined;
  readonly problems: readonly AuditProblem[];
}

export interface LedgerToAudit {
  readonly client: AgencyClient;
  readonly vkey: string;
  /** Who signs the receipts, and with which keys; without it signatures are not checked, and that is said. */
  readonly signer: { readonly entityId: string; readonly keys: KeySet } | undefined;
  /** The signed note that was seen last. */
  readonly remembered: string | undefined;
  readonly onProgress: (done: number, size: number) => void;
}

/**
 * Reads a whole ledger over its public endpoints and computes its tree anew: nothing is taken from it but the entries and
 * its signature. A ledger that was rewritten, cut or shown differently to somebody else does not come out with the root
 * that it signed, now or before (B03, B04, B05, B09).
 *
 * @throws CliError where the node cannot be reached or does not answer as a node; LedgerError `malformed_key`
 */
export async function auditLedger(ledger: LedgerToAudit): Promise<LedgerAudit> {
  const note = await ledger.client.text('/ledger/checkpoint');
  const head = openOrProblem(note, ledger.vkey);
  const remembered = ledger.remembered === undefined ? undefined : openOrProblem(ledger.remembered, ledger.vkey);
  const receipts = new AuditedReceipts(ledger.signer);
  const about = {
    origin: ledger.vkey.split('+')[0] ?? '',
    checkpoint: note,
    signatures: ledger.signer === undefined ? ('not_checked' as const) : ('verified' as const),
  };
  if ('problem' in head || (remembered !== undefined && 'problem' in remembered)) {
    const problems = [head, remembered].flatMap((opened) => (opened && 'problem' in opened ? [opened.problem] : []));
    return { ...about, size: undefined, root: undefined, kinds: {}, rememberedSize: undefined, problems };
  }
  const walked = await walk(ledger, head, remembered, receipts);
  return {
    ...about,
    size: head.size,
    root: encodeBase64(rootOf(walked.range)),
    kinds: receipts.kinds(),
    rememberedSize: remembered?.size,
    problems: [...walked.problems, ...receipts.problems],
  };
}

function openOrProblem(note: string, vkey: string): VerifiedCheckpoint | { readonly problem: AuditProblem } {
  try {
    return openCheckpoint(note, vkey, []);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code === 'malformed_key') throw error;
    return { problem: { code: 'checkpoint_invalid', message: `a checkpoint is not believed: ${error.code}` } };
  }
}

async function walk(
  ledger: LedgerToAudit,
  head: VerifiedCheckpoint,
  remembered: VerifiedCheckpoint | undefined,
  receipts: AuditedReceipts,
): Promise<{ range: CompactRange; problems: AuditProblem[] }> {
  let range = EMPTY_RANGE;
  let rootThen: Uint8Array | undefined = remembered?.size === 0 ? rootOf(range) : undefined;
  while (range.size < head.size) {
    const entries = await readEntries(ledger.client, range.size, Math.min(range.size + BATCH, head.size));
    if (entries === undefined) {
      return { range, problems: [{ code: 'entries_missing', message: MISSING, index: range.size }] };
    }
    await receipts.add(entries, range.size);
    for (const entry of entries) {
      range = appendLeaf(range, leafHash(Buffer.from(entry)));
      if (range.size === remembered?.size) rootThen = rootOf(range);
    }
    ledger.onProgress(range.size, head.size);
  }
  const problems: AuditProblem[] = equalHashes(rootOf(range), head.root)
    ? []
    : [{ code: 'root_differs', message: 'the entries do not make the tree that the ledger signed' }];
  if (remembered !== undefined) problems.push(...(await compare(ledger.client, head, remembered, rootThen)));
  return { range, problems };
}

const MISSING = 'the ledger does not hand out the entries that it signed';

async function readEntries(client: AgencyClient, from: number, to: number): Promise<string[] | undefined> {
  const entries = textsIn(await client.get(`/ledger/entries?from=${from}&to=${to}`), 'entries');
  const usable = entries.length === to - from && entries.every((entry) => Buffer.byteLength(entry) <= MAX_ENTRY_BYTES);
  return usable ? entries : undefined;
}

/** What was seen before has to be the beginning of what is there now, by our own tree and by the ledger's own proof. */
async function compare(
  client: AgencyClient,
  head: VerifiedCheckpoint,
  remembered: VerifiedCheckpoint,
  rootThen: Uint8Array | undefined,
): Promise<AuditProblem[]> {
  if (remembered.size > head.size) {
    const message = `the ledger had ${remembered.size} entries when it was seen last, and shows ${head.size} now`;
    return [{ code: 'rolled_back', message }];
  }
  if (remembered.size === head.size && !equalHashes(remembered.root, head.root)) {
    return [{ code: 'split_view', message: `the ledger signed two trees of ${head.size} entries` }];
  }
  if (rootThen === undefined || !equalHashes(rootThen, remembered.root)) {
    const message = `the first ${remembered.size} entries are not those that the ledger signed before`;
    return [{ code: 'history_rewritten', message }];
  }
  return remembered.size === 0 ? [] : checkProof(client, head, remembered);
}

async function checkProof(
  client: AgencyClient,
  head: VerifiedCheckpoint,
  remembered: VerifiedCheckpoint,
): Promise<AuditProblem[]> {
  const [from, to] = [remembered.size, head.size];
  const hashes = textsIn(await client.get(`/ledger/consistency?from=${from}&to=${to}`), 'consistency');
  try {
    const proof = hashes.map(decodeBase64);
    verifyConsistency({ from, to, fromRoot: remembered.root, toRoot: head.root, proof });
    return [];
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return [{ code: 'consistency_invalid', message: 'the consistency proof that the ledger hands out is wrong' }];
  }
}
