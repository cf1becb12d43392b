import { retentionCutoff } from '#reads';
import { deleteExpiredReads } from '#reads/io';
import type { AgencyNode } from '../agency-node.js';
import { certifyDeletion, type DeletionCertificate } from './deletion-certificate.js';
import { DELETION_CLASSES } from './deletion-classes.js';
import { retentionLimits } from './retention-limits.js';
import { noteRemains, rewriteRemains } from './rewrite-remains.js';

export interface RetentionRun {
  readonly certificates: readonly DeletionCertificate[];
  /** Tables whose pages were rewritten, so that they hold no byte of what was deleted. */
  readonly rewritten: readonly string[];
  /** Classes of data that could not be deleted this time, by name; they are tried again. */
  readonly failed: readonly string[];
}

/**
 * Deletes everything that may be kept no longer, with a certificate for each class and day, in the transaction of its deletion.
 * What fails does not keep the rest.
 *
 * @param remains when the pages of deleted rows are rewritten: a day later in the background, at once for a person who asks
 */
export async function runRetention(node: AgencyNode, remains: 'later' | 'now'): Promise<RetentionRun> {
  const certificates: DeletionCertificate[] = [];
  const failed: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    // Named and not told: the database's own words repeat values.
    await work().catch(() => failed.push(what));
  };
  await attempt('holds', async () => {
    certificates.push(...(await node.holds.endExpired()));
  });
  await attempt('reads', async () => {
    await deleteOwnReads(node, certificates);
  });
  const limits = await retentionLimits(node);
  for (const of of DELETION_CLASSES) {
    await attempt(of.what, async () => {
      const now = node.clock.now();
      const cutoff = of.cutoff({ now, limits, recordMs: node.settings.recordMs });
      await node.dataSource.transaction(async (manager) => {
        const counts = await of.remove(manager, new Date(cutoff));
        if (counts.length === 0) return;
        await noteRemains(manager, of.relations, now);
        const { what, basis, method } = of;
        certificates.push(await certifyDeletion(manager, { what, basis, cutoff, counts, method, held: 0 }, node));
      });
    });
  }
  let rewritten: string[] = [];
  await attempt('remains', async () => {
    rewritten = await rewriteRemains(node.dataSource, { clock: node.clock, at: remains });
  });
  return { certificates, rewritten, failed };
}

async function deleteOwnReads(node: AgencyNode, certificates: DeletionCertificate[]): Promise<void> {
  const { readsMs } = await retentionLimits(node);
  if (readsMs === undefined) return;
  const now = node.clock.now();
  const cutoff = retentionCutoff(now, readsMs);
  await deleteExpiredReads(node.dataSource, { cutoff, retentionMs: readsMs, now }, async (manager, deleted) => {
    const { day, partitionDropped, held } = deleted;
    if (!partitionDropped) await noteRemains(manager, [`plate_read_d${day.replaceAll('-', '')}`], now);
    certificates.push(
      await certifyDeletion(
        manager,
        {
          what: 'reads',
          basis: 'non_hit',
          cutoff,
          counts: deleted.counts.map((count) => ({ day, ...count })),
          method: partitionDropped ? 'partition_dropped' : 'rows_deleted',
          held,
        },
        node,
      ),
    );
  });
  node.reads.forgetDays();
}
