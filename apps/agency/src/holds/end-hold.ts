import type { EntityManager } from 'typeorm';
import { holdEndedFields } from '#exchange';
import { certifyDeletion, type DeletedCount, type DeletionCertificate } from '../retention/deletion-certificate.js';
import { noteRemains } from '../retention/rewrite-remains.js';
import type { HoldsOptions } from './holds.js';

/** Deletes what a hold preserved, forgets what it was about, and certifies both; all of it in the caller's transaction. */
export async function endHold(
  manager: EntityManager,
  hold: string,
  ended: { readonly reason: 'withdrawn' | 'released' | 'expired'; readonly by: string | null },
  of: HoldsOptions,
): Promise<DeletionCertificate | undefined> {
  const now = of.clock.now();
  const counts = [...(await of.heldReads.remove(manager, hold)), ...(await removeReceived(manager, hold, now))];
  // Their side records go with the next round of erasing, where they are past their time.
  await manager.query('delete from held_transaction where hold = $1', [hold]);
  await of.store.end(manager, hold, ended.reason, now);
  await noteRemains(manager, ['held_read', 'held_received_read', 'held_transaction', 'preservation_hold'], now);
  await of.ledger.append(manager, {
    receiptId: `hold_ended/${hold}`,
    kind: 'hold_ended',
    fields: holdEndedFields({ agency: of.entityId, hold, by: ended.by, reason: ended.reason }),
  });
  if (counts.length === 0) return undefined;
  const what = { what: 'held_reads', basis: 'hold_ended', cutoff: now, counts, held: 0 };
  return certifyDeletion(manager, { ...what, method: 'rows_deleted' }, of);
}

function removeReceived(manager: EntityManager, hold: string, now: number): Promise<DeletedCount[]> {
  return manager.query<DeletedCount[]>(
    `with gone as (delete from held_received_read where hold = $1 returning owner)
     select to_char($2::timestamptz at time zone 'UTC', 'YYYY-MM-DD') as day, owner as class, count(*)::integer as count
     from gone group by 2 order by 2`,
    [hold, new Date(now)],
  );
}
