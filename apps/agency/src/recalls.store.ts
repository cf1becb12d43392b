import type { DataSource, EntityManager } from 'typeorm';
import type { Attestation, RecallOutcome, StatusReference } from '#trust';

/** A release that was sent and is still kept by its receiver, as far as is known. */
export interface StandingRelease {
  readonly digest: string;
  readonly txn: string;
  readonly requester: string;
  readonly request: string;
  readonly traceparent: string;
  /** Receipt id of the release. */
  readonly receiptId: string;
  /** The mark that ended. */
  readonly because: string;
}

/** A recall that waits for its answer. */
export interface OpenRecall extends StandingRelease {
  /** Digest of the release receipt. */
  readonly release: string;
  readonly token: string;
  readonly issuedAtMs: number;
  readonly attempts: number;
}

interface ReleaseRow {
  digest: string;
  txn: string;
  iss: string;
  request: string;
  traceparent: string;
  receipt_id: string;
  because: string;
}
interface RecallRow extends ReleaseRow {
  release: string;
  token: string;
  issued_at: Date;
  attempts: number;
}

/** What releases rest on, the recalls this owner sent, and those it got. */
export class Recalls {
  constructor(private readonly dataSource: DataSource) {}

  /** In the transaction of the release itself: what it rested on is known from the first moment. */
  async noteBasis(
    manager: EntityManager,
    digest: string,
    basis: readonly Attestation[],
    keptUntil: string,
  ): Promise<void> {
    await manager.query('update incoming_request set kept_until = $2 where digest = $1', [digest, new Date(keptUntil)]);
    await insertBasis(manager, digest, basis);
  }

  /** An alert rests on what is attested when it is given, and is called back with the answer of its standing request. */
  async noteAlert(
    manager: EntityManager,
    digest: string,
    basis: readonly Attestation[],
    keptUntil: string,
  ): Promise<void> {
    await manager.query('update incoming_request set kept_until = greatest(kept_until, $2) where digest = $1', [
      digest,
      new Date(keptUntil),
    ]);
    await insertBasis(manager, digest, basis);
  }

  /** Where the marks stand that any release rests on whose receiver still keeps it. */
  async standingMarks(now: number): Promise<StatusReference[]> {
    const rows = await this.dataSource.query<{ uri: string; index: number }[]>(
      `select distinct b.status_uri as uri, b.status_index as index from release_basis b
       join incoming_request i on i.digest = b.request_digest
       where i.sent_at is not null and i.kept_until > $1
         and not exists (select from recall r where r.request_digest = i.digest)`,
      [new Date(now)],
    );
    return rows.map(({ uri, index }) => ({ uri, index }));
  }

  /** Releases that rest on a mark which ended, and are not recalled yet. */
  async restingOn(status: StatusReference, now: number): Promise<StandingRelease[]> {
    const rows = await this.dataSource.query<ReleaseRow[]>(
      `select i.digest, i.txn, i.iss, i.request, i.traceparent, i.receipt_id, min(b.mark_digest) as because
       from release_basis b join incoming_request i on i.digest = b.request_digest
       where b.status_uri = $1 and b.status_index = $2 and i.sent_at is not null and i.kept_until > $3
         and not exists (select from recall r where r.request_digest = i.digest)
       group by i.digest, i.txn, i.iss, i.request, i.traceparent, i.receipt_id limit 500`,
      [status.uri, status.index, new Date(now)],
    );
    return rows.map(standing);
  }

  /** True where this call recalled it. */
  async insert(
    manager: EntityManager,
    of: StandingRelease,
    recall: { release: string; token: string; receiptId: string; now: number },
  ): Promise<boolean> {
    const inserted: unknown[] = await manager.query(
      `insert into recall (request_digest, because, release, token, receipt_id, issued_at, next_attempt_at)
       values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing returning 1`,
      [of.digest, of.because, recall.release, recall.token, recall.receiptId, new Date(recall.now)],
    );
    return inserted.length === 1;
  }

  async due(now: number): Promise<OpenRecall[]> {
    const rows = await this.dataSource.query<RecallRow[]>(
      `select i.digest, i.txn, i.iss, i.request, i.traceparent, r.receipt_id, r.because, r.release, r.token, r.issued_at,
         r.attempts
       from recall r join incoming_request i on i.digest = r.request_digest
       where r.outcome is null and r.next_attempt_at <= $1 order by r.next_attempt_at limit 100`,
      [new Date(now)],
    );
    return rows.map((row) => ({
      ...standing(row),
      release: row.release,
      token: row.token,
      issuedAtMs: row.issued_at.getTime(),
      attempts: row.attempts,
    }));
  }

  /** Tried in vain; signed anew where its time is over. */
  async retryAt(digest: string, at: number, token: string, issuedAt: number): Promise<void> {
    await this.dataSource.query(
      `update recall set next_attempt_at = $2, attempts = attempts + 1, token = $3, issued_at = $4 where request_digest = $1`,
      [digest, new Date(at), token, new Date(issuedAt)],
    );
  }

  async answered(
    manager: EntityManager,
    digest: string,
    answer: { outcome: RecallOutcome; token: string; proof: string | undefined; now: number },
  ): Promise<void> {
    await manager.query(
      `update recall set outcome = $2, answer = $3, proof = $4, answered_at = $5 where request_digest = $1`,
      [digest, answer.outcome, answer.token, answer.proof ?? null, new Date(answer.now)],
    );
  }

  /** The receiver shows a hold: it is asked again when that is over, or at `at`, and nothing has ended. */
  async heldUntil(
    manager: EntityManager,
    digest: string,
    at: number,
    answer: { token: string; proof: string },
  ): Promise<void> {
    await manager.query(
      'update recall set next_attempt_at = $2, answer = $3, proof = $4 where request_digest = $1 and outcome is null',
      [digest, new Date(at), answer.token, answer.proof],
    );
  }

  /** The receipt of the deletion that a recall brought about before; the same release is deleted once. */
  async receivedBefore(owner: string, release: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ receipt_id: string }[]>(
      'select receipt_id from received_recall where owner = $1 and release = $2',
      [owner, release],
    );
    return rows[0]?.receipt_id;
  }

  async noteReceived(
    manager: EntityManager,
    recall: { owner: string; release: string; digest: string; receiptId: string; reads: number; now: number },
  ): Promise<void> {
    await manager.query(
      `insert into received_recall (owner, release, recall_digest, receipt_id, reads, received_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (owner, release) do update set receipt_id = excluded.receipt_id, recall_digest = excluded.recall_digest`,
      [recall.owner, recall.release, recall.digest, recall.receiptId, recall.reads, new Date(recall.now)],
    );
  }

  /** Owners of a transaction whose release was called back. */
  async recalledOwners(releases: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ release: string }[]>(
      'select release from received_recall where release = any($1)',
      [[...releases]],
    );
    return rows.map(({ release }) => release);
  }
}

function standing(row: ReleaseRow): StandingRelease {
  const { digest, txn, iss: requester, request, traceparent, receipt_id: receiptId, because } = row;
  return { digest, txn, requester, request, traceparent, receiptId, because };
}

async function insertBasis(manager: EntityManager, digest: string, basis: readonly Attestation[]): Promise<void> {
  const listed = basis.flatMap(({ digest: mark, proof: { status } }) =>
    status === undefined ? [] : [{ mark, status }],
  );
  await manager.query(
    `insert into release_basis (request_digest, mark_digest, status_uri, status_index)
     select $1, mark, uri, index from unnest($2::text[], $3::text[], $4::integer[]) as listed (mark, uri, index)
     on conflict do nothing`,
    [
      digest,
      listed.map(({ mark }) => mark),
      listed.map(({ status }) => status.uri),
      listed.map(({ status }) => status.index),
    ],
  );
}
