// Long because it is one table: every change of an ask, and the row that it is read from.
import type { DataSource, EntityManager } from 'typeorm';
import type { SaltedOwner } from '#exchange';
import {
  Ask,
  ProblemError,
  parseMessage,
  problem,
  type JsonObject,
  type JsonValue,
  type ReasonClaims,
} from '#protocol';

export type AskState = 'awaiting_approval' | 'refused_here' | 'asking' | 'ended';

/** An ask as this node keeps it: it is the agency's own, and the only place where plates and persons stand in clear. */
export interface StoredAsk {
  readonly txn: string;
  readonly createdAtMs: number;
  readonly officer: {
    readonly sub: string;
    readonly pseudonym: string;
    readonly role: string;
    readonly acr: string;
    readonly idToken: string;
  };
  readonly ask: Ask;
  readonly askSalt: string;
  readonly askDigest: string;
  readonly legalProcessSalt: string;
  readonly owners: readonly SaltedOwner[];
  readonly respondWithinSeconds: number;
  readonly traceparent: string;
  readonly state: AskState;
  readonly reasons: readonly ReasonClaims[];
  /** Orders and warrants that go along, sealed. */
  readonly documents: readonly string[];
  /** By what the uses of the document are counted that the ask is committed to. */
  readonly countedBy: string | undefined;
  /** An emergency that went out before anybody approved it. */
  readonly approveAfterwards: boolean;
  readonly disapproved: { readonly reason: string } | undefined;
  readonly approval: { readonly token: string; readonly idToken: string; readonly approvedAtMs: number } | undefined;
}

interface Row {
  txn: string;
  created_at: Date;
  officer_sub: string;
  officer_pseudonym: string;
  officer_role: string;
  officer_acr: string;
  officer_id_token: string;
  ask: JsonObject;
  ask_salt: string;
  ask_digest: string;
  legal_process_salt: string;
  owners: SaltedOwner[];
  respond_within_seconds: number;
  traceparent: string;
  state: AskState;
  reasons: ReasonClaims[];
  legal_process_documents: string[];
  legal_process_counted_by: string | null;
  approval: string | null;
  supervisor_id_token: string | null;
  approved_at: Date | null;
  approve_afterwards: boolean;
  disapproved_at: Date | null;
  disapproval: string | null;
}

/** What is known of an ask when it is made. */
export type NewAsk = Omit<StoredAsk, 'approval' | 'disapproved'>;

/** As the index `ask_one_unapproved` has it. */
const WAITS_AFTERWARDS =
  "approve_afterwards and approval is null and disapproved_at is null and state <> 'refused_here'";

/** @throws ProblemError 403: nobody approves or disapproves of what that very person asked */
export function requireOther(ask: StoredAsk, session: { readonly sub: string }): void {
  if (session.sub !== ask.officer.sub) return;
  throw new ProblemError(problem(403, 'second_person_needed', 'an ask is approved by a second person'));
}

export class Asks {
  constructor(private readonly dataSource: DataSource) {}

  async insert(manager: EntityManager, ask: NewAsk): Promise<void> {
    await manager.query(
      `insert into ask (txn, created_at, officer_sub, officer_pseudonym, officer_role, officer_acr, officer_id_token, ask,
         ask_salt, ask_digest, legal_process_salt, owners, respond_within_seconds, traceparent, state, reasons,
         legal_process_documents, legal_process_counted_by, approve_afterwards)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      [
        ask.txn,
        new Date(ask.createdAtMs),
        ask.officer.sub,
        ask.officer.pseudonym,
        ask.officer.role,
        ask.officer.acr,
        ask.officer.idToken,
        JSON.stringify(ask.ask),
        ask.askSalt,
        ask.askDigest,
        ask.legalProcessSalt,
        JSON.stringify(ask.owners),
        ask.respondWithinSeconds,
        ask.traceparent,
        ask.state,
        JSON.stringify(ask.reasons),
        JSON.stringify(ask.documents),
        ask.countedBy ?? null,
        ask.approveAfterwards,
      ],
    );
  }

  async find(txn: string): Promise<StoredAsk | undefined> {
    const rows: Row[] = await this.dataSource.query('select * from ask where txn = $1', [txn]);
    return rows[0] && stored(rows[0]);
  }

  async list(limit: number): Promise<StoredAsk[]> {
    const rows: Row[] = await this.dataSource.query('select * from ask order by created_at desc limit $1', [limit]);
    return rows.map(stored);
  }

  /** Approves once: false where the ask no longer waits. */
  async approve(
    manager: EntityManager,
    txn: string,
    by: { approval: string; idToken: string; pseudonym: string; now: number },
  ): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update ask set state = 'asking', approval = $2, supervisor_id_token = $3, supervisor_pseudonym = $4, approved_at = $5
       where txn = $1 and state = 'awaiting_approval'`,
      [txn, by.approval, by.idToken, by.pseudonym, new Date(by.now)],
    );
    return updated === 1;
  }

  /** Approves an emergency after it was asked, once; it goes on as it goes. */
  async approveAfter(
    manager: EntityManager,
    txn: string,
    by: { approval: string; idToken: string; pseudonym: string; now: number },
  ): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update ask set approval = $2, supervisor_id_token = $3, supervisor_pseudonym = $4, approved_at = $5
       where txn = $1 and ${WAITS_AFTERWARDS}`,
      [txn, by.approval, by.idToken, by.pseudonym, new Date(by.now)],
    );
    return updated === 1;
  }

  async disapprove(
    manager: EntityManager,
    txn: string,
    by: { reason: string; pseudonym: string; now: number },
  ): Promise<boolean> {
    const [, updated]: [unknown[], number] = await manager.query(
      `update ask set disapproved_at = $2, disapproval = $3, supervisor_pseudonym = $4
       where txn = $1 and ${WAITS_AFTERWARDS}`,
      [txn, new Date(by.now), by.reason, by.pseudonym],
    );
    return updated === 1;
  }

  /**
   * Held until the transaction ends, so that what is stored now and a disapproval see each other. Not shared: `endIfComplete` locks
   * the ask at the end of the same transaction, and two answers that had shared it would wait for each other (40P01, F13).
   */
  async isDisapproved(manager: EntityManager, txn: string): Promise<boolean> {
    const rows: { disapproved: boolean }[] = await manager.query(
      'select disapproved_at is not null as disapproved from ask where txn = $1 for update',
      [txn],
    );
    return rows[0]?.disapproved !== false;
  }

  /** Whether an earlier emergency of this person waits for its approval. */
  async owesApproval(officerSub: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `select 1 from ask where officer_sub = $1 and ${WAITS_AFTERWARDS} limit 1`,
      [officerSub],
    );
    return rows.length > 0;
  }

  async disapprovedSince(since: number): Promise<number> {
    const rows: { count: string }[] = await this.dataSource.query(
      'select count(*) as count from ask where disapproved_at > $1',
      [new Date(since)],
    );
    return Number(rows[0]?.count ?? Number.NaN);
  }

  /** Approved asks of this agency that rest on a document, before the hour `beforeMs` where it is given. */
  async usesOf(manager: EntityManager, countedBy: string, of: { txn?: string; beforeMs?: number }): Promise<number> {
    const rows = await manager.query<{ used: string }[]>(
      `select count(*) as used from ask where legal_process_counted_by = $1 and approved_at is not null
         and ($2::uuid is null or txn <> $2) and ($3::timestamptz is null or approved_at < $3)`,
      [countedBy, of.txn ?? null, of.beforeMs === undefined ? null : new Date(of.beforeMs)],
    );
    return Number(rows[0]?.used ?? 0);
  }

  /** A further page is asked for: there is something to wait for again. */
  async goOn(manager: EntityManager, txn: string): Promise<void> {
    await manager.query("update ask set state = 'asking' where txn = $1 and state = 'ended'", [txn]);
  }

  async refuseHere(manager: EntityManager, txn: string, reasons: readonly ReasonClaims[]): Promise<void> {
    await manager.query(
      `update ask set state = 'refused_here', reasons = $2 where txn = $1 and state = 'awaiting_approval'`,
      [txn, JSON.stringify(reasons)],
    );
  }

  /**
   * Ends an ask with the last of its owners, in the transaction that shows that one: a node that dies in between would
   * leave it open for ever. The ask is locked, so that of two owners that end at once the second sees the first.
   */
  async endIfComplete(manager: EntityManager, txn: string): Promise<void> {
    await manager.query('select 1 from ask where txn = $1 for update', [txn]);
    await manager.query(
      `update ask set state = 'ended' where txn = $1 and state = 'asking'
         and not exists (select from outgoing_request where txn = $1 and (state is null or not shown))`,
      [txn],
    );
  }
}

function stored(row: Row): StoredAsk {
  const { approval, supervisor_id_token: idToken, approved_at: approvedAt } = row;
  return {
    txn: row.txn,
    createdAtMs: row.created_at.getTime(),
    officer: {
      sub: row.officer_sub,
      pseudonym: row.officer_pseudonym,
      role: row.officer_role,
      acr: row.officer_acr,
      idToken: row.officer_id_token,
    },
    ask: parseMessage(Ask, row.ask as JsonValue),
    askSalt: row.ask_salt,
    askDigest: row.ask_digest,
    legalProcessSalt: row.legal_process_salt,
    owners: row.owners,
    respondWithinSeconds: row.respond_within_seconds,
    traceparent: row.traceparent,
    state: row.state,
    reasons: row.reasons,
    documents: row.legal_process_documents,
    countedBy: row.legal_process_counted_by ?? undefined,
    approveAfterwards: row.approve_afterwards,
    disapproved: row.disapproval === null ? undefined : { reason: row.disapproval },
    approval:
      approval === null || idToken === null || approvedAt === null
        ? undefined
        : { token: approval, idToken, approvedAtMs: approvedAt.getTime() },
  };
}
