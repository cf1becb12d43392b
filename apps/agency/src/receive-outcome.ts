import { deliveredFields } from '#exchange';
import { digestOf, digestOfText, type BrokerOutcomeBody } from '#protocol';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import type { StoredAsk } from './asks.store.js';
import type { OutgoingRequest } from './outgoing-requests.store.js';
import { distrustOf, ownRequest, verifyOutcome, type Proven } from './prove-outcome.js';

/**
 * Verifies what came back and logs that it arrived. Nothing of it is opened here: the receipt of the delivery is durable
 * before a person can see anything. An outcome that is not proven ends the request as `failed`, by name.
 */
export async function receiveOutcome(
  request: OutgoingRequest,
  ask: StoredAsk,
  outcome: BrokerOutcomeBody,
  node: AgencyNode,
): Promise<OutgoingRequest> {
  return inSpan('receive_answer', { parent: ask.traceparent, attributes: {} }, async () => {
    try {
      const sent = await ownRequest(request, node);
      const proven = await verifyOutcome(outcome, sent, node);
      return await deliver(request, ask, { state: outcome.state, ...proven }, node);
    } catch (error) {
      const name = distrustOf(error);
      if (name === undefined) throw error;
      return endHere(request, ask, name, node);
    }
  });
}

type Delivered = Proven & { readonly state: NonNullable<OutgoingRequest['state']>; readonly problem?: string };

async function deliver(
  request: OutgoingRequest,
  ask: StoredAsk,
  delivered: Delivered,
  node: AgencyNode,
): Promise<OutgoingRequest> {
  const receiptId = `delivered/${request.jti}`;
  const evidence = digestOf({ answer: digestOfText(delivered.answer ?? ''), release: delivered.release ?? '' });
  await node.dataSource.transaction(async (manager) => {
    await node.outgoing.deliver(manager, request, { ...delivered, receiptId }, node.clock.now());
    await node.ledger.append(manager, {
      receiptId,
      kind: 'delivered',
      txn: request.txn,
      fields: deliveredFields({
        txn: request.txn,
        trace: ask.traceparent,
        request: request.digest ?? '',
        requester: node.entityId,
        owner: request.owner,
        state: delivered.problem ?? delivered.state,
        evidence,
      }),
    });
  });
  return (await node.outgoing.reread(request)) ?? request;
}

/** Ends a request by this node's own word: the broker cannot be reached, or what it sent is not believed. */
export function endHere(
  request: OutgoingRequest,
  ask: StoredAsk,
  name: string,
  node: AgencyNode,
): Promise<OutgoingRequest> {
  const nothing = { reasons: [], answer: undefined, release: undefined };
  return deliver(request, ask, { state: 'failed', problem: name, ...nothing }, node);
}
