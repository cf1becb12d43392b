import type { EntityManager } from 'typeorm';
import type { HoldsOptions } from './holds.js';
import type { Hold } from './holds.store.js';

/** What a hold keeps of a release that its owner called back. */
export interface KeptRecalled {
  readonly hold: Hold;
  /** As the law is cited. */
  readonly statute: string;
  readonly reads: number;
  /** When it goes at the latest: the end of the hold or what the owner obliged, whichever comes first. Milliseconds. */
  readonly until: number;
}

/**
 * A confirmed hold on the release keeps what would be deleted: out of what anybody is shown, and never longer than the owner
 * let it be kept. Without such a hold, or where nothing is left to keep, nothing happens.
 */
export async function keepRecalled(
  manager: EntityManager,
  { owner, release }: { readonly owner: string; readonly release: string },
  of: HoldsOptions,
): Promise<KeptRecalled | undefined> {
  const [hold] = await of.store.onRelease(manager, owner, release, of.clock.now());
  const statute = of.statutes.find(({ code }) => code === hold?.statute)?.statute;
  if (hold === undefined || statute === undefined) return undefined;
  const kept: { expires_at: Date }[] = await manager.query(
    `with gone as (delete from received_read where owner = $2 and release_digest = $3 returning *)
     insert into held_received_read (hold, owner, release_digest, position, txn, obligations, read, expires_at)
     select $1, owner, release_digest, position, txn, obligations, read, least(expires_at, $4::timestamptz) from gone
     returning expires_at`,
    [hold.id, owner, release, new Date(hold.expiresAt)],
  );
  if (kept.length === 0) return undefined;
  const until = Math.min(...kept.map(({ expires_at: at }) => at.getTime()));
  return { hold, statute, reads: kept.length, until };
}

/** Whether a hold still keeps something of a release that was called back. */
export async function keepsRecalled(
  { owner, release }: { readonly owner: string; readonly release: string },
  { dataSource, clock }: Pick<HoldsOptions, 'dataSource' | 'clock'>,
): Promise<boolean> {
  const rows = await dataSource.query<unknown[]>(
    'select 1 from held_received_read where owner = $1 and release_digest = $2 and expires_at > $3 limit 1',
    [owner, release, new Date(clock.now())],
  );
  return rows.length > 0;
}
