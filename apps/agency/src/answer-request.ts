import {
  ExchangeError,
  nodeMetadataOf,
  readRequest,
  verifyEvidence,
  verifyGrant,
  verifyLateRequest,
  verifyRequest,
  type PartyView,
  type VerifiedReceipt,
  type VerifiedRequest,
} from '#exchange';
import { refusedOnRecord } from '#exchange/io';
import {
  CLOCK_TOLERANCE_SECONDS,
  ProblemError,
  problem,
  readToken,
  tokenInvalid,
  type GrantBody,
  type OwnerOutcomeBody,
  type ReasonClaims,
} from '#protocol';
import { TrustError, type VerifiedChain } from '#trust';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { decideHere, type DecidedHere, type DeniedHere, type KnownOfRelease } from './decide-here.js';
import type { IncomingRequest } from './incoming-requests.store.js';
import { takeUse } from './legal-process/process-facts.js';
import { countRequest } from './limits/count-budgets.js';
import { openHere, type OpenedHere } from './open-here.js';
import { deny, prepareAnswer, withdraw } from './prepare-answer.js';
import { logReleaseAtBroker, releasedOutcome, refusedOutcome } from './release-answer.js';
import { recordWitnessed, releaseWitnesses, stopOf, witnessRelease } from './witness-release.js';

/**
 * The holding side, from a broker's grant to the release. Everything the broker did is done again from this agency's own
 * anchor and its own rule; the broker's word counts for one thing only, that the request stands in its ledger.
 */
export async function answerRequest(body: GrantBody, node: AgencyNode): Promise<OwnerOutcomeBody> {
  node.witnessWatch.require();
  const arrivedAt = node.clock.now();
  await node.directory.statuses.offer(body.status_lists ?? []);
  const broker = resolveBroker(body, node);
  const arrived = readRequest(body.request);
  const requester = await resolveRequester(arrived.trustChain, arrived.claims.iss, node);
  const earlier = await node.incoming.find(arrived.claims.iss, arrived.claims.jti);
  const { request, granted } = await refusedOnRecord(arrived, node.entityId, node, async () => {
    const authentic = await verifyArrived(body, requester, broker, earlier?.digest === arrived.token.digest, node);
    refuseAnother(authentic, earlier);
    if (earlier === undefined) refuseOver(authentic, node);
    return { request: authentic, granted: await verifyLogged(body, authentic, broker, node) };
  });
  const witnessed = await cosign(body, node);
  return inSpan('answer_request', { parent: request.claims.traceparent, attributes: {} }, async () => {
    const inside = await openHere(request, requester, node);
    await countRequest(request, inside, node);
    await takeUse(request, inside, node);
    const before = { witnesses: releaseWitnesses(broker, node).length, cameras: earlier?.cameraOwnerClasses ?? [] };
    const decided = await decideHere(request, requester, inside, before, node);
    if (decided.kind === 'denied') {
      const stored = earlier ?? (await deny(request, granted, decided, node));
      const refused = stored.answer === undefined ? stored : await withdraw(request, stored, decided, node);
      return { ...(await refusedOutcome(refused, request, node)), ...witnessed };
    }
    const prepared = earlier ?? (await prepareAnswer(request, granted, decided, node));
    // Refused before, or by a copy of this grant that came at the same time: one request has one outcome.
    if (prepared.answer === undefined) {
      return { ...(await refusedOutcome(prepared, request, node)), ...witnessed };
    }
    const logged = await logReleaseAtBroker(prepared, request, broker, node);
    const vouched = await witnessRelease(logged.evidence, request, broker, node);
    const atRelease = { witnesses: vouched.count, cameras: prepared.cameraOwnerClasses };
    const again = await checkAgain(body, request, inside, atRelease, node);
    const stop = stopOf(again, prepared, request, node);
    if (stop !== undefined) {
      return { ...(await refusedOutcome(await withdraw(request, prepared, stop, node), request, node)), ...witnessed };
    }
    await recordWitnessed(vouched, request, logged.release, node);
    await waitForBand(arrivedAt, node);
    return { ...(await releasedOutcome(prepared, request, node)), ...witnessed };
  });
}

/** A broker that this agency's own anchor lists; its chain is not taken from the message. */
function resolveBroker(body: GrantBody, node: AgencyNode): VerifiedChain {
  const issuer = readToken('grant', body.grant).claims['iss'];
  const broker = node.directory.brokers().find(({ entityId }) => entityId === issuer);
  if (broker === undefined) throw tokenInvalid('the broker is not enrolled');
  return broker;
}

/** The chain in the request is verified to our own anchor; the law is that of the registers this node collected (T14). */
async function resolveRequester(chain: readonly string[], iss: string, node: AgencyNode): Promise<PartyView> {
  const view = await node.directory.agencyView(chain);
  if (view.chain.entityId !== iss) throw tokenInvalid('the chain is another entity');
  return view;
}

/** The same `(iss, jti)` with the same digest gets the stored outcome; with another digest it is a conflict. */
function refuseAnother(request: VerifiedRequest, earlier: IncomingRequest | undefined): void {
  if (earlier !== undefined && earlier.digest !== request.digest) {
    throw new ProblemError(problem(409, 'conflict', 'this `jti` was used for another request'));
  }
  // What was answered is gone with its time: it is neither found again nor refused in other words.
  if (earlier?.answerErased === true) {
    throw new ExchangeError('respond_by_passed', 'the time of this request is over', request.claims.iss);
  }
}

/** Nobody waits for it any more: what would be released now is released to nobody, and is not looked for either (F09, B08). */
function refuseOver({ claims }: VerifiedRequest, node: AgencyNode): void {
  if (node.clock.now() < claims.respond_by * 1000) return;
  throw new ExchangeError('respond_by_passed', 'the time of this request is over', claims.iss);
}

async function verifyArrived(
  body: GrantBody,
  requester: PartyView,
  broker: VerifiedChain,
  known: boolean,
  node: AgencyNode,
): Promise<VerifiedRequest> {
  const arrived = readRequest(body.request);
  const input = {
    keys: requester.chain.protocolKeys.signing,
    requester: requester.chain.entityId,
    audience: broker.entityId,
  };
  // A request that the broker logged in time may reach us late; `respond_by` ends it.
  const now = node.clock.now();
  const logged = now >= arrived.claims.exp * 1000 && now < arrived.claims.respond_by * 1000;
  const request =
    known || logged ? await verifyLateRequest(arrived, input) : await verifyRequest(arrived, { ...input, now });
  if (request.claims.owner !== node.entityId) {
    throw new ExchangeError('wrong_owner', 'the request is for another owner', broker.entityId);
  }
  return request;
}

/** The broker's receipt of exactly this request, under a checkpoint that continues what we saw before. */
async function verifyLogged(
  body: GrantBody,
  request: VerifiedRequest,
  broker: VerifiedChain,
  node: AgencyNode,
): Promise<VerifiedReceipt> {
  const { ledger, endpoint } = nodeMetadataOf(broker);
  const grant = await verifyGrant(body.grant, request, {
    broker: broker.entityId,
    brokerKeys: broker.protocolKeys.signing,
    owner: node.entityId,
    now: node.clock.now(),
  });
  const { txn, iss: requester, owner } = request.claims;
  const fields = { txn, request: request.digest, requester, owner, decision: 'forward' };
  const { receipts } = await verifyEvidence(body.evidence, ledger, [{ kind: 'granted', fields }]);
  const [receipt] = receipts;
  if (receipt === undefined || receipt.digest !== grant.receipt || receipt.index !== grant.leaf_index) {
    throw new ExchangeError('grant_differs', 'the grant cites another receipt', broker.entityId);
  }
  requireLoggedInTime(request, receipt, broker);
  await node.follower.follow({ ledger, endpoint }, body.evidence);
  return receipt;
}

/** A request is decided while it lives: a receipt outside that time is late, or was back-dated (B07). */
function requireLoggedInTime({ claims }: VerifiedRequest, receipt: VerifiedReceipt, broker: VerifiedChain): void {
  if (receipt.iat > claims.exp + CLOCK_TOLERANCE_SECONDS) {
    throw new ExchangeError('respond_by_passed', 'the request was logged after it had expired', broker.entityId);
  }
  if (receipt.iat < claims.iat - CLOCK_TOLERANCE_SECONDS) {
    throw new ExchangeError('evidence_differs', 'the request was logged before it was signed', broker.entityId);
  }
}

/** As a witness: the checkpoint that was just accepted is the largest consistent one this node has seen. */
async function cosign(body: GrantBody, node: AgencyNode): Promise<{ cosignature?: string }> {
  const cosignature = await node.follower.cosign(body.evidence.checkpoint, node.witnessKey);
  return cosignature === undefined ? {} : { cosignature };
}

/** Status, marks and rule once more, after the release is logged and before it is sent (law 6). */
async function checkAgain(
  body: GrantBody,
  request: VerifiedRequest,
  inside: OpenedHere | ReasonClaims,
  known: KnownOfRelease,
  node: AgencyNode,
): Promise<DeniedHere | DecidedHere> {
  try {
    resolveBroker(body, node);
    const requester = await resolveRequester(readRequest(request.token).trustChain, request.claims.iss, node);
    return await decideHere(request, requester, inside, known, node);
  } catch (error) {
    if (error instanceof TrustError) {
      return { kind: 'denied', rule: '', reasons: [revokedReason(error.code)] } as const;
    }
    throw error;
  }
}

function revokedReason(found: string) {
  return {
    code: 'requester_not_in_force',
    requirement: 'protocol',
    required: 'an enrolment that is in force at the moment of release',
    found,
    remedy: 'ask again when the enrolment is in force',
  };
}

/** Hit, empty answer and refusal on sealed facts leave in one time band (P17). */
async function waitForBand(arrivedAt: number, node: AgencyNode): Promise<void> {
  const band = node.settings.answerBandMs;
  if (band <= 0) return;
  const elapsed = node.clock.now() - arrivedAt;
  await node.clock.sleep(Math.ceil(elapsed / band) * band - elapsed);
}
