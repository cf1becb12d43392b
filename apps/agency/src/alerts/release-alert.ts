import {
  nodeMetadataOf,
  readRequest,
  refusedFields,
  standingAlertFields,
  verifyEvidence,
  verifyLateRequest,
  type VerifiedRequest,
} from '#exchange';
import { PeerRefusal, callPeer, ledgerEvidence, lifetime, partyView } from '#exchange/io';
import {
  AlertPassedBody,
  READ_FIELDS,
  ReleaseLoggedBody,
  digestOfText,
  messageDigest,
  newIdentifier,
  signToken,
  type JsonValue,
} from '#protocol';
import { minimise, type Read } from '#reads';
import { currentTraceparent, inSpan } from '#tracing/io';
import type { AgencyNode } from '../agency-node.js';
import { decideHere, openHere, type DecidedHere } from '../decide-here.js';
import { NOTHING_FOUND } from '../find-reads.js';
import { countRequest } from '../limits/count-budgets.js';
import { sealAnswer } from '../seal-answer.js';
import { releaseWitnesses, witnessRelease } from '../witness-release.js';
import type { AlertRelease, FollowedPlate } from './followed-plates.store.js';

const NOTICE_SECONDS = 120;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 512 * 1024;
/** An answer lives no longer, and nobody drives out for an older hit. */
const DELIVERED_WITHIN_MS = 15 * 60_000;
const NOT_IN_FORCE = 'requester_not_in_force';

type Decided = { readonly kind: 'permitted'; readonly decided: DecidedHere; readonly request: VerifiedRequest };
type Refused = { readonly kind: 'refused'; readonly rule: string; readonly codes: readonly string[] };

/**
 * One hit, as a release of its own: decided anew, durable in this ledger and in the broker's, decided once more, and only then
 * passed on through the broker (laws 1, 3 and 6). What refuses it ends the standing request.
 */
export async function releaseAlert(alert: AlertRelease, node: AgencyNode): Promise<void> {
  const now = node.clock.now();
  if (now - alert.foundAtMs > DELIVERED_WITHIN_MS) return node.followed.close(alert.id, now);
  const { claims } = readRequest(alert.followed.request);
  await inSpan('answer_request', { parent: claims.traceparent, attributes: {} }, async () => {
    node.witnessWatch.require();
    const first = await decideAlert(alert, node, undefined);
    if (first.kind === 'refused') return endFollowing(alert, first, node);
    const prepared = alert.answer === undefined ? await prepare(alert, first, node) : alert;
    const { release, cosigned } = await logAtBroker(prepared, first.request, node);
    const again = await decideAlert(alert, node, cosigned);
    if (again.kind === 'refused') return endFollowing(alert, again, node);
    await pass(prepared, first.request, release, node);
  });
}

/** Whether what is followed would still be released: status, marks and rule as of now. Ends what would not (law 6). */
export async function endWhatIsRefused(node: AgencyNode): Promise<void> {
  for (const followed of await node.followed.all()) {
    const alert = {
      id: followed.requestDigest,
      followed,
      read: {},
      foundAtMs: 0,
      answer: undefined,
      receiptId: undefined,
    };
    const decided = await decideAlert(alert, node, witnessesOf(followed, node));
    if (decided.kind === 'refused') await endFollowing(alert, decided, node);
  }
}

const refused = (codes: readonly string[], rule = ''): Refused => ({ kind: 'refused', rule, codes });

/** How many witnesses could be asked: enough to decide by before anything is logged. */
function witnessesOf(followed: FollowedPlate, node: AgencyNode): number {
  const { aud } = readRequest(followed.request).claims;
  const broker = node.directory.brokers().find(({ entityId }) => entityId === aud);
  return broker === undefined ? 0 : releaseWitnesses(broker, node).length;
}

/** @param cosigned how many witnesses have cosigned the release; `undefined` where it is yet to be counted and logged */
async function decideAlert(
  alert: AlertRelease,
  node: AgencyNode,
  cosigned: number | undefined,
): Promise<Decided | Refused> {
  const { followed } = alert;
  if (node.clock.now() >= followed.untilMs) return refused(['subscription_ended']);
  const requester = await partyView(node.directory, followed.requester);
  const arrived = readRequest(followed.request);
  const broker = node.directory.brokers().find(({ entityId }) => entityId === arrived.claims.aud);
  if (requester === undefined || broker === undefined) return refused([NOT_IN_FORCE]);
  const verified = await verifyLateRequest(arrived, {
    keys: requester.chain.protocolKeys.signing,
    requester: followed.requester,
    audience: broker.entityId,
  }).catch(() => undefined);
  // Its key is no longer one of the agency's: nothing of what it signed stands.
  if (verified === undefined) return refused([NOT_IN_FORCE]);
  const request = verified;
  const inside = await openHere(request, requester, node);
  // Counted as a request of its own, under the alert's id, so that a standing request evades no budget (P15).
  const counted = { ...request, digest: alert.id };
  if (cosigned === undefined) await countRequest(counted, inside, node);
  const witnesses = cosigned ?? witnessesOf(followed, node);
  const decided = await decideHere(counted, requester, inside, { witnesses, cameras: [] }, node);
  if (decided.kind === 'denied' || decided.reasons.length > 0) {
    return refused(
      decided.reasons.map(({ code }) => code),
      decided.rule,
    );
  }
  return { kind: 'permitted', decided, request };
}

async function prepare(alert: AlertRelease, { decided, request }: Decided, node: AgencyNode): Promise<AlertRelease> {
  const fields = READ_FIELDS.filter((field) => decided.fields.includes(field));
  const reads = minimise([alert.read as unknown as Read], {
    fields,
    coarsening: decided.coarsening,
    from: alert.followed.fromMs,
    companionOf: () => undefined,
  });
  const answer = await sealAnswer(request, decided, [], { ...NOTHING_FOUND, reads }, node);
  const receiptId = `alerted/${alert.id}`;
  const { claims, digest } = request;
  await node.dataSource.transaction(async (manager) => {
    await node.followed.prepared(manager, alert.id, answer, receiptId);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'alerted',
      txn: claims.txn,
      fields: standingAlertFields(
        {
          txn: claims.txn,
          trace: currentTraceparent() ?? claims.traceparent,
          request: digest,
          requester: claims.iss,
          owner: node.entityId,
          rule: decided.rule,
          ciphertext: digestOfText(answer),
        },
        { alert: alert.id, plate_tag: node.tags.plate(alert.followed.plate) },
      ),
    });
  });
  return { ...alert, answer, receiptId };
}

/** @returns the digest of this owner's receipt, which the broker has proven to hold, and how many witnesses cosigned that */
async function logAtBroker(
  prepared: AlertRelease,
  request: VerifiedRequest,
  node: AgencyNode,
): Promise<{ release: string; cosigned: number }> {
  await node.ledger.integrated(prepared.receiptId ?? '');
  const evidence = await ledgerEvidence(node.ledger, [prepared.receiptId ?? ''], 0);
  const release = messageDigest(evidence.receipts[0]?.entry ?? '');
  const ciphertext = digestOfText(prepared.answer ?? '');
  const { claims, digest } = request;
  const broker = brokerOf(request, node);
  const { endpoint, ledger } = nodeMetadataOf(broker);
  const notice = await signToken({
    kind: 'release-notice',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: claims.aud,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, NOTICE_SECONDS),
      txn: claims.txn,
      traceparent: currentTraceparent() ?? claims.traceparent,
      request: digest,
      release_receipt: release,
      ciphertext,
    },
  });
  const body = { notice, evidence, log_size: await node.follower.rememberedSize(ledger.origin) };
  const call = {
    url: `${endpoint}/alert-notices`,
    body: body as unknown as JsonValue,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  const logged = await callPeer(node.network, call, ReleaseLoggedBody);
  const { txn, iss: requester, owner } = claims;
  const fields = { txn, request: digest, requester, owner, release, ciphertext };
  await verifyEvidence(logged.evidence, ledger, [{ kind: 'alerted', fields }]);
  await node.follower.follow({ ledger, endpoint }, logged.evidence);
  const { count: cosigned } = await witnessRelease(logged.evidence, request, broker, node);
  return { release, cosigned };
}

async function pass(
  prepared: AlertRelease,
  request: VerifiedRequest,
  release: string,
  node: AgencyNode,
): Promise<void> {
  const { endpoint } = nodeMetadataOf(brokerOf(request, node));
  const body = {
    request: request.digest,
    release,
    answer: prepared.answer ?? '',
    evidence: await ledgerEvidence(node.ledger, [prepared.receiptId ?? ''], 0),
  };
  const call = {
    url: `${endpoint}/alerts`,
    body: body as unknown as JsonValue,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  const passed = await callPeer(node.network, call, AlertPassedBody);
  await node.followed.close(prepared.id, node.clock.now());
  // The requester looks for it no longer, and its key is gone.
  if (passed.state === 'ended') {
    await node.dataSource.transaction((manager) => node.followed.end(manager, request.digest));
  }
}

function brokerOf({ claims }: VerifiedRequest, node: AgencyNode) {
  const broker = node.directory.brokers().find(({ entityId }) => entityId === claims.aud);
  if (broker === undefined) throw new PeerRefusal(503, 'broker_unverifiable', undefined);
  return broker;
}

/** Refused once is refused for good: whoever still wants it asks anew, and two persons sign for it. */
async function endFollowing(alert: AlertRelease, { rule, codes }: Refused, node: AgencyNode): Promise<void> {
  const { claims, token } = readRequest(alert.followed.request);
  await node.dataSource.transaction(async (manager) => {
    await node.followed.end(manager, alert.followed.requestDigest);
    await node.ledger.append(manager, {
      receiptId: `subscription_refused/${token.digest}`,
      kind: 'refused',
      txn: claims.txn,
      fields: refusedFields({
        txn: claims.txn,
        trace: claims.traceparent,
        request: token.digest,
        requester: claims.iss,
        owner: node.entityId,
        rule,
        reasons: [...codes],
      }),
    });
  });
}
