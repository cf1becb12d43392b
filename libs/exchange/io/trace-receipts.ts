import { verifyToken, parseMessage, readToken, TraceQueryClaims, type LedgerEvidenceBody } from '#protocol';
import { isWithinScope, TrustError, type VerifiedChain } from '#trust';
import { auditReadFields } from '../src/index.js';
import type { ExchangeNode } from './exchange-node.js';

type Receipts = Awaited<ReturnType<ExchangeNode['ledger']['receipts']>>;

/**
 * The receipts of one transaction, for a party of it (this node's own auditor, the requester, the holder) or for an enrolled
 * auditor within its scope. Accountability fields are opened; content is not. A transaction in which the asker has no part
 * looks like one that does not exist. What an auditor reads is in the ledger before the answer leaves (T8).
 */
export async function traceReceipts(query: string, node: ExchangeNode): Promise<LedgerEvidenceBody | undefined> {
  const { claims, reader } = await verifiedQuery(query, node);
  if (reader.entityType !== 'comity_auditor') return receiptsOf(claims.txn, claims.iss, node);
  const receipts = await node.ledger.receipts({ txn: claims.txn });
  if (receipts.length === 0 || !isWithinScope(reader.scope, recordOf(claims.txn, receipts, node))) return undefined;
  await node.ledger.record({
    receiptId: `audit_read/${claims.iss}/${claims.jti}`,
    kind: 'audit_read',
    fields: auditReadFields({ auditor: claims.iss, txn: claims.txn, query: claims.jti, receipts: receipts.length }),
  });
  return evidenceOf(receipts, node);
}

async function verifiedQuery(
  query: string,
  node: ExchangeNode,
): Promise<{ claims: TraceQueryClaims; reader: VerifiedChain }> {
  const read = readToken('trace-query', query);
  const reader = await node.directory.readerChain(read.header.trustChain ?? []);
  const verified = await verifyToken({
    kind: 'trace-query',
    token: query,
    keys: reader.protocolKeys.signing,
    issuer: reader.entityId,
    audience: node.entityId,
    now: node.clock.now(),
  });
  return { claims: parseMessage(TraceQueryClaims, verified.claims), reader };
}

/** What a scope is held against: the parties, their jurisdictions and the pseudonyms that the receipts name. */
function recordOf(txn: string, receipts: Receipts, node: ExchangeNode) {
  const named = (...names: string[]) => [
    ...new Set(
      receipts.flatMap(({ opening }) => names.flatMap((name) => textOf(opening.accountability[name]?.value) ?? [])),
    ),
  ];
  const agencies = named('requester', 'owner');
  return {
    txn,
    agencies,
    jurisdictions: [...new Set(agencies.flatMap((id) => jurisdictionsOf(id, node)))],
    persons: named('officer', 'supervisor'),
  };
}

function jurisdictionsOf(entityId: string, node: ExchangeNode): readonly string[] {
  try {
    return node.directory.chainFor(entityId).jurisdictions;
  } catch (error) {
    // An agency that is gone by now is within no scope that names its jurisdiction; one that names it finds it by name.
    if (error instanceof TrustError) return [];
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
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
  return visible.length === 0 ? undefined : evidenceOf(visible, node);
}

async function evidenceOf(receipts: Receipts, node: ExchangeNode): Promise<LedgerEvidenceBody> {
  const { size, checkpoint } = await node.ledger.head();
  return {
    checkpoint,
    consistency_from: 0,
    consistency: [],
    receipts: await Promise.all(
      receipts.map(async ({ receiptId }) => {
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
