import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';

/** A plate that this owner follows for another agency, by that agency's standing request. */
export interface FollowedPlate {
  readonly requestDigest: string;
  readonly request: string;
  readonly granted: string;
  readonly requester: string;
  readonly plate: string;
  readonly plateState: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One hit on it. Each is a release of its own. */
export interface AlertRelease {
  readonly id: string;
  readonly followed: FollowedPlate;
  readonly read: JsonObject;
  readonly foundAtMs: number;
  readonly answer: string | undefined;
  readonly receiptId: string | undefined;
}

interface FollowedRow {
  request_digest: string;
  request: string;
  granted: string;
  requester: string;
  plate: string;
  plate_state: string | null;
  follows_from: Date;
  follows_until: Date;
}

type ReleaseRow = FollowedRow & {
  id: string;
  read: JsonObject;
  found_at: Date;
  answer: string | null;
  receipt_id: string | null;
};

/** The owner's side of standing alerts. What has ended is deleted, plate and all. */
export class FollowedPlates {
  constructor(private readonly dataSource: DataSource) {}

  async follow(manager: EntityManager, of: FollowedPlate): Promise<void> {
    await manager.query(
      `insert into followed_plate values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (request_digest) do nothing`,
      [
        of.requestDigest,
        of.request,
        of.granted,
        of.requester,
        of.plate,
        of.plateState ?? null,
        new Date(of.fromMs),
        new Date(of.untilMs),
      ],
    );
  }

  /** Those that follow one of these plates at this moment. */
  async following(plates: readonly string[], now: number): Promise<FollowedPlate[]> {
    if (plates.length === 0) return [];
    const rows: FollowedRow[] = await this.dataSource.query(
      'select * from followed_plate where plate = any($1) and follows_from <= $2 and follows_until > $2',
      [[...new Set(plates)], new Date(now)],
    );
    return rows.map(followedOf);
  }

  async all(): Promise<FollowedPlate[]> {
    const rows: FollowedRow[] = await this.dataSource.query('select * from followed_plate');
    return rows.map(followedOf);
  }

  /** True the first time: one read is one alert. */
  async found(of: FollowedPlate, hit: { id: string; key: string; read: JsonObject; now: number }): Promise<boolean> {
    const inserted: unknown[] = await this.dataSource.query(
      `insert into alert_release (id, request_digest, hit, read, found_at) values ($1, $2, $3, $4, $5)
       on conflict (hit) do nothing returning 1`,
      [hit.id, of.requestDigest, hit.key, JSON.stringify(hit.read), new Date(hit.now)],
    );
    return inserted.length === 1;
  }

  /** What was found and has not arrived, oldest first. */
  async open(): Promise<AlertRelease[]> {
    const rows: ReleaseRow[] = await this.dataSource.query(
      `select r.id, r.read, r.found_at, r.answer, r.receipt_id, f.* from alert_release r
       join followed_plate f on f.request_digest = r.request_digest where r.delivered_at is null order by r.found_at limit 200`,
    );
    return rows.map((row) => ({
      id: row.id,
      followed: followedOf(row),
      read: row.read,
      foundAtMs: row.found_at.getTime(),
      answer: row.answer ?? undefined,
      receiptId: row.receipt_id ?? undefined,
    }));
  }

  async prepared(manager: EntityManager, id: string, answer: string, receiptId: string): Promise<void> {
    await manager.query('update alert_release set answer = $2, receipt_id = $3 where id = $1', [id, answer, receiptId]);
  }

  /** It arrived, or is too old to: the ciphertext and what was read go. */
  async close(id: string, now: number): Promise<void> {
    await this.dataSource.query(
      `update alert_release set delivered_at = $2, answer = null, read = '{}' where id = $1`,
      [id, new Date(now)],
    );
  }

  async end(manager: EntityManager, requestDigest: string): Promise<void> {
    await manager.query('delete from followed_plate where request_digest = $1', [requestDigest]);
  }

  async deleteEnded(now: number): Promise<void> {
    await this.dataSource.query('delete from followed_plate where follows_until <= $1', [new Date(now)]);
  }
}

function followedOf(row: FollowedRow): FollowedPlate {
  return {
    requestDigest: row.request_digest,
    request: row.request,
    granted: row.granted,
    requester: row.requester,
    plate: row.plate,
    plateState: row.plate_state ?? undefined,
    fromMs: row.follows_from.getTime(),
    untilMs: row.follows_until.getTime(),
  };
}
