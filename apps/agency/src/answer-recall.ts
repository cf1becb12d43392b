import { deletedFields } from '#exchange';
import { ledgerEvidence } from '#exchange/io';
import {
  messageDigest,
  newIdentifier,
  readToken,
  tokenInvalid,
  type RecallAnsweredBody,
  type RecallBody,
} from '#protocol';
import { signRecallAnswer, verifyRecall, type VerifiedRecall } from '#trust';
import type { AgencyNode } from './agency-node.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';

const ANSWER_SECONDS = 60 * 60;

/**
 * The receiving side of a recall: what the release brought is deleted, with a receipt in this node's ledger that the owner
 * gets with the answer. An owner that is suspended by now may recall all the same. Called back twice is deleted once.
 */
export async function answerRecall(body: RecallBody, node: AgencyNode): Promise<RecallAnsweredBody> {
  const recall = await verified(body, node);
  const receiptId = (await node.recalls.receivedBefore(recall.issuer, recall.release)) ?? (await deleted(recall, node));
  if (receiptId === undefined) return { answer: await signAnswer(recall, undefined, node) };
  const evidence = await ledgerEvidence(node.ledger, [receiptId], 0);
  const proof = messageDigest(evidence.receipts[0]?.entry ?? '');
  return { answer: await signAnswer(recall, proof, node), evidence };
}

async function verified({ recall: token }: RecallBody, node: AgencyNode): Promise<VerifiedRecall> {
  const issuer = readToken('recall', token).claims['iss'];
  if (typeof issuer !== 'string') throw tokenInvalid('issuer');
  const owner = node.directory.chainFor(issuer);
  const keys = owner.protocolKeys.signing;
  return verifyRecall({ token, issuer, receiver: node.entityId, keys, now: node.clock.now() });
}

/** `undefined` where nothing of that release was ever received here. */
async function deleted(recall: VerifiedRecall, node: AgencyNode): Promise<string | undefined> {
  const request = await node.outgoing.findByRelease(recall.txn, recall.issuer, recall.release);
  if (request === undefined) return undefined;
  const receiptId = `deleted/${recall.release}`;
  await node.dataSource.transaction(async (manager) => {
    const reads = await node.received.deleteRelease(recall.issuer, recall.release, manager);
    await node.recalls.noteReceived(manager, {
      owner: recall.issuer,
      release: recall.release,
      digest: recall.digest,
      receiptId,
      reads,
      now: node.clock.now(),
    });
    await appendDeleted(manager, { recall, request, reads, receiptId }, node);
  });
  return receiptId;
}

async function appendDeleted(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  of: { recall: VerifiedRecall; request: OutgoingRequest; reads: number; receiptId: string },
  node: AgencyNode,
): Promise<void> {
  const { recall, request, reads, receiptId } = of;
  const ask = await node.asks.find(recall.txn);
  await node.ledger.append(manager, {
    receiptId,
    kind: 'deleted',
    txn: recall.txn,
    fields: deletedFields(
      {
        txn: recall.txn,
        trace: ask?.traceparent ?? '',
        request: request.digest ?? '',
        requester: node.entityId,
        owner: recall.issuer,
        release: recall.release,
        recall: recall.digest,
      },
      { read_count: reads },
    ),
  });
}

function signAnswer(recall: VerifiedRecall, proof: string | undefined, node: AgencyNode): Promise<string> {
  return signRecallAnswer({
    issuer: node.entityId,
    receiver: recall.issuer,
    jti: newIdentifier(node.randomness),
    issuedAt: node.clock.now(),
    key: node.signingKey,
    recall: recall.digest,
    outcome: proof === undefined ? 'nothing_kept' : 'deleted',
    proof,
    lifetimeSeconds: ANSWER_SECONDS,
  });
}
