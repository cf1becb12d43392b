import { dutyFields } from '#exchange';
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
import { hopOf } from './duty.job.js';

/**
 * The owner's side of a report after an exception: opened, verified as the requester's, put into the ledger by digest, kept.
 * Late is better than never: it ends the consequences, and both receipts stay. The first report stands.
 */
export async function receiveReport(body: DutyReportBody, node: AgencyNode): Promise<DutyReportedBody> {
  const token = await open('duty-report', body.report, keyForSealed(body.report, node));
  const claims = await verified(token, node);
  const duty = await node.duties.find(claims.iss, claims.request, claims.duty);
  if (duty === undefined)
    throw new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
  const receiptId = `duty_fulfilled/${duty.duty}/${duty.requestDigest}`;
  await node.dataSource.transaction(async (manager) => {
    if (!(await node.duties.fulfil(manager, duty, claims.report, node.clock.now()))) return;
    await node.ledger.append(manager, {
      receiptId,
      kind: 'duty_fulfilled',
      txn: duty.txn,
      fields: dutyFields(hopOf(duty, node), { report: digestOfText(claims.report) }),
    });
  });
  await node.ledger.integrated(receiptId);
  return { evidence: await ledgerEvidence(node.ledger, [receiptId], 0) };
}

async function verified(token: string, node: AgencyNode): Promise<DutyReportClaims> {
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
  return parseMessage(DutyReportClaims, claims);
}
