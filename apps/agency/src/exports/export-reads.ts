import { exportFields, exportRefusedFields } from '#exchange';
import { ProblemError, digestOfText, newIdentifier, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import { EXPORT_REASONS, decideExport, type ExportReason, type StatedExport } from './decide-export.js';
import { exportFile } from './export-file.js';

export interface WantedExport extends StatedExport {
  readonly txn: string;
  readonly owner: string;
}

/**
 * Received reads as a file, for the agency's own people and their case. A refusal is on record with every reason; what leaves
 * is on record, with the digest of the file, before anybody has it.
 */
export async function exportReads(
  wanted: WantedExport,
  by: string,
  node: AgencyNode,
): Promise<{ export: string; expires_at: string; digest: string; csv: string }> {
  const ask = await node.asks.find(wanted.txn);
  const request = await node.outgoing.find(wanted.txn, wanted.owner);
  if (ask === undefined || request === undefined) {
    throw new ProblemError(problem(404, 'not_found', 'nothing was asked of that owner in such a transaction'));
  }
  const received = (await node.received.forTransaction(wanted.txn)).filter(({ owner }) => owner === wanted.owner);
  const release = request.release ?? '';
  const obligations = received[0]?.obligations ?? {};
  const reasons = decideExport(wanted, {
    agency: node.entityId,
    caseNumber: ask.ask.case_number,
    obligations,
    isApproved: ask.approval !== undefined,
    reads: received.length,
    isRecalled: (await node.recalls.recalledOwners([release])).includes(release),
    now: node.clock.now(),
  });
  const id = newIdentifier(node.randomness);
  if (reasons.length > 0) return refuse(id, reasons, by, node);
  const expiresAt = new Date(Math.min(...received.map((read) => read.expiresAt))).toISOString();
  const of = { id, agency: node.entityId, owner: wanted.owner, txn: wanted.txn, release, expiresAt };
  const file = exportFile(
    received.map(({ read }) => read),
    of,
    node.exports.key,
  );
  const digest = digestOfText(file.text);
  const receiptId = `export/${id}`;
  await node.dataSource.transaction(async (manager) => {
    await node.exports.insert(manager, {
      id,
      txn: wanted.txn,
      owner: wanted.owner,
      release,
      by,
      at: node.clock.now(),
      columns: file.columns,
      rowTags: file.reads.map((read) => node.exports.tagOf(read)),
    });
    await node.ledger.append(manager, {
      receiptId,
      kind: 'export',
      fields: exportFields(
        { agency: node.entityId, export: id, what: 'received_reads', release, by, digest, until: expiresAt },
        { count: file.reads.length },
      ),
    });
  });
  await node.ledger.integrated(receiptId);
  return { export: id, expires_at: expiresAt, digest, csv: file.text };
}

async function refuse(id: string, reasons: readonly ExportReason[], by: string, node: AgencyNode): Promise<never> {
  const receiptId = `export_refused/${id}`;
  await node.ledger.append(node.dataSource.manager, {
    receiptId,
    kind: 'export_refused',
    fields: exportRefusedFields({
      agency: node.entityId,
      export: id,
      what: 'received_reads',
      by,
      reasons: [...reasons],
    }),
  });
  await node.ledger.integrated(receiptId);
  const told = reasons.map((code): JsonObject => ({ code, required: EXPORT_REASONS[code] }));
  throw new ProblemError(
    problem(403, 'export_refused', 'what others released does not leave this node so', {
      detail: reasons.map((code) => `${code}: ${EXPORT_REASONS[code]}`).join('; '),
      reasons: told,
    }),
  );
}
