import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '#protocol';
import { formatInstant } from '#reads';
import type { Tags } from '../tags.js';

const OPEN = `h.state <> 'ended' and h.expires_at > $1`;

/**
 * Notes which transactions open holds concern: those that brought a release which is held, those in which a read that is held was
 * released, and this agency's own asks of the case that a hold is for. What was noted once stays with its hold, also when the
 * ask itself is gone.
 */
export async function noteHeldTransactions(
  manager: EntityManager,
  now: number,
  { tags }: { readonly tags: Tags },
): Promise<void> {
  const at = new Date(now);
  await manager.query(
    `insert into held_transaction (hold, txn)
       select h.id, o.txn::text from preservation_hold h
         join outgoing_request o on o.owner = h.release_owner and o.release = h.release_digest where ${OPEN}
       union select h.id, r.txn from preservation_hold h join held_received_read r on r.hold = h.id where ${OPEN}
       union select h.id, a.txn::text from preservation_hold h join ask a on a.ask ->> 'case_number' = h.case_number where ${OPEN}
     on conflict do nothing`,
    [at],
  );
  const held = await manager.query<{ hold: string; plate: string; seen_at: Date }[]>(
    `select r.hold, r.plate, r.seen_at from held_read r join preservation_hold h on h.id = r.hold where ${OPEN}`,
    [at],
  );
  for (const [hold, reads] of Map.groupBy(held, (read) => read.hold)) {
    const rows = reads.map(({ plate, seen_at: seenAt }) => tags.read(plate, formatInstant(seenAt.getTime())));
    await manager.query(
      `insert into held_transaction (hold, txn) select distinct $1, txn from release_mark where read_tags && $2::text[]
       on conflict do nothing`,
      [hold, rows],
    );
  }
}

/** Of holds that are open now, noted anew. */
export async function heldTransactions(of: {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly tags: Tags;
}): Promise<string[]> {
  const now = of.clock.now();
  return of.dataSource.transaction(async (manager) => {
    await noteHeldTransactions(manager, now, of);
    const rows = await manager.query<{ txn: string }[]>(
      `select distinct t.txn from held_transaction t join preservation_hold h on h.id = t.hold where ${OPEN}`,
      [new Date(now)],
    );
    return rows.map(({ txn }) => txn);
  });
}
