import type { DataSource, EntityManager } from 'typeorm';
import type { VerifiedRequest } from '#exchange';
import { parseInstant, type Duty } from '#policy';

/** What somebody owes this owner for an exception. */
export interface OwedHere {
  readonly requestDigest: string;
  readonly duty: Duty['duty'];
  readonly requester: string;
  readonly txn: string;
  readonly traceparent: string;
  readonly exception: string;
  readonly dueByMs: number;
  readonly isOverdue: boolean;
  readonly fulfilledAtMs: number | undefined;
  /** Of the duty `approve`: what the approval has to fit. */
  readonly officerTag: string | undefined;
  readonly askDigest: string | undefined;
  readonly officerIdToken: string | undefined;
  readonly isDisapproved: boolean;
}

/** What a release leaves owed, and of whom an approval that follows has to be. */
export interface OwedFor {
  readonly duties: readonly Duty[];
  readonly officerTag: string;
  /** Digest of the officer's ID token in the request. */
  readonly officerIdToken: string;
}

/** So long a disapproved emergency stands against the agency that made it. */
export const DISAPPROVED_MS = 30 * 24 * 60 * 60 * 1000;

/** What this agency owes to others. */
export interface OwedByUs {
  readonly txn: string;
  readonly owner: string;
  readonly request: string;
  readonly duty: string;
  readonly exception: string;
  readonly dueBy: string;
  readonly isFulfilled: boolean;
}

interface Row {
  request_digest: string;
  duty: Duty['duty'];
  requester: string;
  txn: string;
  traceparent: string;
  exception: string;
  due_by: Date;
  overdue_at: Date | null;
  fulfilled_at: Date | null;
  officer_tag: string | null;
  ask_digest: string | null;
  officer_id_token: string | null;
  disapproved_at: Date | null;
}

/** Duties after exceptions, at both ends (P21). */
export class Duties {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * In the transaction that makes the release durable. An approval that came before is owed no more. Of two emergencies of one
   * officer that are released at once, the second fails on the index, and finds at its next try that an approval is owed.
   */
  async owe(manager: EntityManager, request: VerifiedRequest, owed: OwedFor, now: number): Promise<void> {
    for (const { duty, exception, due_by: dueBy, source } of owed.duties) {
      const approve = duty === 'approve' ? owed : undefined;
      await manager.query(
        `insert into duty_owed_here (request_digest, duty, requester, txn, traceparent, exception, source, owed_since, due_by,
           officer_tag, ask_digest, officer_id_token)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (request_digest, duty) do nothing`,
        [
          request.digest,
          duty,
          request.claims.iss,
          request.claims.txn,
          request.claims.traceparent,
          exception,
          source ?? null,
          new Date(now),
          new Date(parseInstant(dueBy)),
          approve?.officerTag ?? null,
          approve === undefined ? null : request.claims.ask_digest,
          approve?.officerIdToken ?? null,
        ],
      );
    }
  }

  /** Nothing was released, so nothing is owed. */
  async forgive(manager: EntityManager, requestDigest: string): Promise<void> {
    await manager.query('delete from duty_owed_here where request_digest = $1 and fulfilled_at is null', [
      requestDigest,
    ]);
  }

  /** How many approvals and reports of an agency are late at this moment, whether the job has seen them or not. */
  async overdueOf(requester: string, now: number): Promise<number> {
    const [row] = await this.dataSource.query<{ late: string }[]>(
      `select count(*) as late from duty_owed_here where requester = $1
         and ((fulfilled_at is null and disapproved_at is null and due_by <= $2) or disapproved_at > $3)`,
      [requester, new Date(now), new Date(now - DISAPPROVED_MS)],
    );
    return Number(row?.late ?? Number.NaN);
  }

  /** Late, and nobody has said so yet. */
  async newlyOverdue(now: number): Promise<OwedHere[]> {
    const rows = await this.dataSource.query<Row[]>(
      `select * from duty_owed_here where fulfilled_at is null and disapproved_at is null and overdue_at is null and due_by <= $1
       order by due_by limit 100`,
      [new Date(now)],
    );
    return rows.map(owedHere);
  }

  /** True the first time, and only while it is still owed. */
  async noteOverdue(manager: EntityManager, { requestDigest, duty }: OwedHere, now: number): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update duty_owed_here set overdue_at = $3
       where request_digest = $1 and duty = $2 and overdue_at is null and fulfilled_at is null`,
      [requestDigest, duty, new Date(now)],
    );
    return updated === 1;
  }

  /** Whether this officer's approval of another request is still owed here. */
  async approvalOwedBy(requester: string, officerTag: string, exceptRequest: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `select 1 from duty_owed_here where requester = $1 and officer_tag = $2 and request_digest <> $3
         and duty = 'approve' and fulfilled_at is null and disapproved_at is null limit 1`,
      [requester, officerTag, exceptRequest],
    );
    return rows.length > 0;
  }

  /** True the first time, and only while nobody has approved. */
  async noteDisapproved(manager: EntityManager, { requestDigest, duty }: OwedHere, now: number): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update duty_owed_here set disapproved_at = $3
       where request_digest = $1 and duty = $2 and fulfilled_at is null and disapproved_at is null`,
      [requestDigest, duty, new Date(now)],
    );
    return updated === 1;
  }

  async find(requester: string, requestDigest: string, duty: string): Promise<OwedHere | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      'select * from duty_owed_here where requester = $1 and request_digest = $2 and duty = $3',
      [requester, requestDigest, duty],
    );
    return rows[0] && owedHere(rows[0]);
  }

  /** True the first time: the first report stands. */
  async fulfil(manager: EntityManager, of: OwedHere, report: string, now: number): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update duty_owed_here set fulfilled_at = $3, report = $4
       where request_digest = $1 and duty = $2 and fulfilled_at is null and disapproved_at is null`,
      [of.requestDigest, of.duty, new Date(now), report],
    );
    return updated === 1;
  }

  /** The newest first, at most a hundred. */
  async owedHere(): Promise<OwedHere[]> {
    const rows = await this.dataSource.query<Row[]>('select * from duty_owed_here order by owed_since desc limit 100');
    return rows.map(owedHere);
  }

  /** As the owners' answers say; the newest first, at most a hundred. */
  async owedByUs(txn?: string): Promise<OwedByUs[]> {
    const rows = await this.dataSource.query<
      { txn: string; owner: string; digest: string; duty: Record<string, string>; done: boolean }[]
    >(
      `select o.txn, o.owner, o.digest, owed.duty,
         exists (select from duty_fulfilled f where f.txn = o.txn and f.owner = o.owner and f.duty = owed.duty->>'duty') as done
       from outgoing_request o, jsonb_array_elements(o.obligations->'duties') as owed (duty)
       where ($1::uuid is null or o.txn = $1) order by o.ended_at desc nulls last limit 100`,
      [txn ?? null],
    );
    return rows.map(({ txn: of, owner, digest, duty, done }) => ({
      txn: of,
      owner,
      request: digest,
      duty: duty['duty'] ?? '',
      exception: duty['exception'] ?? '',
      dueBy: duty['due_by'] ?? '',
      isFulfilled: done,
    }));
  }

  /** How much of what this agency owes to others is late, as far as its own memory goes. */
  async overdueByUs(now: number): Promise<number> {
    const owed = await this.owedByUs();
    return owed.filter(({ isFulfilled, dueBy }) => !isFulfilled && !(now < Date.parse(dueBy))).length;
  }

  /** Approvals that are owed to others, and of whose ask a supervisor has said something. */
  async verdictsToTell(): Promise<OwedByUs[]> {
    const owed = (await this.owedByUs()).filter(({ duty, isFulfilled }) => duty === 'approve' && !isFulfilled);
    if (owed.length === 0) return [];
    const rows = await this.dataSource.query<{ txn: string }[]>(
      'select txn from ask where txn = any($1) and (approval is not null or disapproved_at is not null)',
      [owed.map(({ txn }) => txn)],
    );
    return owed.filter(({ txn }) => rows.some((row) => row.txn === txn));
  }

  async noteFulfilled(of: OwedByUs, now: number): Promise<void> {
    await this.dataSource.query(
      'insert into duty_fulfilled (txn, owner, duty, fulfilled_at) values ($1, $2, $3, $4) on conflict do nothing',
      [of.txn, of.owner, of.duty, new Date(now)],
    );
  }
}

function owedHere(row: Row): OwedHere {
  return {
    requestDigest: row.request_digest,
    duty: row.duty,
    requester: row.requester,
    txn: row.txn,
    traceparent: row.traceparent,
    exception: row.exception,
    dueByMs: row.due_by.getTime(),
    isOverdue: row.overdue_at !== null,
    fulfilledAtMs: row.fulfilled_at?.getTime(),
    officerTag: row.officer_tag ?? undefined,
    askDigest: row.ask_digest ?? undefined,
    officerIdToken: row.officer_id_token ?? undefined,
    isDisapproved: row.disapproved_at !== null,
  };
}
