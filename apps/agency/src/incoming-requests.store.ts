import type { DataSource, EntityManager } from 'typeorm';
import type { VerifiedRequest } from '#exchange';
import type { NarrativeSign } from '#policy';
import type { ReasonClaims } from '#protocol';

/** A request that this owner decided. What it answers is stored sealed, and handed out again unchanged. */
export interface IncomingRequest {
  readonly iss: string;
  readonly jti: string;
  readonly digest: string;
  readonly ruleDigest: string;
  /** The sealed answer, or `undefined` where it was denied on clear facts. */
  readonly answer: string | undefined;
  /** The time of the request is long over, and its answer is gone. */
  readonly answerErased: boolean;
  readonly reasons: readonly ReasonClaims[];
  /** Of the release, or of the refusal. */
  readonly receiptId: string;
  readonly sent: boolean;
  /** What the narrative shows signs of, for a reviewer; empty where it was never opened. */
  readonly reviewSigns: readonly NarrativeSign[];
  /** Whose cameras made the reads in the answer: the rule is asked about them again at release. */
  readonly cameraOwnerClasses: readonly string[];
}

interface Row {
  iss: string;
  jti: string;
  digest: string;
  rule_digest: string;
  answer: string | null;
  answer_erased_at: Date | null;
  reasons: ReasonClaims[];
  receipt_id: string;
  sent_at: Date | null;
  review_signs: NarrativeSign[];
  camera_owner_classes: string[];
}

export class IncomingRequests {
  constructor(private readonly dataSource: DataSource) {}

  async find(iss: string, jti: string): Promise<IncomingRequest | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from incoming_request where iss = $1 and jti = $2', [
      iss,
      jti,
    ]);
    return rows[0] && incoming(rows[0]);
  }

  /** Who asked in a transaction, and over which broker. */
  async partiesOf(txn: string): Promise<{ requester: string; broker: string }[]> {
    return this.dataSource.query(
      'select distinct iss as requester, broker from incoming_request where txn = $1 order by iss, broker',
      [txn],
    );
  }

  /** The newest that were decided, newest first, to try out a rule on them. */
  async newest(limit: number): Promise<{ request: string; receivedAt: string; reasons: readonly ReasonClaims[] }[]> {
    const rows: { request: string; received_at: Date; reasons: ReasonClaims[] }[] = await this.dataSource.query(
      'select request, received_at, reasons from incoming_request order by received_at desc limit $1',
      [limit],
    );
    return rows.map(({ request, received_at, reasons }) => ({
      request,
      receivedAt: received_at.toISOString(),
      reasons,
    }));
  }

  /** Spends `(iss, jti)` with its outcome: true where this call did it. */
  async spend(
    manager: EntityManager,
    request: VerifiedRequest,
    outcome: {
      answer: string | undefined;
      reasons: readonly ReasonClaims[];
      receiptId: string;
      rule: string;
      granted: string;
      now: number;
      reviewSigns: readonly NarrativeSign[];
      cameraOwnerClasses: readonly string[];
    },
  ): Promise<boolean> {
    const { claims } = request;
    const inserted: unknown[] = await manager.query(
      `insert into incoming_request (iss, jti, digest, txn, broker, request, signed_at, respond_by, received_at, traceparent,
         granted_receipt, rule_digest, answer, reasons, receipt_id, review_signs, camera_owner_classes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict do nothing returning 1`,
      [
        claims.iss,
        claims.jti,
        request.digest,
        claims.txn,
        claims.aud,
        request.token,
        new Date(claims.iat * 1000),
        new Date(claims.respond_by * 1000),
        new Date(outcome.now),
        claims.traceparent,
        outcome.granted,
        outcome.rule,
        outcome.answer ?? null,
        JSON.stringify(outcome.reasons),
        outcome.receiptId,
        JSON.stringify(outcome.reviewSigns),
        JSON.stringify(outcome.cameraOwnerClasses),
      ],
    );
    return inserted.length === 1;
  }

  /** One use of an approval per owner: false where another request has used it. */
  async useApproval(
    manager: EntityManager,
    iss: string,
    approvalJti: string,
    digest: string,
    now: number,
  ): Promise<boolean> {
    await manager.query(
      `insert into approval_use (iss, approval_jti, request_digest, used_at) values ($1, $2, $3, $4) on conflict do nothing`,
      [iss, approvalJti, digest, new Date(now)],
    );
    const rows: { request_digest: string }[] = await manager.query(
      'select request_digest from approval_use where iss = $1 and approval_jti = $2',
      [iss, approvalJti],
    );
    return rows[0]?.request_digest === digest;
  }

  /**
   * One use of each further page of what an approval opened: true for the request that uses it, as often as it comes. Only
   * the pages of the request that used the approval are there.
   */
  async usePage(
    manager: EntityManager,
    use: { iss: string; approvalJti: string; first: string; page: number; digest: string; now: number },
  ): Promise<boolean> {
    const { iss, approvalJti, first, page, digest, now } = use;
    await manager.query(
      `insert into approval_page (iss, approval_jti, page, request_digest, used_at)
       select iss, approval_jti, $4, $5, $6 from approval_use
       where iss = $1 and approval_jti = $2 and request_digest = $3 on conflict do nothing`,
      [iss, approvalJti, first, page, digest, new Date(now)],
    );
    const rows: { request_digest: string }[] = await manager.query(
      'select request_digest from approval_page where iss = $1 and approval_jti = $2 and page = $3',
      [iss, approvalJti, page],
    );
    return rows[0]?.request_digest === digest;
  }

  async requestByDigest(digest: string): Promise<string | undefined> {
    const rows: { request: string }[] = await this.dataSource.query(
      'select request from incoming_request where digest = $1',
      [digest],
    );
    return rows[0]?.request;
  }

  /** Digest of the request that a release of ours to `iss` answered, by the digest of its receipt. */
  async requestOfRelease(iss: string, release: string): Promise<string | undefined> {
    const rows: { digest: string }[] = await this.dataSource.query(
      'select digest from incoming_request where iss = $1 and release_digest = $2',
      [iss, release],
    );
    return rows[0]?.digest;
  }

  /**
   * Digest of the request to which this release of ours was the answer: sent in that transaction to that agency, with reads that
   * it may still keep, not called back, and approved.
   */
  async requestOfStandingRelease(
    { release, txn, recipient }: { readonly release: string; readonly txn: string; readonly recipient: string },
    now: number,
  ): Promise<string | undefined> {
    const rows: { digest: string }[] = await this.dataSource.query(
      `select digest from incoming_request i
       where iss = $1 and txn = $2 and release_digest = $3 and sent_at is not null and kept_until > $4
         and not exists (select from recall r where r.request_digest = i.digest)
         and not exists (select from duty_owed_here d
           where d.request_digest = i.digest and d.duty = 'approve' and d.fulfilled_at is null)`,
      [recipient, txn, release, new Date(now)],
    );
    return rows[0]?.digest;
  }

  /** Withdraws what was prepared and not sent: a suspension or a narrower rule came between (law 6). */
  async withdraw(
    manager: EntityManager,
    request: IncomingRequest,
    reasons: readonly ReasonClaims[],
    receiptId: string,
  ): Promise<void> {
    await manager.query(
      `update incoming_request set answer = null, reasons = $3, receipt_id = $4 where iss = $1 and jti = $2 and sent_at is null`,
      [request.iss, request.jti, JSON.stringify(reasons), receiptId],
    );
  }

  /** True the first time. */
  async noteSent(manager: EntityManager, digest: string, release: string, now: number): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      'update incoming_request set sent_at = $2, release_digest = $3 where digest = $1 and sent_at is null',
      [digest, new Date(now), release],
    );
    return updated === 1;
  }
}

function incoming(row: Row): IncomingRequest {
  return {
    iss: row.iss,
    jti: row.jti,
    digest: row.digest,
    ruleDigest: row.rule_digest,
    answer: row.answer ?? undefined,
    answerErased: row.answer_erased_at !== null,
    reasons: row.reasons,
    receiptId: row.receipt_id,
    sent: row.sent_at !== null,
    reviewSigns: row.review_signs,
    cameraOwnerClasses: row.camera_owner_classes,
  };
}
