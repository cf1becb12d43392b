import { nodeMetadataOf } from '#exchange';
import { callPeer, lifetime } from '#exchange/io';
import { LedgerEvidenceBody, newIdentifier, signToken } from '#protocol';
import { newTraceparent } from '#tracing/io';
import type { VerifiedChain } from '#trust';
import type { AgencyNode } from './agency-node.js';

const QUERY_SECONDS = 60;
const TIMEOUT_MS = 10_000;
/** A broker's receipts of a request to a thousand owners take half of it. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Asks another ledger for the receipts of a transaction in which this agency has a part. What comes back is not verified.
 *
 * @throws PeerRefusal 404 where that ledger has none; ProtocolError `network_failed`
 */
export async function askTrace(peer: VerifiedChain, txn: string, node: AgencyNode): Promise<LedgerEvidenceBody> {
  const call = {
    url: `${nodeMetadataOf(peer).endpoint}/trace`,
    body: { query: await signQuery(peer, txn, node) },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  };
  return callPeer(node.network, call, LedgerEvidenceBody);
}

function signQuery(peer: VerifiedChain, txn: string, node: AgencyNode): Promise<string> {
  return signToken({
    kind: 'trace-query',
    key: node.signingKey,
    trustChain: node.own.ownChain(),
    claims: {
      iss: node.entityId,
      aud: peer.entityId,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, QUERY_SECONDS),
      txn,
      traceparent: newTraceparent(node.randomness),
    },
  });
}
