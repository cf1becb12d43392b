import { nodeMetadataOf, releaseLoggedFields, verifyEvidence, type PartyView } from '#exchange';
import { ledgerEvidence, partyView } from '#exchange/io';
import {
  ProblemError,
  ReleaseNoticeClaims,
  parseMessage,
  problem,
  readToken,
  tokenInvalid,
  verifyToken,
  type ReleaseLoggedBody,
  type ReleaseNoticeBody,
} from '#protocol';
import { inSpan } from '#tracing/io';
import type { BrokerNode } from './broker-node.js';
import type { SpentRequest } from './broker-requests.store.js';

/**
 * Logs what an owner is about to release, before it does: the digest of its release receipt and of the ciphertext. The
 * owner waits for this proof; nothing is released that stands in one ledger only.
 */
export async function logRelease(body: ReleaseNoticeBody, node: BrokerNode): Promise<ReleaseLoggedBody> {
  node.witnessWatch.require();
  const unverified = parseMessage(ReleaseNoticeClaims, readToken('release-notice', body.notice).claims);
  const spent = await grantedRequest(unverified, node);
  const claims = await verifyNotice(body, spent, node);
  return inSpan('log_release', { parent: claims.traceparent, attributes: {} }, async () => {
    const receiptId = `release/${spent.digest}`;
    await node.dataSource.transaction(async (manager) => {
      await node.requests.noteRelease(manager, spent, {
        receiptId,
        ownerRelease: claims.release_receipt,
        ciphertext: claims.ciphertext,
      });
      await node.ledger.append(manager, {
        receiptId,
        kind: 'release_logged',
        txn: spent.txn,
        fields: fieldsOf(claims, spent),
      });
    });
    return { evidence: await ledgerEvidence(node.ledger, [receiptId], body.log_size) };
  });
}

/** A release needs a request that this broker forwarded to that owner. Anything else looks like nothing at all. */
async function grantedRequest(claims: ReleaseNoticeClaims, node: BrokerNode): Promise<SpentRequest> {
  const spent = await node.requests.findByDigest(claims.request);
  if (spent?.owner !== claims.iss || spent.txn !== claims.txn || spent.state === 'broker_denied') {
    throw new ProblemError(problem(404, 'not_found', 'there is nothing here, or it is not yours'));
  }
  return spent;
}

async function verifyNotice(
  body: ReleaseNoticeBody,
  spent: SpentRequest,
  node: BrokerNode,
): Promise<ReleaseNoticeClaims> {
  const owner = await partyView(node.directory, spent.owner);
  if (owner === undefined) throw tokenInvalid('the owner is not enrolled');
  return verifiedNotice(body, 'release', owner, node);
}

/**
 * A notice of the owner, with the receipt of this kind that stands in the owner's ledger for the very request and ciphertext.
 *
 * @throws ProblemError `token_invalid`; ExchangeError where the ledger does not prove it
 */
export async function verifiedNotice(
  body: ReleaseNoticeBody,
  kind: 'release' | 'alerted',
  owner: PartyView,
  node: BrokerNode,
): Promise<ReleaseNoticeClaims> {
  const verified = await verifyToken({
    kind: 'release-notice',
    token: body.notice,
    keys: owner.chain.protocolKeys.signing,
    issuer: owner.chain.entityId,
    audience: node.entityId,
    now: node.clock.now(),
  });
  const claims = parseMessage(ReleaseNoticeClaims, verified.claims);
  const { ledger } = nodeMetadataOf(owner.chain);
  const expected = { kind, fields: { request: claims.request, ciphertext: claims.ciphertext } };
  const { receipts } = await verifyEvidence(body.evidence, ledger, [expected]);
  if (receipts[0]?.digest !== claims.release_receipt) throw tokenInvalid('the notice names another release');
  return claims;
}

function fieldsOf(claims: ReleaseNoticeClaims, spent: SpentRequest) {
  return releaseLoggedFields({
    txn: spent.txn,
    trace: claims.traceparent,
    request: spent.digest,
    requester: spent.iss,
    owner: spent.owner,
    release: claims.release_receipt,
    ciphertext: claims.ciphertext,
  });
}
