import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';
import type { AlertAction, AlertOutcome, MatchKind, MisreadPair, VerificationResult } from '#reads';

/** A hit: what was read, what the list says, and how far persons have come with it. */
export interface Alert {
  readonly id: string;
  /** `own`, or the agency that released it. */
  readonly origin: string;
  readonly txn: string | undefined;
  /** Of an own hit. */
  readonly list: string | undefined;
  readonly record: string | undefined;
  readonly source: string;
  readonly match: MatchKind;
  readonly stateUnknown: boolean;
  /** As the list says it: plate, state, vehicle, reason, legal basis. */
  readonly entry: JsonObject;
  /** As the camera says it. */
  readonly read: JsonObject;
  readonly refreshedAtMs: number;
  readonly createdAtMs: number;
  readonly receiptId: string;
  readonly state: 'open' | 'dismissed' | 'withdrawn' | 'closed';
  readonly acted: AlertAction | undefined;
  readonly outcome: AlertOutcome | undefined;
  readonly expiresAtMs: number;
}

export interface StoredVerification {
  readonly receiptId: string;
  readonly by: string;
  readonly result: VerificationResult;
  readonly seen: JsonObject;
  readonly image: string;
  readonly atMs: number;
}

interface Row {
  id: string;
  origin: string;
  txn: string | null;
  list: string | null;
  record: string | null;
  source: string;
  match: MatchKind;
  state_unknown: boolean;
  entry: JsonObject;
  read: JsonObject;
  refreshed_at: Date;
  created_at: Date;
  receipt_id: string;
  state: Alert['state'];
  acted: AlertAction | null;
  outcome: AlertOutcome | null;
  expires_at: Date;
}

/** What is counted of hits, for good: no row of it names a plate. */
export type HitEvent = 'hit' | 'look_alike' | VerificationResult | AlertOutcome | `acted_${AlertAction}` | 'withdrawn';

/** A text of what was stored as JSON; empty where there is none. */
export function textOf(from: JsonObject, name: string): string {
  const value = from[name];
  return typeof value === 'string' ? value : '';
}

/** Hits on hot lists. Transactions are passed explicitly, because a receipt commits with each change. */
export class Alerts {
  constructor(private readonly dataSource: DataSource) {}

  /** True where this call did it: the same read on the same entry is one alert. */
  async insert(
    manager: EntityManager,
    alert: Omit<Alert, 'state' | 'acted' | 'outcome'> & { readonly hit: string },
  ): Promise<boolean> {
    const inserted: unknown[] = await manager.query(
      `insert into alert (id, hit, origin, txn, list, record, source, match, state_unknown, entry, read, refreshed_at,
         created_at, receipt_id, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict (hit) do nothing returning 1`,
      [
        alert.id,
        alert.hit,
        alert.origin,
        alert.txn ?? null,
        alert.list ?? null,
        alert.record ?? null,
        alert.source,
        alert.match,
        alert.stateUnknown,
        JSON.stringify(alert.entry),
        JSON.stringify(alert.read),
        new Date(alert.refreshedAtMs),
        new Date(alert.createdAtMs),
        alert.receiptId,
        new Date(alert.expiresAtMs),
      ],
    );
    return inserted.length === 1;
  }

  /** All that another agency released in a transaction, with what persons said of it. @returns how many */
  async deleteReceived(manager: EntityManager, origin: string, txn: string): Promise<number> {
    const due = 'select id from alert where origin = $1 and txn = $2';
    await manager.query(`delete from alert_verification where alert in (${due})`, [origin, txn]);
    const [, deleted]: [unknown[], number] = await manager.query('delete from alert where origin = $1 and txn = $2', [
      origin,
      txn,
    ]);
    return deleted;
  }

  async find(id: string, now: number): Promise<Alert | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from alert where id = $1 and expires_at > $2', [
      id,
      new Date(now),
    ]);
    return rows[0] && alertOf(rows[0]);
  }

  /** The newest, newest first; where `state` is given those alone. */
  async list(state: Alert['state'] | undefined, now: number, limit: number): Promise<Alert[]> {
    const rows: Row[] = await this.dataSource.query(
      `select * from alert where expires_at > $1 and ($2::text is null or state = $2) order by created_at desc limit $3`,
      [new Date(now), state ?? null, limit],
    );
    return rows.map(alertOf);
  }

  async verifications(alert: string): Promise<StoredVerification[]> {
    const rows: {
      receipt_id: string;
      verified_by: string;
      result: VerificationResult;
      seen: JsonObject;
      image: string;
      verified_at: Date;
    }[] = await this.dataSource.query('select * from alert_verification where alert = $1 order by verified_at', [
      alert,
    ]);
    return rows.map((row) => ({
      receiptId: row.receipt_id,
      by: row.verified_by,
      result: row.result,
      seen: row.seen,
      image: row.image,
      atMs: row.verified_at.getTime(),
    }));
  }

  async verify(
    manager: EntityManager,
    alert: Alert,
    verification: StoredVerification,
    pairs: readonly MisreadPair[],
  ): Promise<void> {
    const { receiptId, by, result, seen, image, atMs } = verification;
    await manager.query(
      `insert into alert_verification (receipt_id, alert, verified_by, result, seen, image, verified_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [receiptId, alert.id, by, result, JSON.stringify(seen), image, new Date(atMs)],
    );
    if (result !== 'confirmed') await this.setState(manager, alert, 'dismissed');
    for (const pair of pairs) {
      await manager.query(
        `insert into misread_pair values ($1, $2, 1)
         on conflict (read_character, seen_character) do update set times = misread_pair.times + 1`,
        [pair.read, pair.seen],
      );
    }
  }

  async act(manager: EntityManager, alert: Alert, action: AlertAction, receiptId: string): Promise<void> {
    await manager.query('update alert set acted = $2, acted_receipt = $3 where id = $1', [alert.id, action, receiptId]);
  }

  /** Once: what came of it stands. True where this call did it. */
  async close(manager: EntityManager, alert: Alert, outcome: AlertOutcome, receiptId: string): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update alert set outcome = $2, outcome_receipt = $3, state = 'closed' where id = $1 and outcome is null`,
      [alert.id, outcome, receiptId],
    );
    return updated === 1;
  }

  /** Recovered, cancelled, expired or no longer permitted: whatever is pending on it is gone with it. */
  async withdraw(manager: EntityManager, gone: readonly { list: string; record: string }[]): Promise<number> {
    if (gone.length === 0) return 0;
    const [rows]: [{ list: string }[], number] = await manager.query(
      `update alert set state = 'withdrawn' from jsonb_to_recordset($1::jsonb) as gone (list text, record text)
       where alert.state = 'open' and alert.list = gone.list and alert.record = gone.record returning alert.list`,
      [JSON.stringify(gone)],
    );
    for (const { list } of rows) await this.count(manager, list, 'withdrawn');
    return rows.length;
  }

  async setState(manager: EntityManager, { id }: Pick<Alert, 'id'>, state: Alert['state']): Promise<void> {
    await manager.query('update alert set state = $2 where id = $1', [id, state]);
  }

  async count(manager: EntityManager, list: string, event: HitEvent): Promise<void> {
    await manager.query(
      `insert into hit_count values ($1, $2, 1) on conflict (list, event) do update set times = hit_count.times + 1`,
      [list, event],
    );
  }

  async counts(): Promise<{ list: string; event: string; times: number }[]> {
    return this.dataSource.query('select list, event, times from hit_count order by list, event');
  }

  async misreads(): Promise<{ read: string; seen: string; times: number }[]> {
    return this.dataSource.query(
      'select read_character as read, seen_character as seen, times from misread_pair order by times desc, 1, 2 limit 200',
    );
  }
}

function alertOf(row: Row): Alert {
  return {
    id: row.id,
    origin: row.origin,
    txn: row.txn ?? undefined,
    list: row.list ?? undefined,
    record: row.record ?? undefined,
    source: row.source,
    match: row.match,
    stateUnknown: row.state_unknown,
    entry: row.entry,
    read: row.read,
    refreshedAtMs: row.refreshed_at.getTime(),
    createdAtMs: row.created_at.getTime(),
    receiptId: row.receipt_id,
    state: row.state,
    acted: row.acted ?? undefined,
    outcome: row.outcome ?? undefined,
    expiresAtMs: row.expires_at.getTime(),
  };
}
