import { refusedFields, releaseFields, type VerifiedReceipt, type VerifiedRequest } from '#exchange';
import { narrativeSigns } from '#policy';
import { digestOf, digestOfText } from '#protocol';
import { currentTraceparent } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { followIfStanding } from './alerts/follow-plate.js';
import type { DecidedHere, DeniedHere } from './decide-here.js';
import { NOTHING_FOUND, findReads } from './find-reads.js';
import type { IncomingRequest } from './incoming-requests.store.js';
import { releaseContent } from './release-content.js';
import { sealAnswer } from './seal-answer.js';
import { reasonsBefore } from './use-approval.js';

/**
 * Searches, minimises, signs, seals, and makes all of it durable in one transaction with the receipt of the release. What
 * is stored is the ciphertext: a retry gets the same bytes, and no second search.
 */
export async function prepareAnswer(
  request: VerifiedRequest,
  granted: VerifiedReceipt,
  decided: DecidedHere,
  node: AgencyNode,
): Promise<IncomingRequest> {
  const { claims } = request;
  const before = await reasonsBefore(request, decided, node);
  const found = before.length > 0 ? NOTHING_FOUND : await findReads(request, decided, node);
  const reasons = [...before, ...found.reasons];
  const answer = await sealAnswer(request, decided, reasons, found, node);
  const receiptId = `release/${request.digest}`;
  await node.dataSource.transaction(async (manager) => {
    const outcome = {
      answer,
      reasons,
      receiptId,
      rule: decided.rule,
      granted: granted.digest,
      now: node.clock.now(),
      // Recorded for a reviewer, after the decision and apart from it: no sign changes what is answered (P05).
      reviewSigns: narrativeSigns(decided.opened.sealed.ask.narrative),
      cameraOwnerClasses: found.cameraOwnerClasses,
    };
    if (!(await node.incoming.spend(manager, request, outcome))) return;
    if (reasons.length > 0) await node.warrantUses.giveBack(manager, request.digest);
    else await node.duties.owe(manager, request, owedFor(decided), node.clock.now());
    const marked = { what: 'answer', released: request.digest, txn: claims.txn, requester: claims.iss } as const;
    await node.exports.markRelease(manager, marked, { told: found.reads, stored: found.stored }, outcome.now);
    // A refusal hands nothing over that could be called back.
    if (reasons.length === 0 && decided.obligations !== null) {
      await node.recalls.noteBasis(manager, request.digest, decided.basis, decided.obligations.expires_at);
    }
    if (reasons.length === 0) await followIfStanding(manager, request, granted, decided, node);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'release',
      txn: claims.txn,
      fields: releaseFields(
        {
          txn: claims.txn,
          trace: currentTraceparent() ?? claims.traceparent,
          request: request.digest,
          requester: claims.iss,
          owner: node.entityId,
          rule: decided.rule,
          ciphertext: digestOfText(answer),
          granted: granted.digest,
        },
        releaseContent(request, decided, reasons, found.reads.length, node),
      ),
    });
  });
  return storedOrThrow(request, node);
}

/** With what an approval that follows has to fit. */
function owedFor({ duties, persons, opened }: DecidedHere) {
  const { officer_id_token: idToken } = opened.sealed;
  return { duties, officerTag: persons?.officer ?? '', officerIdToken: digestOfText(idToken) };
}

/** Refuses in the open: logged, and spent, so that the same request gets the same answer. */
export async function deny(
  request: VerifiedRequest,
  granted: VerifiedReceipt,
  denied: DeniedHere,
  node: AgencyNode,
): Promise<IncomingRequest> {
  const receiptId = `refused/${request.digest}`;
  await node.dataSource.transaction(async (manager) => {
    const { rule, reasons } = denied;
    const outcome = {
      answer: undefined,
      reasons,
      receiptId,
      rule,
      granted: granted.digest,
      now: node.clock.now(),
      reviewSigns: [],
      cameraOwnerClasses: [],
    };
    if (!(await node.incoming.spend(manager, request, outcome))) return;
    await node.warrantUses.giveBack(manager, request.digest);
    await appendRefused(manager, request, denied, receiptId, node);
  });
  return storedOrThrow(request, node);
}

/**
 * What was prepared does not leave, or not again: a suspension, a lost mark or a narrower rule came between. The refusal is
 * logged beside the release, which then is never confirmed as sent, or was sent before.
 */
export async function withdraw(
  request: VerifiedRequest,
  prepared: IncomingRequest,
  denied: DeniedHere,
  node: AgencyNode,
): Promise<IncomingRequest> {
  const { reasons } = denied;
  const receiptId = `withdrawn/${request.digest}/${digestOf(reasons.map(({ code }) => code))}`;
  await node.dataSource.transaction(async (manager) => {
    await node.incoming.withdraw(manager, prepared, reasons, receiptId);
    // What was to stand from this answer on does not.
    await node.followed.end(manager, request.digest);
    if (!prepared.sent) {
      await node.warrantUses.giveBack(manager, request.digest);
      await node.duties.forgive(manager, request.digest);
    }
    await appendRefused(manager, request, denied, receiptId, node);
  });
  return { ...prepared, answer: undefined, reasons, receiptId };
}

async function appendRefused(
  manager: Parameters<AgencyNode['ledger']['append']>[0],
  request: VerifiedRequest,
  denied: DeniedHere,
  receiptId: string,
  node: AgencyNode,
): Promise<void> {
  const { claims } = request;
  await node.ledger.append(manager, {
    receiptId,
    kind: 'refused',
    txn: claims.txn,
    fields: refusedFields({
      txn: claims.txn,
      trace: claims.traceparent,
      request: request.digest,
      requester: claims.iss,
      owner: node.entityId,
      rule: denied.rule,
      reasons: denied.reasons.map(({ code }) => code),
    }),
  });
}

async function storedOrThrow(request: VerifiedRequest, node: AgencyNode): Promise<IncomingRequest> {
  const stored = await node.incoming.find(request.claims.iss, request.claims.jti);
  if (stored === undefined) throw new TypeError('a request that was just spent is not there');
  return stored;
}
