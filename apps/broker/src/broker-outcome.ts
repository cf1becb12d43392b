import { endedFields, type VerifiedRequest } from '#exchange';
import { ledgerEvidence, lifetime, unavailable } from '#exchange/io';
import {
  newIdentifier,
  signToken,
  type BrokerOutcomeBody,
  type JsonObject,
  type ReasonClaims,
  type RequestState,
} from '#protocol';
import type { BrokerNode } from './broker-node.js';
import type { SpentRequest } from './broker-requests.store.js';

const STATEMENT_SECONDS = 15 * 60;

/** The end state of a request with the evidence for it, as often as the requester asks. */
export async function storedOutcome(
  spent: SpentRequest,
  request: VerifiedRequest,
  logSize: number,
  node: BrokerNode,
): Promise<BrokerOutcomeBody> {
  if (spent.state === undefined) throw unavailable('the holding agency has not answered yet');
  const receiptIds = [spent.decisionReceipt, ...(spent.releaseReceipt === undefined ? [] : [spent.releaseReceipt])];
  const ended = spent.state === 'failed' ? [endReceiptId(spent)] : [];
  const evidence = await ledgerEvidence(node.ledger, [...receiptIds, ...ended], logSize);
  return {
    state: spent.state,
    ...spent.outcome,
    ...(isBrokerState(spent.state) ? { end_state: await signEndState(spent, request, spent.state, node) } : {}),
    broker_evidence: evidence,
  };
}

/** Ends a request that no owner has answered: logged like everything else, and stated under the broker's signature. */
export async function endStateOutcome(
  spent: SpentRequest,
  request: VerifiedRequest,
  state: 'failed',
  logSize: number,
  node: BrokerNode,
): Promise<BrokerOutcomeBody> {
  const { claims } = request;
  await node.dataSource.transaction(async (manager) => {
    await node.requests.end(manager, spent, state, {}, node.clock.now());
    await node.ledger.append(manager, {
      receiptId: endReceiptId(spent),
      kind: state,
      txn: spent.txn,
      fields: endedFields({
        txn: claims.txn,
        trace: claims.traceparent,
        request: request.digest,
        requester: claims.iss,
        owner: claims.owner,
        state,
      }),
    });
  });
  const ended = await node.requests.find(spent.iss, spent.jti);
  return storedOutcome(ended ?? spent, request, logSize, node);
}

function endReceiptId(spent: SpentRequest): string {
  return `end/${spent.digest}`;
}

type BrokerState = 'broker_denied' | 'expired' | 'failed';

function isBrokerState(state: RequestState): state is BrokerState {
  return state === 'broker_denied' || state === 'expired' || state === 'failed';
}

async function signEndState(
  spent: SpentRequest,
  request: VerifiedRequest,
  state: BrokerState,
  node: BrokerNode,
): Promise<string> {
  const reasons: readonly ReasonClaims[] = spent.decision.reasons;
  return signToken({
    kind: 'end-state',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: request.claims.iss,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, STATEMENT_SECONDS),
      txn: spent.txn,
      traceparent: request.claims.traceparent,
      request: spent.digest,
      state,
      reasons: reasons.map((reason): JsonObject => ({ ...reason })),
    },
  });
}
