import { approvedFields, clearFactsOf } from '#exchange';
import { lifetime } from '#exchange/io';
import { ProblemError, digestOfText, messageDigest, newIdentifier, problem, signToken } from '#protocol';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { queryFactsOf } from './asked-query.js';
import { requireOther, type StoredAsk } from './asks.store.js';
import { tellVerdicts } from './duties/tell-verdicts.js';
import type { CountedAsk } from './limits/count-budgets.js';
import { requireUnused } from './legal-process/own-process.js';
import { appendRefusedHere, insertRequests, refusedHere } from './open-ask.js';
import type { OfficerSession } from './session/index.js';

const APPROVAL_SECONDS = 24 * 60 * 60;

/**
 * A supervisor approves an ask: its salted digest, fan-out and owners included. Never the officer who asked, and never an
 * ask that the agency's own rule refuses by now. From here on the requests are signed and sent by `AskingJob`.
 */
export async function approveAsk(txn: string, session: OfficerSession, node: AgencyNode): Promise<StoredAsk> {
  const ask = await waitingAsk(txn, node);
  requireOther(ask, session);
  node.witnessWatch.require();
  return inSpan('approve', { parent: ask.traceparent, attributes: {} }, async () => {
    if (ask.approveAfterwards) return approveAfterwards(ask, session, node);
    const reasons = await refusedHere(countedOf(ask), ask.documents, clearFactsOfStored(ask), node);
    if (reasons.length > 0) return refuse(ask, reasons, node);
    const approval = await signApproval(ask, session, node);
    await node.dataSource.transaction(async (manager) => {
      const by = { approval, idToken: session.idToken, pseudonym: session.pseudonym, now: node.clock.now() };
      await requireUnused(manager, ask, node);
      if (!(await node.asks.approve(manager, txn, by))) throw notWaiting();
      await appendApproved(manager, ask, { approval, supervisor: session.pseudonym }, node);
      await insertRequests(manager, ask, node);
    });
    await node.ledger.integrated(`approved/${txn}`);
    node.outgoing.announceDue();
    return (await node.asks.find(txn)) ?? ask;
  });
}

/** The emergency is under way or over; what is left to say is that a second person stands for it. */
async function approveAfterwards(ask: StoredAsk, session: OfficerSession, node: AgencyNode): Promise<StoredAsk> {
  const { txn } = ask;
  const approval = await signApproval(ask, session, node);
  await node.dataSource.transaction(async (manager) => {
    const by = { approval, idToken: session.idToken, pseudonym: session.pseudonym, now: node.clock.now() };
    if (!(await node.asks.approveAfter(manager, txn, by))) throw notWaiting();
    await appendApproved(manager, ask, { approval, supervisor: session.pseudonym }, node);
  });
  await node.ledger.integrated(`approved/${txn}`);
  await tellVerdicts(node, () => undefined);
  return (await node.asks.find(txn)) ?? ask;
}

function appendApproved(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  { txn, traceparent, askDigest }: StoredAsk,
  { approval, supervisor }: { readonly approval: string; readonly supervisor: string },
  node: AgencyNode,
): Promise<void> {
  return node.ledger.append(manager, {
    receiptId: `approved/${txn}`,
    kind: 'approved',
    txn,
    fields: approvedFields({
      txn,
      trace: traceparent,
      requester: node.entityId,
      ask: askDigest,
      supervisor,
      approval: messageDigest(approval),
    }),
  });
}

/** The facts of a stored ask as a broker will see them. */
export function clearFactsOfStored(ask: StoredAsk) {
  const { pseudonym, role, acr } = ask.officer;
  return clearFactsOf(ask.ask, queryFactsOf(ask.ask.query), ask.legalProcessSalt, {
    officer: { pseudonym, role, acr },
    approved: !ask.approveAfterwards,
  });
}

function countedOf({ ask, askDigest, officer }: StoredAsk): CountedAsk {
  return { ask, askDigest, pseudonym: officer.pseudonym };
}

async function waitingAsk(txn: string, node: AgencyNode): Promise<StoredAsk> {
  const ask = await node.asks.find(txn);
  if (ask === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such ask'));
  if (ask.state !== 'awaiting_approval' && !ask.approveAfterwards) throw notWaiting();
  return ask;
}

function notWaiting(): ProblemError {
  return new ProblemError(problem(409, 'not_waiting', 'this ask does not wait for an approval'));
}

async function refuse(ask: StoredAsk, reasons: StoredAsk['reasons'], node: AgencyNode): Promise<StoredAsk> {
  await node.dataSource.transaction(async (manager) => {
    await node.asks.refuseHere(manager, ask.txn, reasons);
    await appendRefusedHere(manager, ask, reasons, node);
  });
  return (await node.asks.find(ask.txn)) ?? ask;
}

function signApproval(ask: StoredAsk, session: OfficerSession, node: AgencyNode): Promise<string> {
  return signToken({
    kind: 'approval',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, APPROVAL_SECONDS),
      ask_digest: ask.askDigest,
      officer_id_token: digestOfText(ask.officer.idToken),
      supervisor_id_token: digestOfText(session.idToken),
    },
  });
}
