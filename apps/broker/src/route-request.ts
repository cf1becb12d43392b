import {
  endedFields,
  factsAtBroker,
  grantedFields,
  protocolReason,
  readRequest,
  reasonClaims,
  refusedFields,
  verifyLateRequest,
  verifyRequest,
  decideByAll,
  withKindOffered,
  type PartyView,
  type SignedRule,
  type UnverifiedRequest,
  type VerifiedRequest,
} from '#exchange';
import { partiesView, partyView, refusedOnRecord, unavailable } from '#exchange/io';
import type { Facts } from '#policy';
import { tokenInvalid, type BrokerOutcomeBody, type RequestState, type SubmitRequestBody } from '#protocol';
import { inSpan } from '#tracing/io';
import type { BrokerNode } from './broker-node.js';
import { conflict, type BrokerDecision, type SpentRequest } from './broker-requests.store.js';
import { endStateOutcome, storedOutcome } from './broker-outcome.js';
import { forwardGrant } from './forward-grant.js';

/**
 * One request, from its arrival to its end state. Read it from top to bottom: nothing is forwarded before the decision is
 * durable under a signed checkpoint, and nothing is decided twice.
 */
export async function routeRequest(body: SubmitRequestBody, node: BrokerNode): Promise<BrokerOutcomeBody> {
  node.witnessWatch.require();
  const arrived = readRequest(body.request);
  const requester = await resolveRequester(arrived, node);
  const earlier = await node.requests.find(arrived.claims.iss, arrived.claims.jti);
  const request = await refusedOnRecord(arrived, arrived.claims.owner, node, async () => {
    const authentic = await verifyArrived(arrived, requester, earlier?.digest === arrived.token.digest, node);
    refuseAnother(authentic, earlier);
    return authentic;
  });
  return inSpan('route_request', { parent: request.claims.traceparent, attributes: {} }, async () => {
    const spent = earlier ?? (await spend(request, requester, node));
    await node.ledger.integrated(spent.decisionReceipt);
    if (spent.state !== undefined) return storedOutcome(spent, request, body.log_size, node);
    if (node.clock.now() >= spent.respondByMs) return endStateOutcome(spent, request, 'failed', body.log_size, node);
    if (!(await forwardGrant(spent, request, node))) {
      return endStateOutcome(spent, request, 'failed', body.log_size, node);
    }
    // Whoever was suspended meanwhile is handed nothing here either (T15); the owner has decided for itself.
    await resolveRequester(arrived, node);
    return storedOutcome(await reread(spent, node), request, body.log_size, node);
  });
}

/** The requester as *our* anchor vouches for it; the chain comes with the request, so that nothing unverified is fetched. */
async function resolveRequester(arrived: UnverifiedRequest, node: BrokerNode): Promise<PartyView> {
  const view = await node.directory.agencyView(arrived.trustChain);
  if (view.chain.entityType !== 'comity_agency') throw tokenInvalid('the requester is not an agency');
  if (view.chain.entityId !== arrived.claims.iss) throw tokenInvalid('the chain is another entity');
  return view;
}

/** The same `(iss, jti)` with the same digest gets the stored outcome; with another digest it is a conflict. */
function refuseAnother(request: VerifiedRequest, earlier: SpentRequest | undefined): void {
  if (earlier && earlier.digest !== request.digest) throw conflict('this `jti` was used for another request');
}

async function verifyArrived(
  arrived: UnverifiedRequest,
  requester: PartyView,
  known: boolean,
  node: BrokerNode,
): Promise<VerifiedRequest> {
  const keys = requester.chain.protocolKeys.signing;
  const input = { keys, requester: requester.chain.entityId, audience: node.entityId };
  const late = known || node.clock.now() >= arrived.claims.exp * 1000;
  return late ? verifyLateRequest(arrived, input) : verifyRequest(arrived, { ...input, now: node.clock.now() });
}

/** Decision, spent `jti` and pending receipt commit together, or not at all. */
async function spend(request: VerifiedRequest, requester: PartyView, node: BrokerNode): Promise<SpentRequest> {
  // Undecided until now, for instance because the owner's rule could not be read: it is over with whichever time ends first.
  const expired = node.clock.now() >= Math.min(request.claims.exp, request.claims.respond_by) * 1000;
  const decision = expired ? EXPIRED : await decideForOwner(request, requester, node);
  const state = expired ? 'expired' : decision.reasons.length > 0 ? 'broker_denied' : undefined;
  const receiptId = `decision/${request.digest}`;
  await node.dataSource.transaction(async (manager) => {
    const input = { receiptId, state, now: node.clock.now() } as const;
    if (!(await node.requests.spend(manager, request, decision, input))) return;
    await node.ledger.append(manager, {
      receiptId,
      txn: request.claims.txn,
      ...decisionReceipt(request, decision, state),
    });
  });
  const spent = await node.requests.find(request.claims.iss, request.claims.jti);
  if (!spent) throw new TypeError('a request that was just spent is not there');
  refuseAnother(request, spent);
  return spent;
}

const EXPIRED: BrokerDecision = { rule: '', undetermined: [], reasons: [] };

function decisionReceipt(request: VerifiedRequest, decision: BrokerDecision, state: RequestState | undefined) {
  const { claims } = request;
  const of = {
    txn: claims.txn,
    trace: claims.traceparent,
    request: request.digest,
    requester: claims.iss,
    owner: claims.owner,
  };
  if (state === 'expired') return { kind: 'expired', fields: endedFields({ ...of, state }) } as const;
  if (state === 'broker_denied') {
    const reasons = decision.reasons.map(({ code }) => code);
    return { kind: 'refused', fields: refusedFields({ ...of, rule: decision.rule, reasons }) } as const;
  }
  const undetermined = [...decision.undetermined];
  return { kind: 'granted', fields: grantedFields({ ...of, rule: decision.rule, undetermined }) } as const;
}

/** The owner's published rule over the coded facts. What is sealed stays undetermined and is left to the owner. */
export async function decideForOwner(
  request: Pick<VerifiedRequest, 'claims'>,
  requester: PartyView,
  node: BrokerNode,
): Promise<BrokerDecision> {
  const { claims } = request;
  const owner = await partyView(node.directory, claims.owner);
  // Listed and out of reach is no reason to deny for good: the requester comes again until `exp`.
  if (owner === undefined && node.directory.lists(claims.owner)) throw unavailable('the owner cannot be verified now');
  if (owner === undefined) return refusal('owner_not_enrolled', 'an enrolled holding agency', claims.owner);
  const parties = await partiesView(node.directory, { requester, beneficiary: claims.clear.beneficiary, owner });
  const of = { kind: claims.clear.kind, facts: factsAtBroker(parties, claims.clear, claims.fan_out) };
  const decision = decideByRule(await node.rules.current(owner.chain), of, node);
  // A refusal is for good: it is made by what the owner publishes now, and not by a copy that it has replaced.
  return decision.reasons.length === 0 ? decision : decideByRule(await node.rules.latest(owner.chain), of, node);
}

function decideByRule(
  rule: SignedRule | undefined,
  { kind, facts }: { readonly kind: string; readonly facts: Facts },
  node: BrokerNode,
): BrokerDecision {
  if (rule === undefined) return refusal('rule_unknown', 'a published sharing rule of the holding agency', 'none');
  const decision = decideByAll(facts, [rule], node.clock.now());
  const reasons = withKindOffered(kind, decision.outcome === 'deny' ? reasonClaims(decision) : []);
  if (reasons.length > 0) return { rule: rule.digest, undetermined: [], reasons };
  const undetermined =
    decision.outcome === 'undetermined' ? decision.undetermined.map(({ requirement }) => requirement) : [];
  return { rule: rule.digest, undetermined, reasons: [] };
}

function refusal(code: string, required: string, found: string): BrokerDecision {
  const remedy = 'name a holding agency that is enrolled and has published a sharing rule';
  return { rule: '', undetermined: [], reasons: [protocolReason(code, required, found, remedy)] };
}

async function reread(spent: SpentRequest, node: BrokerNode): Promise<SpentRequest> {
  return (await node.requests.find(spent.iss, spent.jti)) ?? spent;
}
