import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '#protocol';
import type { Read } from '../src/read.js';
import { runStatement } from './statement.js';

/** Which read met a hot list. */
export type HitRead = Pick<Read, 'plate' | 'seenAt' | 'device' | 'source'>;

/**
 * Reads that met a hot list, where the agency may keep those longer than others. They are found for their alert alone: an
 * ordinary query ends at the ordinary limit, whatever is kept here.
 */
export class HitReads {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Keeps the read for its alert, in the transaction that records it; nothing happens where hits have no limit of their own.
   * @param hitRetentionMs how long hits may be kept, `undefined` where that is no longer than any read
   */
  async keep(
    manager: EntityManager,
    { plate, seenAt, device, source }: HitRead,
    alert: string,
    hitRetentionMs: number | undefined,
  ): Promise<void> {
    if (hitRetentionMs === undefined) return;
    await runStatement(manager, [
      `insert into hit_read (alert, plate, seen_at, device, source, read, expires_at)
       select $1, plate, seen_at, device, source, to_jsonb(r) - 'id', $6::timestamptz from plate_read r
       where plate = $2 and seen_at = $3::timestamptz and device = $4 and source = $5
       on conflict do nothing`,
      [alert, plate, instant(seenAt), device, source, instant(seenAt + hitRetentionMs)],
    ]);
  }

  /** What is kept for an alert and has not expired: the stored reads as JSON. */
  async forAlert(alert: string, clock: Clock): Promise<{ read: Record<string, unknown>; expiresAt: number }[]> {
    const rows = await runStatement<{ read: Record<string, unknown>; expires_at: Date }>(this.dataSource.manager, [
      'select read, expires_at from hit_read where alert = $1 and expires_at > $2::timestamptz order by seen_at',
      [alert, instant(clock.now())],
    ]);
    return rows.map(({ read, expires_at: expiresAt }) => ({ read, expiresAt: expiresAt.getTime() }));
  }
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
