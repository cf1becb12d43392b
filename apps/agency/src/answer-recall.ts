import { deletedFields, recallHeldFields } from '#exchange';
import { ledgerEvidence } from '#exchange/io';
import {
  messageDigest,
  newIdentifier,
  readToken,
  tokenInvalid,
  type RecallAnsweredBody,
  type RecallBody,
} from '#protocol';
import { signRecallAnswer, verifyRecall, type RecallOutcome, type VerifiedRecall } from '#trust';
import type { AgencyNode } from './agency-node.js';
import { keepsRecalled, type KeptRecalled } from './holds/keep-recalled.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';

const ANSWER_SECONDS = 60 * 60;

/**
 * The receiving side of a recall: what the release brought is deleted, or kept out of sight under a hold that is on it, with a
 * receipt in this node's ledger that the owner gets with the answer. An owner that is suspended by now may recall all the
 * same. Called back twice is deleted once; called back when its hold is over, it is gone.
 */
export async function answerRecall(body: RecallBody, node: AgencyNode): Promise<RecallAnsweredBody> {
  const recall = await verified(body, node);
  const before = await node.recalls.receivedBefore(recall.issuer, recall.release);
  const stands = before !== undefined && (!isHeld(before) || (await keepsRecalled(ofRelease(recall), node)));
  const receiptId = stands ? before : await obeyed(recall, node);
  if (receiptId === undefined) return { answer: await signAnswer(recall, 'nothing_kept', undefined, node) };
  const evidence = await ledgerEvidence(node.ledger, [receiptId], 0);
  const proof = messageDigest(evidence.receipts[0]?.entry ?? '');
  return { answer: await signAnswer(recall, isHeld(receiptId) ? 'held' : 'deleted', proof, node), evidence };
}

/** A receipt says by its id what was done. */
function isHeld(receiptId: string): boolean {
  return receiptId.startsWith('recall_held/');
}

function ofRelease({ issuer: owner, release }: VerifiedRecall): { owner: string; release: string } {
  return { owner, release };
}

async function verified({ recall: token }: RecallBody, node: AgencyNode): Promise<VerifiedRecall> {
  const issuer = readToken('recall', token).claims['iss'];
  if (typeof issuer !== 'string') throw tokenInvalid('issuer');
  const owner = node.directory.chainFor(issuer);
  const keys = owner.protocolKeys.signing;
  return verifyRecall({ token, issuer, receiver: node.entityId, keys, now: node.clock.now() });
}

/** @returns the receipt of what was done; `undefined` where nothing of that release was ever received here */
async function obeyed(recall: VerifiedRecall, node: AgencyNode): Promise<string | undefined> {
  const request = await node.outgoing.findByRelease(recall.txn, recall.issuer, recall.release);
  if (request === undefined) return undefined;
  return node.dataSource.transaction(async (manager) => {
    const kept = await node.holds.keepRecalled(manager, ofRelease(recall));
    const receiptId = kept ? `recall_held/${recall.release}/${kept.hold.id}` : `deleted/${recall.release}`;
    const received = kept ? kept.reads : await node.received.deleteRelease(recall.issuer, recall.release, manager);
    const { issuer: owner, release, digest } = recall;
    // What stood in this transaction came under the same law: its alerts go too, and no further one is opened.
    const alerts = await node.alerts.deleteReceived(manager, owner, recall.txn);
    await node.subscriptions.end(recall.txn, 'recalled', manager);
    await node.recalls.noteReceived(manager, {
      owner,
      release,
      digest,
      receiptId,
      reads: received + alerts,
      now: node.clock.now(),
    });
    await appendObeyed(manager, { recall, request, reads: received + alerts, receiptId, kept }, node);
    return receiptId;
  });
}

async function appendObeyed(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  of: {
    recall: VerifiedRecall;
    request: OutgoingRequest;
    reads: number;
    receiptId: string;
    kept: KeptRecalled | undefined;
  },
  node: AgencyNode,
): Promise<void> {
  const { recall, request, reads, receiptId, kept } = of;
  const { txn, release } = recall;
  const ask = await node.asks.find(txn);
  const hop = {
    txn,
    trace: ask?.traceparent ?? '',
    request: request.digest ?? '',
    requester: node.entityId,
    owner: recall.issuer,
    release,
    recall: recall.digest,
  };
  if (kept === undefined) {
    const fields = deletedFields(hop, { read_count: reads });
    return node.ledger.append(manager, { receiptId, kind: 'deleted', txn, fields });
  }
  const { hold, statute, until } = kept;
  const shown = { hold: hold.id, basis: hold.basis, statute, order: hold.sworn?.digest ?? null };
  const fields = recallHeldFields({ ...hop, ...shown, until: new Date(until).toISOString() }, { read_count: reads });
  return node.ledger.append(manager, { receiptId, kind: 'recall_held', txn, fields });
}

function signAnswer(
  recall: VerifiedRecall,
  outcome: RecallOutcome,
  proof: string | undefined,
  node: AgencyNode,
): Promise<string> {
  return signRecallAnswer({
    issuer: node.entityId,
    receiver: recall.issuer,
    jti: newIdentifier(node.randomness),
    issuedAt: node.clock.now(),
    key: node.signingKey,
    recall: recall.digest,
    outcome,
    proof,
    lifetimeSeconds: ANSWER_SECONDS,
  });
}
