import { dutyFields, type PartyView } from '#exchange';
import { ledgerEvidence, partyView } from '#exchange/io';
import {
  DutyReportClaims,
  ProblemError,
  digestOfText,
  open,
  parseMessage,
  problem,
  readToken,
  tokenInvalid,
  verifyToken,
  type DutyReportBody,
  type DutyReportedBody,
} from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { keyForSealed } from '../keys/key-for-sealed.js';
import type { OwedHere } from './duties.store.js';
import { hopOf } from './duty.job.js';
import { verifyLateApproval } from './late-approval.js';

/**
 * The owner's side of a report after an exception: opened, verified as the requester's, put into the ledger by digest, kept.
 * Late is better than never: it ends the consequences, and both receipts stay. The first report stands.
 */
export async function receiveReport(body: DutyReportBody, node: AgencyNode): Promise<DutyReportedBody> {
  const token = await open('duty-report', body.report, keyForSealed(body.report, node));
  const { claims, requester } = await verified(token, node);
  const duty = await node.duties.find(claims.iss, claims.request, claims.duty);
  if (duty === undefined)
    throw new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
  const receiptId = await received(claims, duty, requester, node);
  await node.ledger.integrated(receiptId);
  return { evidence: await ledgerEvidence(node.ledger, [receiptId], 0) };
}

/** @returns the receipt of what was said first, which stands */
async function received(
  { approval, report }: DutyReportClaims,
  duty: OwedHere,
  requester: PartyView,
  node: AgencyNode,
): Promise<string> {
  const of = `${duty.duty}/${duty.requestDigest}`;
  if (duty.isDisapproved) return `duty_disapproved/${of}`;
  if (duty.fulfilledAtMs !== undefined) return `duty_fulfilled/${of}`;
  const isApproval = duty.duty === 'approve';
  if (!isApproval && approval !== undefined) {
    throw new ProblemError(problem(422, 'approval_invalid', 'a report carries no approval'));
  }
  if (approval !== undefined) await verifyLateApproval(approval, duty, requester, node);
  const isDisapproved = isApproval && approval === undefined;
  const kind = isDisapproved ? 'duty_disapproved' : 'duty_fulfilled';
  const now = node.clock.now();
  await node.dataSource.transaction(async (manager) => {
    const noted = isDisapproved
      ? await node.duties.noteDisapproved(manager, duty, now)
      : await node.duties.fulfil(manager, duty, report, now);
    if (!noted) return;
    await node.ledger.append(manager, {
      receiptId: `${kind}/${of}`,
      kind,
      txn: duty.txn,
      fields: dutyFields(hopOf(duty, node), { report: digestOfText(report) }),
    });
  });
  return `${kind}/${of}`;
}

async function verified(token: string, node: AgencyNode): Promise<{ claims: DutyReportClaims; requester: PartyView }> {
  const issuer = readToken('duty-report', token).claims['iss'];
  const view = typeof issuer === 'string' ? await partyView(node.directory, issuer) : undefined;
  if (typeof issuer !== 'string' || view === undefined) throw tokenInvalid('issuer');
  const { claims } = await verifyToken({
    kind: 'duty-report',
    token,
    keys: view.chain.protocolKeys.signing,
    issuer,
    audience: node.entityId,
    now: node.clock.now(),
  });
  return { claims: parseMessage(DutyReportClaims, claims), requester: view };
}
