import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject, ReasonClaims, RequestState } from '#protocol';

/** One request to one holding agency, from before it is signed until its outcome is shown. */
export interface OutgoingRequest {
  readonly txn: string;
  readonly owner: string;
  readonly broker: string;
  readonly jti: string;
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

interface Row {
  txn: string;
  owner: string;
  broker: string;
  jti: string;
  request: string | null;
  digest: string | null;
  answer_key: JsonObject | null;
  respond_by: Date | null;
  attempts: number;
  state: RequestState | null;
  outcome: 'reads' | 'refused' | 'none' | null;
  reasons: ReasonClaims[];
  warnings: string[];
  problem: string | null;
  answer: string | null;
  release: string | null;
  delivered_receipt: string | null;
  read_count: number;
  dropped_count: number;
  truncated: boolean;
  obligations: JsonObject | null;
  shown: boolean;
  ended_at: Date | null;
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
  readonly obligations: JsonObject | undefined;
  readonly problem?: string;
}

export class OutgoingRequests {
  private due: () => void = () => undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Who is told that something became due, so that it need not wait for the next look at the table. */
  whenDue(listener: () => void): void {
    this.due = listener;
  }

  /** To be called after the transaction of `insert` has committed. */
  announceDue(): void {
    this.due();
  }

  async insert(
    manager: EntityManager,
    request: { txn: string; owner: string; broker: string; jti: string; now: number },
  ): Promise<void> {
    await manager.query(
      'insert into outgoing_request (txn, owner, broker, jti, next_attempt_at) values ($1, $2, $3, $4, $5)',
      [request.txn, request.owner, request.broker, request.jti, new Date(request.now)],
    );
  }

  /** Takes up to `limit` requests that are due, and holds them for `leaseMs`; after a crash the lease runs out. */
  async takeDue(now: number, leaseMs: number, limit: number): Promise<OutgoingRequest[]> {
    const [rows]: [Row[], number] = await this.dataSource.query(
      `update outgoing_request set next_attempt_at = $2, attempts = attempts + 1
       where (txn, owner) in (
         select txn, owner from outgoing_request
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
    await this.dataSource.query('update outgoing_request set next_attempt_at = $3 where txn = $1 and owner = $2', [
      request.txn,
      request.owner,
      new Date(at),
    ]);
  }

  async find(txn: string, owner: string): Promise<OutgoingRequest | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from outgoing_request where txn = $1 and owner = $2', [
      txn,
      owner,
    ]);
    return rows[0] && outgoing(rows[0]);
  }

  async forTransaction(txn: string): Promise<OutgoingRequest[]> {
    const rows: Row[] = await this.dataSource.query('select * from outgoing_request where txn = $1 order by owner', [
      txn,
    ]);
    return rows.map(outgoing);
  }

  /** Stores the signed message unless one is stored already, and returns the one that stands. */
  async storeSigned(
    of: OutgoingRequest,
    signed: { request: string; digest: string; answerKey: JsonObject; respondByMs: number },
  ): Promise<OutgoingRequest> {
    const [rows]: [Row[], number] = await this.dataSource.query(
      `update outgoing_request set request = coalesce(request, $3), digest = coalesce(digest, $4),
         answer_key = case when request is null then $5 else answer_key end, respond_by = coalesce(respond_by, $6)
       where txn = $1 and owner = $2 returning *`,
      [of.txn, of.owner, signed.request, signed.digest, JSON.stringify(signed.answerKey), new Date(signed.respondByMs)],
    );
    return rows[0] ? outgoing(rows[0]) : of;
  }

  /** The end state, once. The answer stays sealed until the delivery's receipt is durable. */
  async deliver(manager: EntityManager, of: OutgoingRequest, delivery: Delivery, now: number): Promise<void> {
    await manager.query(
      `update outgoing_request set state = $3, reasons = $4, answer = $5, release = $6, delivered_receipt = $7, problem = $8,
         ended_at = $9 where txn = $1 and owner = $2 and state is null`,
      [
        of.txn,
        of.owner,
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
      `update outgoing_request set outcome = $3, reasons = $4, warnings = $5, read_count = $6, dropped_count = $7,
         truncated = $8, obligations = $9, problem = coalesce($10, problem), shown = true, answer_key = null, answer = null
       where txn = $1 and owner = $2`,
      [
        of.txn,
        of.owner,
        shown.outcome,
        JSON.stringify(shown.reasons),
        JSON.stringify(shown.warnings),
        shown.readCount,
        shown.droppedCount,
        shown.truncated,
        shown.obligations === undefined ? null : JSON.stringify(shown.obligations),
        shown.problem ?? null,
      ],
    );
  }
}

function outgoing(row: Row): OutgoingRequest {
  return {
    txn: row.txn,
    owner: row.owner,
    broker: row.broker,
    jti: row.jti,
    request: row.request ?? undefined,
    digest: row.digest ?? undefined,
    answerKey: row.answer_key ?? undefined,
    respondByMs: row.respond_by?.getTime(),
    attempts: row.attempts,
    state: row.state ?? undefined,
    outcome: row.outcome ?? undefined,
    reasons: row.reasons,
    warnings: row.warnings,
    problem: row.problem ?? undefined,
    answer: row.answer ?? undefined,
    release: row.release ?? undefined,
    deliveredReceipt: row.delivered_receipt ?? undefined,
    readCount: row.read_count,
    droppedCount: row.dropped_count,
    truncated: row.truncated,
    obligations: row.obligations ?? undefined,
    shown: row.shown,
    endedAtMs: row.ended_at?.getTime(),
  };
}
