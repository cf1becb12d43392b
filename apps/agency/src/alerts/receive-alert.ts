import {
  excessFields,
  nodeMetadataOf,
  openAnswer,
  readRequest,
  standingAlertLoggedFields,
  verifyEvidence,
  verifyLateRequest,
  type VerifiedRequest,
} from '#exchange';
import {
  READ_FIELDS,
  digestOfText,
  importDecryptionKey,
  newTransactionId,
  publicKeyFrom,
  type AlertDeliveryBody,
  type AlertPassedBody,
  type AnswerClaims,
  type JsonObject,
} from '#protocol';
import { keepWithinQuery, parseInstant, parsePlateHistoryQuery, receivedExpiry, type DroppedReads } from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { asHistory } from '../asked-query.js';
import type { StoredAsk } from '../asks.store.js';
import { brokerOf, ownerOf, senderOf } from '../prove-outcome.js';
import { retentionLimits } from '../retention/retention-limits.js';
import { ownEntry } from './standing-query.js';
import type { Subscription } from './subscriptions.store.js';

const ENDED: AlertPassedBody = { state: 'ended' };

/**
 * An alert arrives through the broker. What is no longer looked for is not opened: its key is destroyed, and whoever keeps
 * following is told. Everything else is verified against both ledgers and on record here before it is opened and shown.
 */
export async function receiveAlert(body: AlertDeliveryBody, node: AgencyNode): Promise<AlertPassedBody> {
  const subscription = await node.subscriptions.find(body.txn, body.owner);
  const ask = subscription && (await node.asks.find(subscription.txn));
  if (subscription?.answerKey === undefined || ask === undefined) return ENDED;
  if (!(await stillWanted(subscription, ask, node))) {
    await node.subscriptions.end(subscription.txn, 'not_listed');
    return ENDED;
  }
  const sent = await ownStandingRequest(subscription, node);
  const release = await prove(body, sent, node);
  await logArrival(body, sent, release, node);
  const owner = await ownerOf(sent, node);
  const answerKey = await importDecryptionKey(subscription.answerKey);
  const answer = await openAnswer(body.answer, sent, { answerKey, owner: senderOf(owner), now: node.clock.now() });
  await show(answer, { subscription, ask, release }, node);
  return { state: 'delivered' };
}

/** Not ended, and its plate still on a fresh list of the agency: recovered is gone for others' cameras too. */
async function stillWanted(subscription: Subscription, { ask }: StoredAsk, node: AgencyNode): Promise<boolean> {
  if (node.clock.now() >= subscription.endsAtMs) return false;
  const { query } = ask;
  if (!('hot_list' in query)) return false;
  const [plate] = query.plates;
  return plate !== undefined && (await ownEntry({ ...plate }, node)) !== undefined;
}

/** Ends what this agency looks for no longer, and destroys its keys: whatever arrives from then on stays closed. */
export async function receivedNoLonger(node: AgencyNode): Promise<void> {
  for (const subscription of await node.subscriptions.open()) {
    const ask = await node.asks.find(subscription.txn);
    const wanted = ask !== undefined && (await stillWanted(subscription, ask, node));
    if (!wanted) await node.subscriptions.end(subscription.txn, 'not_listed');
  }
}

async function ownStandingRequest(subscription: Subscription, node: AgencyNode): Promise<VerifiedRequest> {
  const key = await publicKeyFrom(node.signingKey.publicJwk);
  const arrived = readRequest(subscription.request);
  const keys = new Map([[key.kid, key]]);
  return verifyLateRequest(arrived, { keys, requester: node.entityId, audience: arrived.claims.aud });
}

/** @returns the digest of the owner's receipt, which the broker's names */
async function prove(body: AlertDeliveryBody, sent: VerifiedRequest, node: AgencyNode): Promise<string> {
  const { txn, iss: requester, owner } = sent.claims;
  const fields = { txn, request: sent.digest, requester, owner, ciphertext: digestOfText(body.answer) };
  const holder = nodeMetadataOf((await ownerOf(sent, node)).chain);
  const broker = nodeMetadataOf(brokerOf(sent.claims.aud, node));
  const released = await verifyEvidence(body.owner_evidence, holder.ledger, [{ kind: 'alerted', fields }]);
  const release = released.receipts[0]?.digest ?? '';
  const logged = [{ kind: 'alerted', fields: { ...fields, release } }];
  await verifyEvidence(body.broker_evidence, broker.ledger, logged);
  await node.follower.follow(holder, body.owner_evidence);
  await node.follower.follow(broker, body.broker_evidence);
  return release;
}

async function logArrival(
  body: AlertDeliveryBody,
  { claims, digest }: VerifiedRequest,
  release: string,
  node: AgencyNode,
): Promise<void> {
  await node.ledger.record({
    receiptId: `alerted/${release}`,
    kind: 'alerted',
    txn: claims.txn,
    fields: standingAlertLoggedFields({
      txn: claims.txn,
      trace: claims.traceparent,
      request: digest,
      requester: claims.iss,
      owner: claims.owner,
      release,
      ciphertext: digestOfText(body.answer),
    }),
  });
}

/** Drops what exceeds the query (P22), and keeps the rest as long as its owner and the own law allow. */
async function show(
  answer: AnswerClaims,
  of: { subscription: Subscription; ask: StoredAsk; release: string },
  node: AgencyNode,
): Promise<void> {
  const { subscription, release } = of;
  const { ask } = of.ask;
  const { query } = ask;
  if (!('hot_list' in query)) return;
  const { kept, dropped } = keepWithinQuery(answer.reads, parsePlateHistoryQuery(asHistory(query)), READ_FIELDS);
  // An alert is one read: whatever else comes with it is as much beyond the question as another plate.
  const [read, ...more] = kept;
  if (dropped.total + more.length > 0) {
    await recordExcess(answer, of, { ...dropped, total: dropped.total + more.length }, node);
  }
  const [plate] = query.plates;
  if (read === undefined || plate === undefined) return;
  const now = node.clock.now();
  const obligationExpiresAt = parseInstant(answer.obligations.expires_at);
  const ownRetentionMs = (await retentionLimits(node)).readsMs;
  const expiresAtMs =
    ownRetentionMs === undefined
      ? obligationExpiresAt
      : receivedExpiry({ receivedAt: now, obligationExpiresAt, ownRetentionMs });
  await node.dataSource.transaction(async (manager) => {
    const inserted = await node.alerts.insert(manager, {
      id: newTransactionId(node.randomness),
      hit: release,
      origin: subscription.owner,
      txn: subscription.txn,
      list: undefined,
      record: undefined,
      source: query.hot_list.source,
      match: 'exact',
      stateUnknown: plate.state === undefined || read.plate_state === undefined,
      entry: {
        plate: plate.text,
        ...(plate.state === undefined ? {} : { plate_state: plate.state }),
        source: query.hot_list.source,
        reason: ask.purpose,
        legal_basis: `transaction ${subscription.txn}`,
        case_number: ask.case_number,
      },
      read: { plate: plate.text, ...(read as unknown as JsonObject) },
      refreshedAtMs: Date.parse(query.hot_list.refreshed_at),
      createdAtMs: now,
      receiptId: `alerted/${release}`,
      expiresAtMs,
    });
    if (inserted) await node.alerts.count(manager, 'received', 'hit');
  });
}

/** Before anything of it is shown: an owner that sends more than was asked is on record for it (P22). */
async function recordExcess(
  { request, iss: owner, txn, traceparent: trace }: AnswerClaims,
  { release }: { readonly release: string },
  { stripped: _stripped, ...dropped }: DroppedReads,
  node: AgencyNode,
): Promise<void> {
  await node.ledger.record({
    receiptId: `excess/${release}`,
    kind: 'excess_dropped',
    txn,
    fields: excessFields({ txn, trace, request, requester: node.entityId, owner, release }, { ...dropped }),
  });
}
