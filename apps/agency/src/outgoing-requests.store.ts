import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject, ReasonClaims, RequestState } from '#protocol';
import { outgoing, type OutgoingRow } from './outgoing-request-row.js';

/** One request to one holding agency, from before it is signed until its outcome is shown. */
export interface OutgoingRequest {
  readonly txn: string;
  readonly owner: string;
  readonly broker: string;
  readonly jti: string;
  /** 0, and up with every further page of what this owner answered. */
  readonly page: number;
  /** The owner's word from where this page goes on. */
  readonly cursor: string | undefined;
  /** The owner's word from where the next one would. */
  readonly nextCursor: string | undefined;
  /** Signed once, and stored before it is sent: a retry sends the same message. */
  readonly request: string | undefined;
  readonly digest: string | undefined;
  /** Private half of the fresh answer key; destroyed when the answer was opened. */
  readonly answerKey: JsonObject | undefined;
  readonly respondByMs: number | undefined;
  readonly attempts: number;
  readonly state: RequestState | undefined;
  readonly outcome: 'reads' | 'refused' | 'none' | undefined;
  readonly reasons: readonly ReasonClaims[];
  readonly warnings: readonly string[];
  /** Why an outcome was not believed, by name. */
  readonly problem: string | undefined;
  readonly answer: string | undefined;
  /** Digest of the owner's release receipt. */
  readonly release: string | undefined;
  readonly deliveredReceipt: string | undefined;
  readonly readCount: number;
  readonly droppedCount: number;
  readonly truncated: boolean;
  readonly obligations: JsonObject | undefined;
  readonly shown: boolean;
  /** When the outcome was verified and stored. */
  readonly endedAtMs: number | undefined;
}

/** What was verified of an outcome before anything of it is opened. */
export interface Delivery {
  readonly state: RequestState;
  readonly reasons: readonly ReasonClaims[];
  readonly answer: string | undefined;
  readonly release: string | undefined;
  readonly receiptId: string;
  readonly problem?: string;
}

/** What is shown: written only after the delivery is logged. */
export interface Shown {
  readonly outcome: 'reads' | 'refused' | 'none';
  readonly reasons: readonly ReasonClaims[];
  readonly warnings: readonly string[];
  readonly readCount: number;
  readonly droppedCount: number;
  readonly truncated: boolean;
  readonly nextCursor: string | undefined;
  readonly obligations: JsonObject | undefined;
  readonly problem?: string;
}

export class OutgoingRequests {
  private due: () => void = () => undefined;
  private soonest = Infinity;

  constructor(private readonly dataSource: DataSource) {}

  /** Who is told that something became due, so that it need not wait for the next look at the table. */
  whenDue(listener: () => void): void {
    this.due = listener;
  }

  /** To be called after the transaction of `insert` has committed. */
  announceDue(): void {
    this.due();
  }

  /** Until when what this process put back waits, as far as it knows; milliseconds, `Infinity` where nothing does. */
  get soonestRetryMs(): number {
    return this.soonest;
  }

  async insert(
    manager: EntityManager,
    request: {
      txn: string;
      owner: string;
      broker: string;
      jti: string;
      now: number;
      page?: number;
      cursor?: string;
    },
  ): Promise<void> {
    await manager.query(
      `insert into outgoing_request (txn, owner, broker, jti, next_attempt_at, page, cursor)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        request.txn,
        request.owner,
        request.broker,
        request.jti,
        new Date(request.now),
        request.page ?? 0,
        request.cursor ?? null,
      ],
    );
  }

  /** Takes up to `limit` requests that are due, and holds them for `leaseMs`; after a crash the lease runs out. */
  async takeDue(now: number, leaseMs: number, limit: number): Promise<OutgoingRequest[]> {
    if (this.soonest <= now) this.soonest = Infinity;
    const [rows]: [OutgoingRow[], number] = await this.dataSource.query(
      `update outgoing_request set next_attempt_at = $2, attempts = attempts + 1
       where (txn, owner, page) in (
         select txn, owner, page from outgoing_request
         where (state is null or not shown) and next_attempt_at <= $1
         order by next_attempt_at limit $3 for update skip locked)
       returning *`,
      [new Date(now), new Date(now + leaseMs), limit],
    );
    return rows.map(outgoing);
  }

  /** What was under way when this node stopped is due at once. */
  async resumeAll(now: number): Promise<void> {
    await this.dataSource.query(
      'update outgoing_request set next_attempt_at = $1 where (state is null or not shown) and next_attempt_at > $1',
      [new Date(now)],
    );
  }

  async retryAt(request: OutgoingRequest, at: number): Promise<void> {
    await this.dataSource.query('update outgoing_request set next_attempt_at = $2 where jti = $1', [
      request.jti,
      new Date(at),
    ]);
    this.soonest = Math.min(this.soonest, at);
  }

  /** The newest page. */
  async find(txn: string, owner: string): Promise<OutgoingRequest | undefined> {
    const rows: OutgoingRow[] = await this.dataSource.query(
      'select * from outgoing_request where txn = $1 and owner = $2 order by page desc limit 1',
      [txn, owner],
    );
    return rows[0] && outgoing(rows[0]);
  }

  /** This very request, as it is stored now. */
  async reread({ jti }: OutgoingRequest): Promise<OutgoingRequest | undefined> {
    const rows: OutgoingRow[] = await this.dataSource.query('select * from outgoing_request where jti = $1', [jti]);
    return rows[0] && outgoing(rows[0]);
  }

  /** By the release that it was answered with. */
  async findByRelease(txn: string, owner: string, release: string): Promise<OutgoingRequest | undefined> {
    const rows: OutgoingRow[] = await this.dataSource.query(
      'select * from outgoing_request where txn = $1 and owner = $2 and release = $3',
      [txn, owner, release],
    );
    return rows[0] && outgoing(rows[0]);
  }

  async forTransaction(txn: string): Promise<OutgoingRequest[]> {
    const rows: OutgoingRow[] = await this.dataSource.query(
      'select * from outgoing_request where txn = $1 order by owner, page',
      [txn],
    );
    return rows.map(outgoing);
  }

  /** Stores the signed message unless one is stored already, and returns the one that stands. */
  async storeSigned(
    of: OutgoingRequest,
    signed: { request: string; digest: string; answerKey: JsonObject; respondByMs: number },
  ): Promise<OutgoingRequest> {
    const [rows]: [OutgoingRow[], number] = await this.dataSource.query(
      `update outgoing_request set request = coalesce(request, $2), digest = coalesce(digest, $3),
         answer_key = case when request is null then $4 else answer_key end, respond_by = coalesce(respond_by, $5)
       where jti = $1 returning *`,
      [of.jti, signed.request, signed.digest, JSON.stringify(signed.answerKey), new Date(signed.respondByMs)],
    );
    return rows[0] ? outgoing(rows[0]) : of;
  }

  /** The end state, once. The answer stays sealed until the delivery's receipt is durable. */
  async deliver(manager: EntityManager, of: OutgoingRequest, delivery: Delivery, now: number): Promise<void> {
    await manager.query(
      `update outgoing_request set state = $2, reasons = $3, answer = $4, release = $5, delivered_receipt = $6, problem = $7,
         ended_at = $8 where jti = $1 and state is null`,
      [
        of.jti,
        delivery.state,
        JSON.stringify(delivery.reasons),
        delivery.answer ?? null,
        delivery.release ?? null,
        delivery.receiptId,
        delivery.problem ?? null,
        new Date(now),
      ],
    );
  }

  /** Shows the outcome and destroys the answer key and the ciphertext. */
  async show(manager: EntityManager, of: OutgoingRequest, shown: Shown): Promise<void> {
    await manager.query(
      `update outgoing_request set outcome = $2, reasons = $3, warnings = $4, read_count = $5, dropped_count = $6,
         truncated = $7, obligations = $8, problem = coalesce($9, problem), next_cursor = $10, shown = true,
         answer_key = null, answer = null
       where jti = $1`,
      [
        of.jti,
        shown.outcome,
        JSON.stringify(shown.reasons),
        JSON.stringify(shown.warnings),
        shown.readCount,
        shown.droppedCount,
        shown.truncated,
        shown.obligations === undefined ? null : JSON.stringify(shown.obligations),
        shown.problem ?? null,
        shown.nextCursor ?? null,
      ],
    );
  }
}
