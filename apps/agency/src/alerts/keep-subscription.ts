import type { EntityManager } from 'typeorm';
import { readRequest } from '#exchange';
import type { AgencyNode } from '../agency-node.js';
import type { StoredAsk } from '../asks.store.js';
import type { OutgoingRequest } from '../outgoing-requests.store.js';

const STANDS_MS = 24 * 60 * 60 * 1000;

/** A standing request was permitted: its answer key is kept for its alerts, until it ends. */
export async function keepSubscription(
  manager: EntityManager,
  request: OutgoingRequest,
  { ask }: StoredAsk,
  node: AgencyNode,
): Promise<void> {
  const { txn, owner, digest, request: token, answerKey } = request;
  if (!('hot_list' in ask.query) || digest === undefined || token === undefined || answerKey === undefined) return;
  const endsAtMs = Math.min(Date.parse(ask.query.until), readRequest(token).claims.iat * 1000 + STANDS_MS);
  await node.subscriptions.insert(manager, { txn, owner, requestDigest: digest, request: token, answerKey, endsAtMs });
}
