import { encryptionKeyOf, nodeMetadataOf, verifyEvidence } from '#exchange';
import { callPeer, lifetime, partyView } from '#exchange/io';
import { DutyReportedBody, ProblemError, newIdentifier, problem, seal, signToken, type LateApproval } from '#protocol';
import { newTraceparent } from '#tracing/io';
import type { AgencyNode } from '../agency-node.js';
import type { OwedByUs } from './duties.store.js';

const REPORT_SECONDS = 120;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/**
 * Sends what this agency owes an owner after an exception, signed and sealed to that owner alone. It is fulfilled when the
 * owner's ledger says so.
 *
 * @throws ProblemError 404 where nothing is owed, 503 where the owner cannot be verified now
 */
export async function sendReport(
  of: { readonly txn: string; readonly owner: string; readonly report: string },
  node: AgencyNode,
): Promise<OwedByUs> {
  const owed = (await node.duties.owedByUs(of.txn)).find(({ owner, duty }) => owner === of.owner && duty === 'report');
  if (owed === undefined) {
    throw new ProblemError(problem(404, 'not_found', 'no report is owed to this owner for this transaction'));
  }
  return owed.isFulfilled ? owed : sendDuty(owed, { report: of.report }, node);
}

/** One duty to one owner; of the duty `approve`, with the approval or without one. */
export async function sendDuty(
  owed: OwedByUs,
  content: { readonly report: string; readonly approval?: LateApproval },
  node: AgencyNode,
): Promise<OwedByUs> {
  const { txn, duty } = owed;
  const owner = await partyView(node.directory, owed.owner);
  if (owner === undefined) {
    throw new ProblemError(
      problem(503, 'owner_unverifiable', 'the owner cannot be verified now', { retryAfterSeconds: 10 }),
    );
  }
  const { report, approval } = content;
  const ask = await node.asks.find(txn);
  const token = await signToken({
    kind: 'duty-report',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: owed.owner,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, REPORT_SECONDS),
      txn,
      traceparent: ask?.traceparent ?? newTraceparent(node.randomness),
      request: owed.request,
      duty,
      report,
      ...(approval === undefined ? {} : { approval: { ...approval } }),
    },
  });
  const { endpoint, ledger } = nodeMetadataOf(owner.chain);
  const body = { report: await seal('duty-report', token, encryptionKeyOf(owner.chain)) };
  const call = { url: `${endpoint}/duty-reports`, body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
  const { evidence } = await callPeer(node.network, call, DutyReportedBody);
  const fields = { txn, request: owed.request, requester: node.entityId, owner: owed.owner, duty };
  const kind = duty === 'approve' && approval === undefined ? 'duty_disapproved' : 'duty_fulfilled';
  await verifyEvidence(evidence, ledger, [{ kind, fields }]);
  await node.duties.noteFulfilled(owed, node.clock.now());
  return { ...owed, isFulfilled: true };
}
