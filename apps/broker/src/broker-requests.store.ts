import type { DataSource, EntityManager } from 'typeorm';
import type { VerifiedRequest } from '#exchange';
import { ProblemError, problem, type LedgerEvidenceBody, type ReasonClaims, type RequestState } from '#protocol';

/** How the broker decided, and under which digest of the owner's rule. Empty `reasons` means that it forwards. */
export interface BrokerDecision {
  readonly rule: string;
  readonly undetermined: readonly string[];
  readonly reasons: readonly ReasonClaims[];
}

/** What an owner answered, kept until the requester has it: ciphertext and signed statements only. */
export interface StoredOutcome {
  readonly answer?: string;
  readonly denial?: string;
  readonly owner_evidence?: LedgerEvidenceBody;
}

/** A request that was spent: its `(iss, jti)` will never be decided again. */
export interface SpentRequest {
  readonly iss: string;
  readonly jti: string;
  readonly digest: string;
  readonly txn: string;
  readonly owner: string;
  readonly request: string;
  readonly respondByMs: number;
  readonly decision: BrokerDecision;
  readonly decisionReceipt: string;
  readonly releaseReceipt: string | undefined;
  readonly ownerRelease: string | undefined;
  readonly ciphertext: string | undefined;
  readonly state: RequestState | undefined;
  readonly outcome: StoredOutcome | undefined;
}

interface Row {
  iss: string;
  jti: string;
  digest: string;
  txn: string;
  owner: string;
  request: string;
  respond_by: Date;
  rule_digest: string;
  undetermined: string[];
  reasons: ReasonClaims[];
  decision_receipt: string;
  release_receipt: string | null;
  owner_release: string | null;
  ciphertext: string | null;
  state: RequestState | null;
  outcome: StoredOutcome | null;
}

/** The durable table of spent requests. Transactions are passed explicitly. */
export class BrokerRequests {
  constructor(private readonly dataSource: DataSource) {}

  async find(iss: string, jti: string): Promise<SpentRequest | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from broker_request where iss = $1 and jti = $2', [
      iss,
      jti,
    ]);
    return rows[0] && spent(rows[0]);
  }

  async findByDigest(digest: string): Promise<SpentRequest | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from broker_request where digest = $1', [digest]);
    return rows[0] && spent(rows[0]);
  }

  /**
   * Spends a request with its decision: true where this call did it, false where another had done it before. The unique
   * `(iss, jti)` decides between two that come at once, on any replica and after any restart (J20).
   */
  async spend(
    manager: EntityManager,
    request: VerifiedRequest,
    decision: BrokerDecision,
    input: { receiptId: string; state: RequestState | undefined; now: number },
  ): Promise<boolean> {
    const { claims } = request;
    const inserted: unknown[] = await manager.query(
      `insert into broker_request (iss, jti, digest, txn, owner, request, received_at, respond_by, rule_digest,
         undetermined, reasons, decision_receipt, state, ended_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text, case when $13::text is null then null else $7::timestamptz end)
       on conflict do nothing returning 1`,
      [
        claims.iss,
        claims.jti,
        request.digest,
        claims.txn,
        claims.owner,
        request.token,
        new Date(input.now),
        new Date(claims.respond_by * 1000),
        decision.rule,
        JSON.stringify(decision.undetermined),
        JSON.stringify(decision.reasons),
        input.receiptId,
        input.state ?? null,
      ],
    );
    return inserted.length === 1;
  }

  /** Notes the owner's release, once: the same release again is no news, another one is refused. */
  async noteRelease(
    manager: EntityManager,
    request: SpentRequest,
    release: { receiptId: string; ownerRelease: string; ciphertext: string },
  ): Promise<void> {
    const updated: [unknown[], number] = await manager.query(
      `update broker_request set release_receipt = $3, owner_release = $4, ciphertext = $5
       where iss = $1 and jti = $2 and (owner_release is null or (owner_release = $4 and ciphertext = $5)) returning 1`,
      [request.iss, request.jti, release.receiptId, release.ownerRelease, release.ciphertext],
    );
    if (updated[1] !== 1) throw conflict('another release of this request is logged already');
  }

  /** Ends a request. It ends once: a second outcome is ignored and the first one stands. */
  async end(
    manager: EntityManager,
    request: SpentRequest,
    state: RequestState,
    outcome: StoredOutcome,
    now: number,
  ): Promise<void> {
    await manager.query(
      `update broker_request set state = $3, outcome = $4, ended_at = $5 where iss = $1 and jti = $2 and state is null`,
      [request.iss, request.jti, state, JSON.stringify(outcome), new Date(now)],
    );
  }
}

export function conflict(detail: string): ProblemError {
  return new ProblemError(problem(409, 'conflict', 'the request conflicts with what is there', { detail }));
}

function spent(row: Row): SpentRequest {
  return {
    iss: row.iss,
    jti: row.jti,
    digest: row.digest,
    txn: row.txn,
    owner: row.owner,
    request: row.request,
    respondByMs: row.respond_by.getTime(),
    decision: { rule: row.rule_digest, undetermined: row.undetermined, reasons: row.reasons },
    decisionReceipt: row.decision_receipt,
    releaseReceipt: row.release_receipt ?? undefined,
    ownerRelease: row.owner_release ?? undefined,
    ciphertext: row.ciphertext ?? undefined,
    state: row.state ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}
