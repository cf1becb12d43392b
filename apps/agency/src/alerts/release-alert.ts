import { readRequest, refusedFields, standingAlertFields, verifyLateRequest, type VerifiedRequest } from '#exchange';
import { partyView } from '#exchange/io';
import { READ_FIELDS, digestOfText } from '#protocol';
import { minimise, type Read } from '#reads';
import { currentTraceparent, inSpan } from '#tracing/io';
import type { AgencyNode } from '../agency-node.js';
import { decideHere, type DecidedHere, type KnownOfRelease } from '../decide-here.js';
import { NOTHING_FOUND } from '../find-reads.js';
import { countRequest } from '../limits/count-budgets.js';
import { openHere } from '../open-here.js';
import { sealAnswer } from '../seal-answer.js';
import { releaseWitnesses } from '../witness-release.js';
import type { AlertRelease, FollowedPlate } from './followed-plates.store.js';
import { logAlertAtBroker, passAlert } from './pass-alert.js';

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
    if (alert.answer === undefined && !mayBeGiven(alert, first.decided)) return node.followed.close(alert.id, now);
    const prepared = alert.answer === undefined ? await prepare(alert, first, node) : alert;
    const { release, cosigned } = await logAlertAtBroker(prepared, first.request, node);
    const again = await decideAlert(alert, node, { witnesses: cosigned, cameras: [readOf(alert).cameraOwnerClass] });
    if (again.kind === 'refused') return endFollowing(alert, again, node);
    await passAlert(prepared, first.request, release, node);
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
    const decided = await decideAlert(alert, node, { witnesses: witnessesOf(followed, node), cameras: [] });
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

const readOf = ({ read }: AlertRelease): Read => read as unknown as Read;

/** A read of a camera that the rule withholds, or outside of the warrant, is as if it had not been made: it ends nothing. */
function mayBeGiven(alert: AlertRelease, { cameraOwnerClasses, query }: DecidedHere): boolean {
  const { cameraOwnerClass, seenAt } = readOf(alert);
  if (query === undefined || seenAt < query.from || seenAt >= query.until) return false;
  return cameraOwnerClasses.includes(cameraOwnerClass);
}

/** @param ofRelease what is known of the release; `undefined` where it is yet to be counted and logged */
async function decideAlert(
  alert: AlertRelease,
  node: AgencyNode,
  ofRelease: KnownOfRelease | undefined,
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
  if (ofRelease === undefined) await countRequest({ ...request, digest: alert.id }, inside, node);
  const known = ofRelease ?? { witnesses: witnessesOf(followed, node), cameras: [] };
  // Its warrant was used once, by the request: an alert is no further use.
  const decided = await decideHere(request, requester, inside, { ...known, countedAs: alert.id }, node);
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
  const stored = [readOf(alert)];
  const reads = minimise(stored, {
    fields,
    coarsening: decided.coarsening,
    from: alert.followed.fromMs,
    companionOf: () => undefined,
  });
  // What is owed for an exception is owed once, for the request.
  const answer = await sealAnswer(request, { ...decided, duties: [] }, [], { ...NOTHING_FOUND, reads }, node);
  const receiptId = `alerted/${alert.id}`;
  const { claims, digest } = request;
  await node.dataSource.transaction(async (manager) => {
    await node.followed.prepared(manager, alert.id, answer, receiptId);
    const marked = { what: 'alert', released: alert.id, txn: claims.txn, requester: claims.iss } as const;
    await node.exports.markRelease(manager, marked, { told: reads, stored }, node.clock.now());
    // Called back with the answer of its request, as long as it may be kept.
    if (decided.obligations !== null) {
      await node.recalls.noteAlert(manager, digest, decided.basis, decided.obligations.expires_at);
    }
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
