import {
  verifyToken,
  parseMessage,
  readToken,
  TraceQueryClaims,
  tokenInvalid,
  type LedgerEvidenceBody,
} from '#protocol';
import type { ExchangeNode } from './exchange-node.js';

/**
 * The receipts of one transaction, for a party of it: this node's own auditor, the requester or the holder. Accountability
 * fields are opened; content is not. A transaction in which the asker has no part looks like one that does not exist.
 */
export async function traceReceipts(query: string, node: ExchangeNode): Promise<LedgerEvidenceBody | undefined> {
  const claims = await verifiedQuery(query, node);
  return receiptsOf(claims.txn, claims.iss, node);
}

async function verifiedQuery(query: string, node: ExchangeNode): Promise<TraceQueryClaims> {
  const read = readToken('trace-query', query);
  const { chain } = await node.directory.agencyView(read.header.trustChain ?? []);
  if (chain.entityType !== 'comity_agency') throw tokenInvalid('not an agency');
  const verified = await verifyToken({
    kind: 'trace-query',
    token: query,
    keys: chain.protocolKeys.signing,
    issuer: chain.entityId,
    audience: node.entityId,
    now: node.clock.now(),
  });
  return parseMessage(TraceQueryClaims, verified.claims);
}

/** All receipts of `txn` that name `party`, under one checkpoint; every one where `party` is this node itself. */
export async function receiptsOf(
  txn: string,
  party: string,
  node: ExchangeNode,
): Promise<LedgerEvidenceBody | undefined> {
  const receipts = await node.ledger.receipts({ txn });
  const visible = receipts.filter(({ opening }) => {
    const fields = opening.accountability;
    return party === node.entityId || fields['requester']?.value === party || fields['owner']?.value === party;
  });
  if (visible.length === 0) return undefined;
  const { size, checkpoint } = await node.ledger.head();
  return {
    checkpoint,
    consistency_from: 0,
    consistency: [],
    receipts: await Promise.all(
      visible.map(async ({ receiptId }) => {
        const { entry, index, inclusion, opening } = await node.ledger.proofOf(receiptId, { size });
        return {
          entry,
          index,
          inclusion,
          opening: { accountability: { ...opening.accountability }, content: {} },
        };
      }),
    ),
  };
}
