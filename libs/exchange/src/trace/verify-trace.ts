import { LedgerError, type VerifiedCheckpoint } from '#ledger';
import {
  LedgerEvidenceBody,
  ProtocolError,
  isJsonObject,
  parseMessage,
  type JsonValue,
  type ReceiptProofBody,
} from '#protocol';
import { verifyTrustChain, type PinnedAnchor, type VerifiedChain } from '#trust';
import { ExchangeError } from '../exchange-error.js';
import { nodeMetadataOf } from '../node-metadata.js';
import type { TracedRequest } from './reconcile-request.js';
import { reconcileTrace, type SilentLedger } from './reconcile-trace.js';
import { stateOf, type TraceCheck, type TraceCheckState } from './trace-check.js';
import type { ProvenHop } from './trace-hop.js';
import { openLedgerCheckpoint, verifyReceiptProof, type LedgerIdentity } from '../verify-evidence.js';

/** What one ledger contributed to a trace, as a node hands it out: all of it is that node's claim. */
export interface UnverifiedTraceLedger {
  readonly entityId: string;
  /** Leaf first, anchor last; empty where the ledger gave no answer. */
  readonly chain: readonly string[];
  /** Of a member that has left: when its chain was in force, in milliseconds. `undefined` for a chain of now. */
  readonly chainAt: number | undefined;
  readonly evidence: LedgerEvidenceBody | undefined;
  /** Why there is no evidence, in the words of the node that asked. */
  readonly missing: string | undefined;
}

export interface UnverifiedTrace {
  readonly txn: string;
  readonly ledgers: readonly UnverifiedTraceLedger[];
}

/** A ledger of the trace after its chain and its checkpoint were looked at. */
export interface TracedLedger {
  readonly entityId: string;
  /** From its superior's statement; the entity id where the chain does not verify. */
  readonly name: string;
  readonly role: 'agency' | 'broker' | 'unknown';
  /** Entries under the signed checkpoint; `undefined` where none verifies. */
  readonly size: number | undefined;
}

/** One receipt of the trace. What is `false` failed; `undefined` was not looked at because something before it failed. */
export interface TraceHop {
  readonly ledger: string;
  readonly index: number;
  readonly proof: { readonly inclusion: boolean; readonly signature?: boolean; readonly opening?: boolean };
  /** Present only where everything about the receipt verifies. */
  readonly receipt: ProvenHop['receipt'] | undefined;
}

export interface TraceReport {
  readonly txn: string;
  /** The worst state of all checks; `holds` where the whole way is proven. */
  readonly verdict: TraceCheckState;
  /** W3C trace-id that the hops share. */
  readonly traceId: string | undefined;
  readonly ledgers: readonly TracedLedger[];
  /** In the order of time as the ledgers state it, cause before effect within one second. */
  readonly hops: readonly TraceHop[];
  readonly requests: readonly TracedRequest[];
  readonly checks: readonly TraceCheck[];
}

/** From what a trace is judged. */
export interface TraceAnchors {
  /** Pinned; or, for whoever has signed histories of their keys, pinned with the keys that they used at an instant. */
  readonly anchors: readonly PinnedAnchor[] | ((at: number) => Promise<readonly PinnedAnchor[]>);
  /** Milliseconds. */
  readonly now: number;
}

const MAX_LEDGERS = 4096;

/**
 * Reads the answer of `GET /trace/TXN`: `{txn, ledgers: [{entity_id, chain, chain_at?, evidence | missing}]}`. Grammar only. An
 * evidence that cannot be read counts as no answer, so that one bad ledger does not hide the others.
 *
 * @throws ExchangeError `request_malformed`
 */
export function readTrace(value: JsonValue): UnverifiedTrace {
  const { txn, ledgers } = isJsonObject(value) ? value : {};
  if (typeof txn !== 'string' || !Array.isArray(ledgers) || ledgers.length > MAX_LEDGERS) {
    throw new ExchangeError('request_malformed', 'the answer is no trace');
  }
  return { txn, ledgers: ledgers.map(readLedger) };
}

function readLedger(value: JsonValue): UnverifiedTraceLedger {
  const { entity_id: entityId, chain, chain_at: at, evidence, missing } = isJsonObject(value) ? value : {};
  if (typeof entityId !== 'string') throw new ExchangeError('request_malformed', 'a ledger of the trace has no name');
  const statements = Array.isArray(chain) ? chain.filter((statement) => typeof statement === 'string') : [];
  const chainAt = typeof at === 'number' ? at : undefined;
  const known = { entityId, chain: statements, chainAt };
  const silent = (reason: string) => ({ ...known, evidence: undefined, missing: reason });
  if (evidence === undefined) return silent(typeof missing === 'string' ? missing : 'no answer');
  try {
    return { ...known, evidence: parseMessage(LedgerEvidenceBody, evidence), missing: undefined };
  } catch (error) {
    if (error instanceof ProtocolError) return silent('its answer cannot be read');
    throw error;
  }
}

/**
 * Verifies a whole trace without trusting the node that handed it out: every chain to a pinned anchor, every checkpoint
 * under the key that the chain vouches for, every receipt's signature, place and opening, and then the links between the
 * ledgers. Nothing is thrown for what is wrong: it is listed with the party that answers for it.
 *
 * The chain of a member that has left is judged at the instant at which it is said to have been in force: an instant that was
 * invented finds no chain in force, and a later one than `now` is refused.
 */
export async function verifyTrace(trace: UnverifiedTrace, input: TraceAnchors): Promise<TraceReport> {
  const looked = await Promise.all(trace.ledgers.map((ledger) => verifyLedger(ledger, input)));
  const proven = looked.flatMap(({ ledger, hops }) =>
    hops.flatMap(({ receipt }): ProvenHop[] =>
      receipt === undefined ? [] : [{ keeper: ledger.entityId, byBroker: ledger.role === 'broker', receipt }],
    ),
  );
  const silent = trace.ledgers.flatMap(({ entityId, missing }): SilentLedger[] =>
    missing === undefined ? [] : [{ entityId, reason: missing }],
  );
  const reconciled = reconcileTrace({ txn: trace.txn, hops: proven, silent });
  const checks = [...looked.flatMap((ledger) => ledger.checks), ...reconciled.checks];
  const place = new Map(reconciled.inOrder.map(({ receipt }, position) => [receipt, position]));
  const placeOf = ({ receipt }: TraceHop) => (receipt === undefined ? undefined : place.get(receipt)) ?? Infinity;
  return {
    txn: trace.txn,
    verdict: stateOf(checks),
    traceId: reconciled.traceId,
    ledgers: looked.map(({ ledger }) => ledger),
    hops: looked.flatMap(({ hops }) => hops).toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
    requests: reconciled.requests,
    checks,
  };
}

interface LookedAt {
  readonly ledger: TracedLedger;
  readonly hops: readonly TraceHop[];
  readonly checks: readonly TraceCheck[];
}

async function verifyLedger(traced: UnverifiedTraceLedger, input: TraceAnchors): Promise<LookedAt> {
  const { entityId, evidence } = traced;
  const nothing: TracedLedger = { entityId, name: entityId, role: 'unknown', size: undefined };
  if (evidence === undefined) return { ledger: await named(traced, nothing, input), hops: [], checks: [] };
  const checks: TraceCheck[] = [];
  const note = (code: TraceCheck['code'], error: unknown, holds: string, broken: string) =>
    checks.push({
      code,
      state: error === undefined ? 'holds' : 'broken',
      party: entityId,
      text: error === undefined ? holds : `${broken} (${nameOf(error)})`,
    });
  const identified = await attempt(() => identify(traced, input));
  const when = traced.chainAt === undefined ? 'leads' : `led on ${new Date(traced.chainAt).toISOString().slice(0, 10)}`;
  note('chain', identified.error, `its chain ${when} to a pinned anchor`, 'its chain does not lead to a pinned anchor');
  if (identified.value === undefined) return { ledger: nothing, hops: [], checks };
  const { identity, ...ledger } = identified.value;
  const opened = await attempt(() => openLedgerCheckpoint(evidence.checkpoint, identity));
  note('checkpoint', opened.error, 'its checkpoint is signed by its ledger key', 'its checkpoint is not its own');
  const checkpoint = opened.value;
  if (checkpoint === undefined) return { ledger: { ...ledger, size: undefined }, hops: [], checks };
  const hops = await Promise.all(evidence.receipts.map((proof) => verifyHop(proof, checkpoint, identity)));
  checks.push(...hops.map((hop) => receiptCheck(hop)));
  return { ledger: { ...ledger, size: checkpoint.size }, hops, checks };
}

/** A ledger that shows nothing is called by the name its superior states, where its chain came along. */
async function named(traced: UnverifiedTraceLedger, nothing: TracedLedger, input: TraceAnchors): Promise<TracedLedger> {
  if (traced.chain.length === 0) return nothing;
  const { value } = await attempt(() => identify(traced, input));
  return value === undefined ? nothing : { ...nothing, name: value.name, role: value.role };
}

async function identify(
  traced: UnverifiedTraceLedger,
  input: TraceAnchors,
): Promise<Omit<TracedLedger, 'size'> & { identity: LedgerIdentity }> {
  const { entityId } = traced;
  const chain = await verifyTracedChain(traced, input);
  if (chain.entityId !== entityId) {
    throw new ExchangeError('evidence_differs', 'the chain is that of another entity', entityId);
  }
  const { name, ledger } = nodeMetadataOf(chain);
  return { entityId, name, role: chain.entityType === 'comity_broker' ? 'broker' : 'agency', identity: ledger };
}

/**
 * At `now`, or at the earlier instant that comes with the chain of a member that has left.
 *
 * @throws TrustError where it was not in force then; ExchangeError `evidence_differs` for an instant that is still to come
 */
export async function verifyTracedChain(
  { entityId, chain, chainAt }: Pick<UnverifiedTraceLedger, 'entityId' | 'chain' | 'chainAt'>,
  { anchors, now }: TraceAnchors,
): Promise<VerifiedChain> {
  const at = chainAt ?? now;
  if (!Number.isSafeInteger(at) || at < 0 || at > now) {
    throw new ExchangeError('evidence_differs', 'its chain is dated in the future', entityId);
  }
  return verifyTrustChain({ chain, anchors: typeof anchors === 'function' ? await anchors(at) : anchors, now: at });
}

async function verifyHop(
  proof: ReceiptProofBody,
  checkpoint: VerifiedCheckpoint,
  ledger: LedgerIdentity,
): Promise<TraceHop> {
  const of = { ledger: ledger.keeper, index: proof.index };
  const { value, error } = await attempt(() => verifyReceiptProof(proof, checkpoint, ledger));
  if (value !== undefined) {
    return { ...of, proof: { inclusion: true, signature: true, opening: true }, receipt: value };
  }
  // `verifyReceiptProof` looks at the place in the tree first, then at the signature, then at what was opened.
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof LedgerError) return { ...of, proof: { inclusion: false }, receipt: undefined };
  if (cause instanceof ProtocolError && cause.code === 'token_invalid') {
    return { ...of, proof: { inclusion: true, signature: false }, receipt: undefined };
  }
  return { ...of, proof: { inclusion: true, signature: true, opening: false }, receipt: undefined };
}

function receiptCheck({ ledger, index, proof, receipt }: TraceHop): TraceCheck {
  const failed = !proof.inclusion ? 'place in the tree' : proof.signature === false ? 'signature' : 'opening';
  return {
    code: 'receipt',
    state: receipt === undefined ? 'broken' : 'holds',
    party: ledger,
    text: receipt === undefined ? `entry ${index}: its ${failed} does not verify` : `entry ${index} is proven`,
  };
}

async function attempt<T>(step: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await step() };
  } catch (error) {
    return { error };
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
