import { excessFields, openAnswer } from '#exchange';
import { READ_FIELDS, importDecryptionKey, type AnswerClaims, type JsonObject, type ReleasedRead } from '#protocol';
import { keepWithinQuery, misreadWarning, parseInstant, receivedExpiry, type DroppedReads } from '#reads';
import type { AgencyNode } from './agency-node.js';
import { keepSubscription } from './alerts/keep-subscription.js';
import { searchableQuery } from './asked-query.js';
import type { StoredAsk } from './asks.store.js';
import type { OutgoingRequest, Shown } from './outgoing-requests.store.js';
import { distrustOf, ownRequest, ownerOf, senderOf } from './prove-outcome.js';
import { retentionLimits } from './retention/retention-limits.js';

/** Opens a delivered answer and shows it: only once the receipt of its delivery is durable (law 1). */
export async function showOutcome(request: OutgoingRequest, ask: StoredAsk, node: AgencyNode): Promise<void> {
  if (request.shown || request.deliveredReceipt === undefined) return;
  await node.ledger.integrated(request.deliveredReceipt);
  if (request.state !== 'replied') return show(request, { ...NOTHING, reasons: request.reasons }, node);
  const opened = await openDelivered(request, node).catch((error: unknown) => {
    const name = distrustOf(error);
    if (name === undefined) throw error;
    return name;
  });
  if (typeof opened === 'string') return showNothing(request, opened, node);
  return storeReads(request, ask, opened, node);
}

/** Ends what was delivered without opening it: why, by name. */
export function showNothing(request: OutgoingRequest, name: string, node: AgencyNode): Promise<void> {
  return show(request, { ...NOTHING, problem: name }, node);
}

const NOTHING: Shown = {
  outcome: 'none',
  reasons: [],
  warnings: [],
  readCount: 0,
  droppedCount: 0,
  truncated: false,
  nextCursor: undefined,
  obligations: undefined,
};

async function show(request: OutgoingRequest, shown: Shown, node: AgencyNode): Promise<void> {
  await node.dataSource.transaction(async (manager) => {
    await node.outgoing.show(manager, request, shown);
    await node.asks.endIfComplete(manager, request.txn);
  });
}

async function openDelivered(request: OutgoingRequest, node: AgencyNode): Promise<AnswerClaims> {
  const sent = await ownRequest(request, node);
  const owner = await ownerOf(sent, node);
  const answerKey = await importDecryptionKey(request.answerKey ?? null);
  // As of its arrival: a node that was down meanwhile still shows what it had logged in time.
  const now = request.endedAtMs ?? node.clock.now();
  return openAnswer(request.answer ?? '', sent, { answerKey, owner: senderOf(owner), now });
}

/** A pseudonym is no plate that could be mistaken for another. */
function misreadOf({ plate, confidence }: ReleasedRead): [string, string][] {
  if (plate === undefined) return [];
  return [[plate, misreadWarning({ plate, ...(confidence === undefined ? {} : { confidence }) }).text]];
}

/** What exceeds the query is dropped and counted before anybody sees it (P22); the rest keeps its owner's obligations. */
async function storeReads(
  request: OutgoingRequest,
  ask: StoredAsk,
  answer: AnswerClaims,
  node: AgencyNode,
): Promise<void> {
  const query = searchableQuery(ask.ask.query);
  // Nobody answers a closed kind; whoever does all the same is not listened to.
  if (query === undefined) return showNothing(request, 'answer_differs', node);
  const { kept, dropped } = keepWithinQuery(answer.reads, query, READ_FIELDS);
  const obligations = { ...answer.obligations } as unknown as JsonObject;
  const now = node.clock.now();
  const obliged = parseInstant(answer.obligations.expires_at);
  const { readsMs: ownRetentionMs } = await retentionLimits(node);
  const expiresAt =
    ownRetentionMs === undefined
      ? obliged
      : receivedExpiry({ receivedAt: now, obligationExpiresAt: obliged, ownRetentionMs });
  const misreads = [...new Map(kept.flatMap(misreadOf)).values()];
  const excess =
    dropped.total > 0 ? [`the holding agency sent ${dropped.total} reads beyond the query; they were dropped`] : [];
  await node.dataSource.transaction(async (manager) => {
    // What a supervisor has disapproved of meanwhile is not kept.
    const isUnwanted = await node.asks.isDisapproved(manager, request.txn);
    if (answer.outcome === 'reads') await keepSubscription(manager, request, ask, node);
    await node.received.store(
      {
        txn: request.txn,
        owner: request.owner,
        releaseDigest: request.release ?? '',
        obligations,
        expiresAt,
        reads: isUnwanted ? [] : kept,
      },
      manager,
    );
    if (dropped.total > 0) await appendExcess(manager, request, ask, dropped, node);
    await node.outgoing.show(manager, request, {
      outcome: answer.outcome,
      reasons: answer.reasons,
      warnings: [...excess, ...misreads, ...answer.warnings],
      readCount: kept.length,
      droppedCount: dropped.total,
      truncated: answer.truncated,
      nextCursor: answer.next,
      obligations,
    });
    await node.asks.endIfComplete(manager, request.txn);
  });
}

/** An owner that sends more than was asked is on record for it, by how much and in what (P22). */
async function appendExcess(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  request: OutgoingRequest,
  ask: StoredAsk,
  { stripped: _stripped, ...dropped }: DroppedReads,
  node: AgencyNode,
): Promise<void> {
  await node.ledger.append(manager, {
    receiptId: `excess/${request.jti}`,
    kind: 'excess_dropped',
    txn: request.txn,
    fields: excessFields(
      {
        txn: request.txn,
        trace: ask.traceparent,
        request: request.digest ?? '',
        requester: node.entityId,
        owner: request.owner,
        release: request.release ?? '',
      },
      { ...dropped },
    ),
  });
}
