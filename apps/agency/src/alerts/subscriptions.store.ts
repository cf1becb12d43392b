import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#protocol';

/** A standing request of this agency at one owner, with the key that its alerts are sealed to. */
export interface Subscription {
  readonly txn: string;
  readonly owner: string;
  readonly requestDigest: string;
  readonly request: string;
  /** Gone once it has ended: from then on nobody can open an alert, whoever keeps one. */
  readonly answerKey: JsonObject | undefined;
  readonly endsAtMs: number;
  readonly endedBecause: string | undefined;
}

interface Row {
  txn: string;
  owner: string;
  request_digest: string;
  request: string;
  answer_key: JsonObject | null;
  ends_at: Date;
  ended_because: string | null;
}

/** The requester's side of standing alerts. */
export class Subscriptions {
  constructor(private readonly dataSource: DataSource) {}

  async insert(manager: EntityManager, of: Omit<Subscription, 'endedBecause'>): Promise<void> {
    await manager.query(
      `insert into alert_subscription (txn, owner, request_digest, request, answer_key, ends_at)
       values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      [of.txn, of.owner, of.requestDigest, of.request, JSON.stringify(of.answerKey), new Date(of.endsAtMs)],
    );
  }

  async find(txn: string, owner: string): Promise<Subscription | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from alert_subscription where txn = $1 and owner = $2', [
      txn,
      owner,
    ]);
    return rows[0] && subscriptionOf(rows[0]);
  }

  async ofTransaction(txn: string): Promise<Subscription[]> {
    const rows: Row[] = await this.dataSource.query('select * from alert_subscription where txn = $1', [txn]);
    return rows.map(subscriptionOf);
  }

  async open(): Promise<Subscription[]> {
    const rows: Row[] = await this.dataSource.query('select * from alert_subscription where answer_key is not null');
    return rows.map(subscriptionOf);
  }

  /** Ends them and destroys their keys. */
  async end(txn: string, because: string, manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.query(
      `update alert_subscription set answer_key = null, ended_because = coalesce(ended_because, $2) where txn = $1`,
      [txn, because],
    );
  }
}

function subscriptionOf(row: Row): Subscription {
  return {
    txn: row.txn,
    owner: row.owner,
    requestDigest: row.request_digest,
    request: row.request,
    answerKey: row.answer_key ?? undefined,
    endsAtMs: row.ends_at.getTime(),
    endedBecause: row.ended_because ?? undefined,
  };
}
