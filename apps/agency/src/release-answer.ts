import { nodeMetadataOf, sentFields, verifyEvidence, type VerifiedRequest } from '#exchange';
import { callPeer, isTemporary, ledgerEvidence, lifetime, unavailable } from '#exchange/io';
import {
  ReleaseLoggedBody,
  digestOfText,
  messageDigest,
  newIdentifier,
  signToken,
  type JsonObject,
  type JsonValue,
  type LedgerEvidenceBody,
  type OwnerOutcomeBody,
} from '#protocol';
import { currentTraceparent, inSpan } from '#tracing/io';
import type { VerifiedChain } from '#trust';
import type { AgencyNode } from './agency-node.js';
import type { IncomingRequest } from './incoming-requests.store.js';

const NOTICE_SECONDS = 120;
const DENIAL_SECONDS = 15 * 60;
const BROKER_TIMEOUT_MS = 10_000;
const EVIDENCE_BYTES = 256 * 1024;

/**
 * Log before release: the release is durable in our own ledger, then its digest goes to the broker, and nothing leaves
 * before the broker has proven that its ledger holds it too, in a history that continues what we saw.
 *
 * @returns digest of the release receipt, and the broker's evidence of it
 */
export async function logReleaseAtBroker(
  prepared: IncomingRequest,
  request: VerifiedRequest,
  broker: VerifiedChain,
  node: AgencyNode,
): Promise<{ release: string; evidence: LedgerEvidenceBody }> {
  return inSpan('log_release', { attributes: {} }, async () => {
    const own = await ledgerEvidence(node.ledger, [prepared.receiptId], 0);
    const [receipt] = own.receipts;
    const release = messageDigest(receipt?.entry ?? '');
    const ciphertext = digestOfText(prepared.answer ?? '');
    const { endpoint, ledger } = nodeMetadataOf(broker);
    const body = {
      notice: await signNotice(request, { release, ciphertext }, node),
      evidence: own,
      log_size: await node.follower.rememberedSize(ledger.origin),
    };
    const call = {
      url: `${endpoint}/release-notices`,
      body: body as unknown as JsonValue,
      timeoutMs: BROKER_TIMEOUT_MS,
      maxBytes: EVIDENCE_BYTES,
    };
    const { evidence } = await callPeer(node.network, call, ReleaseLoggedBody).catch((error: unknown) => {
      throw isTemporary(error) ? unavailable('the broker cannot log the release', error) : error;
    });
    const { txn, iss: requester, owner } = request.claims;
    const fields = { txn, request: request.digest, requester, owner, release, ciphertext };
    await verifyEvidence(evidence, ledger, [{ kind: 'release_logged', fields }]);
    await node.follower.follow({ ledger, endpoint }, evidence);
    return { release, evidence };
  });
}

function signNotice(
  request: VerifiedRequest,
  of: { release: string; ciphertext: string },
  node: AgencyNode,
): Promise<string> {
  return signToken({
    kind: 'release-notice',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: request.claims.aud,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, NOTICE_SECONDS),
      txn: request.claims.txn,
      traceparent: currentTraceparent() ?? request.claims.traceparent,
      request: request.digest,
      release_receipt: of.release,
      ciphertext: of.ciphertext,
    },
  });
}

/** The sealed answer, with the proof that its release is logged here. */
export async function releasedOutcome(
  prepared: IncomingRequest,
  request: VerifiedRequest,
  node: AgencyNode,
): Promise<OwnerOutcomeBody> {
  return {
    state: 'replied',
    answer: prepared.answer ?? '',
    evidence: await ledgerEvidence(node.ledger, [prepared.receiptId], request.claims.owner_log_size),
  };
}

/** The signed denial with every reason, and the proof that it is logged. */
export async function refusedOutcome(
  refused: IncomingRequest,
  request: VerifiedRequest,
  node: AgencyNode,
): Promise<OwnerOutcomeBody> {
  const { claims } = request;
  const denial = await signToken({
    kind: 'denial',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: claims.iss,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, DENIAL_SECONDS),
      txn: claims.txn,
      traceparent: currentTraceparent() ?? claims.traceparent,
      request: request.digest,
      reasons: refused.reasons.map((reason): JsonObject => ({ ...reason })),
    },
  });
  return {
    state: 'denied',
    denial,
    evidence: await ledgerEvidence(node.ledger, [refused.receiptId], claims.owner_log_size),
  };
}

/** After the last byte left. A release without this receipt is reported as unconfirmed, never as sent. */
export async function recordSent(
  of: { txn: string; trace: string; request: string; requester: string; release: string },
  node: AgencyNode,
): Promise<void> {
  await node.dataSource.transaction(async (manager) => {
    if (!(await node.incoming.noteSent(manager, of.request, of.release, node.clock.now()))) return;
    await node.ledger.append(manager, {
      receiptId: `sent/${of.request}`,
      kind: 'sent',
      txn: of.txn,
      fields: sentFields({ ...of, owner: node.entityId }),
    });
  });
}
