import { nodeMetadataOf, verifyEvidence, type VerifiedRequest } from '#exchange';
import { PeerRefusal, callPeer, ledgerEvidence, lifetime } from '#exchange/io';
import {
  AlertPassedBody,
  ReleaseLoggedBody,
  digestOfText,
  messageDigest,
  newIdentifier,
  signToken,
  type JsonValue,
} from '#protocol';
import { currentTraceparent } from '#tracing/io';
import type { AgencyNode } from '../agency-node.js';
import { witnessRelease } from '../witness-release.js';
import type { AlertRelease } from './followed-plates.store.js';

const NOTICE_SECONDS = 120;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 512 * 1024;

/** @returns the digest of this owner's receipt, which the broker has proven to hold, and how many witnesses cosigned that */
export async function logAlertAtBroker(
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

/** Hands the ciphertext to the broker, which passes on the very one that it logged. */
export async function passAlert(
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
