import type { EntityManager } from 'typeorm';
import { nodeMetadataOf, readRequest, standingAlertLoggedFields, type PartyView } from '#exchange';
import { callPeer, isTemporary, ledgerEvidence, partyView, unavailable } from '#exchange/io';
import {
  AlertPassedBody,
  ProblemError,
  ReleaseNoticeClaims,
  digestOfText,
  parseMessage,
  problem,
  readToken,
  type JsonValue,
  type PassAlertBody,
  type ReleaseLoggedBody,
  type ReleaseNoticeBody,
} from '#protocol';
import type { BrokerNode } from './broker-node.js';
import { conflict, type SpentRequest } from './broker-requests.store.js';
import { verifiedNotice } from './log-release.js';
import { decideForOwner } from './route-request.js';

const STANDS_MS = 24 * 60 * 60 * 1000;
/** An owner passes an alert on within a quarter of an hour, or not at all. */
const KEPT_MS = 30 * 60 * 1000;
/** Of one standing request, which is for one plate. */
const ALERTS_MAX = 500;
const TIMEOUT_MS = 8_000;
const MAX_BYTES = 64 * 1024;

/**
 * Logs an alert that an owner is about to release under a standing request, before it does. Each is decided like a request:
 * by the owner's published rule and the requester's standing as of now, so that what the broker denies is not passed on.
 */
export async function logAlert(body: ReleaseNoticeBody, node: BrokerNode): Promise<ReleaseLoggedBody> {
  const unverified = parseMessage(ReleaseNoticeClaims, readToken('release-notice', body.notice).claims);
  const { spent, owner } = await standing(unverified.request, unverified.iss, node);
  const { release_receipt: release, ciphertext, traceparent } = await verifiedNotice(body, 'alerted', owner, node);
  const receiptId = `alert/${release}`;
  await node.dataSource.transaction(async (manager) => {
    await makeRoom(manager, spent.digest, release, node);
    await manager.query('insert into broker_alert values ($1, $2, $3, $4, $5) on conflict (release) do nothing', [
      release,
      spent.digest,
      ciphertext,
      receiptId,
      new Date(node.clock.now()),
    ]);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'alerted',
      txn: spent.txn,
      fields: standingAlertLoggedFields({
        txn: spent.txn,
        trace: traceparent,
        request: spent.digest,
        requester: spent.iss,
        owner: spent.owner,
        release,
        ciphertext,
      }),
    });
  });
  return { evidence: await ledgerEvidence(node.ledger, [receiptId], body.log_size) };
}

/** What can be passed on no longer goes, and one standing request fills no table: a broker that could be filled could be stopped. */
async function makeRoom(manager: EntityManager, request: string, release: string, node: BrokerNode): Promise<void> {
  await manager.query('delete from broker_alert where logged_at <= $1', [new Date(node.clock.now() - KEPT_MS)]);
  const rows: { count: string }[] = await manager.query(
    'select count(*) as count from broker_alert where request_digest = $1 and release <> $2',
    [request, release],
  );
  if (Number(rows[0]?.count ?? Number.NaN) < ALERTS_MAX) return;
  throw new ProblemError(
    problem(503, 'too_many_alerts', 'so many alerts of one standing request are not logged at once', {
      retryAfterSeconds: 60,
    }),
  );
}

/** Passes on what was logged, to the door of the requester; the ciphertext is the very one, or nothing is passed on. */
export async function passAlert(body: PassAlertBody, node: BrokerNode): Promise<AlertPassedBody> {
  const rows: { request_digest: string; ciphertext: string; receipt_id: string }[] = await node.dataSource.query(
    'select * from broker_alert where release = $1 and request_digest = $2',
    [body.release, body.request],
  );
  const [logged] = rows;
  const spent = logged && (await node.requests.findByDigest(logged.request_digest));
  if (logged === undefined || spent === undefined) throw nothingHere();
  if (digestOfText(body.answer) !== logged.ciphertext) throw conflict('this is not what was logged');
  // Whoever was suspended since it was logged is handed nothing (T15).
  const { requester } = await standing(spent.digest, spent.owner, node);
  const delivery = {
    txn: spent.txn,
    owner: spent.owner,
    answer: body.answer,
    owner_evidence: body.evidence,
    broker_evidence: await ledgerEvidence(node.ledger, [logged.receipt_id], 0),
  };
  const call = {
    url: `${nodeMetadataOf(requester.chain).endpoint}/alert-deliveries`,
    body: delivery as unknown as JsonValue,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  return callPeer(node.network, call, AlertPassedBody).catch((error: unknown) => {
    throw isTemporary(error) ? unavailable('the requesting agency cannot be reached', error) : error;
  });
}

/** A request that stands: granted, answered, not over, of agencies in force, and not denied by the rule as it is now. */
async function standing(
  digest: string,
  owner: string,
  node: BrokerNode,
): Promise<{ spent: SpentRequest; requester: PartyView; owner: PartyView }> {
  const spent = await node.requests.findByDigest(digest);
  if (spent?.owner !== owner || spent.state !== 'replied') throw nothingHere();
  const arrived = readRequest(spent.request);
  const { clear, iat } = arrived.claims;
  const until = Math.min(Date.parse(clear.until), iat * 1000 + STANDS_MS);
  if (clear.kind !== 'hot_list_alert' || node.clock.now() >= until) throw nothingHere();
  const [requester, holder] = [
    await partyView(node.directory, spent.iss),
    await partyView(node.directory, spent.owner),
  ];
  if (requester === undefined || holder === undefined) throw refused('requester_not_in_force');
  const { reasons } = await decideForOwner(arrived, requester, node);
  if (reasons.length > 0) throw refused('broker_denied');
  return { spent, requester, owner: holder };
}

function refused(code: string): ProblemError {
  return new ProblemError(problem(403, code, 'the standing request no longer stands'));
}

function nothingHere(): ProblemError {
  return new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
}
