import { hotListImportedFields } from '#exchange';
import { digestOf, newTransactionId, type JsonObject, type JsonValue } from '#protocol';
import { MANUAL_LIST, ReadsError, readEntry, shiftEndAfter, type EntryOutcome, type ListedPlate } from '#reads';
import type { CompletedImport, Counts, HotListImport } from '#reads/io';
import type { AgencyNode } from '../agency-node.js';
import { ownPermit } from './own-permit.js';

/** What became of the entries of one batch: those that were not taken, by their place in it. */
export interface StagedBatch {
  readonly staged: number;
  readonly refused: Counts;
  readonly rejected: readonly { readonly at: number; readonly reason: string }[];
}

/**
 * Takes a batch of entries. What may not be listed here is counted by the code of its source and by nothing else: it is
 * neither read nor stored, so that no table, log or backup ever held it.
 */
export async function stageEntries(
  of: HotListImport,
  entries: readonly JsonValue[],
  node: AgencyNode,
): Promise<StagedBatch> {
  const permit = await ownPermit(node);
  const now = node.clock.now();
  const outcomes = entries.map((entry) => readEntry(entry, permit, now));
  const rejected = outcomes.flatMap((outcome, at) =>
    outcome.kind === 'rejected' ? [{ at, reason: outcome.reason }] : [],
  );
  const refused = countsOf(outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.source] : [])));
  const staged = outcomes.flatMap(stagedOf);
  await node.hotListImports.stage(of.id, staged);
  await node.hotListImports.count(of.id, 'refused', refused);
  await node.hotListImports.count(of.id, 'rejected', countsOf(rejected.map(({ reason }) => reason)));
  return { staged: staged.length, refused, rejected };
}

function stagedOf(outcome: EntryOutcome): { record: string; source: string; entry: ListedPlate | undefined }[] {
  if (outcome.kind === 'listed') {
    const { record, source } = outcome.entry;
    return [{ record, source, entry: outcome.entry }];
  }
  if (outcome.kind !== 'removed') return [];
  return [{ record: outcome.record, source: outcome.source, entry: undefined }];
}

/**
 * Puts an import into force with its receipt, in one transaction. What it takes off the list takes its pending alerts along.
 *
 * @param refused what the person's own program left out before it sent anything, by source
 */
export async function completeImport(
  of: HotListImport,
  input: { digest: string; refused: Counts },
  node: AgencyNode,
): Promise<CompletedImport & { withdrawn: number; refused: Counts; rejected: Counts }> {
  const receiptId = `hot_list_imported/${of.id}`;
  const completed = await node.dataSource.transaction(async (manager) => {
    const done = await node.hotListImports.complete(manager, of, input.digest);
    const left = await node.hotListImports.leftOut(manager, of.id);
    const refused = added(left.refused, input.refused);
    await node.ledger.append(manager, {
      receiptId,
      kind: 'hot_list_imported',
      fields: hotListImportedFields(
        {
          agency: node.entityId,
          list: of.list,
          version: of.id,
          sources: Object.keys(done.bySource).sort(),
          digest: input.digest,
          by: of.by,
          refused: Object.keys(refused).sort(),
        },
        { entries: done.bySource, left_out: { ...refused, ...left.rejected } },
      ),
    });
    const withdrawn = await node.alerts.withdraw(manager, done.gone);
    return { ...done, withdrawn, refused, rejected: left.rejected };
  });
  await node.ledger.integrated(receiptId);
  return completed;
}

/**
 * An officer types in a plate for the running shift. At its end it is gone, whatever the officer wished (NE).
 *
 * @throws ReadsError `hot_list_invalid`
 */
export async function typeIn(stated: JsonObject, by: string, node: AgencyNode): Promise<ListedPlate> {
  const now = node.clock.now();
  const shiftEnd = shiftEndAfter(now, node.settings.shifts);
  const id = newTransactionId(node.randomness);
  const expiresAt = new Date(shiftEnd).toISOString();
  const outcome = readEntry(
    { ...stated, record: id, source: 'manual', expires_at: expiresAt },
    await ownPermit(node),
    now,
  );
  if (outcome.kind !== 'listed') {
    const why = outcome.kind === 'rejected' ? outcome.reason : 'the rule of this agency permits no manual entries';
    throw new ReadsError('hot_list_invalid', `not taken: ${why}`);
  }
  const receiptId = `hot_list_imported/${id}`;
  await node.dataSource.transaction(async (manager) => {
    await node.hotLists.type(manager, outcome.entry);
    const of = { agency: node.entityId, list: MANUAL_LIST, version: id, sources: ['manual'], by, refused: [] };
    // The digest of what was typed in would be found by trying plates; that of its random record is not.
    const fields = hotListImportedFields({ ...of, digest: digestOf(id) }, { entries: { manual: 1 }, left_out: {} });
    await node.ledger.append(manager, { receiptId, kind: 'hot_list_imported', fields });
  });
  await node.ledger.integrated(receiptId);
  return outcome.entry;
}

/** Recovered or cancelled: gone at once, and pending alerts with it. False where it was not there. */
export async function removeEntry(list: string, record: string, node: AgencyNode): Promise<boolean> {
  return node.dataSource.transaction(async (manager) => {
    const removed = await node.hotLists.remove(manager, list, record);
    if (removed) await node.alerts.withdraw(manager, [{ list, record }]);
    return removed;
  });
}

function countsOf(codes: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function added(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [code, times] of Object.entries(other)) sum[code] = (sum[code] ?? 0) + times;
  return sum;
}
