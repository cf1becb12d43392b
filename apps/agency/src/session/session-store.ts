import type { DataSource, EntityManager } from 'typeorm';
import type { LoginSecrets } from './officer-provider.js';
import { OFFICER_ROLES, type OfficerRole } from './verify-id-token.js';

export interface LoginAttempt extends LoginSecrets {
  /** SHA-256 of the login id. */
  readonly digest: Uint8Array;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** What a verified sign-in left behind. The bearer token itself is never kept. */
export interface OfficerSession {
  readonly issuer: string;
  readonly clientId: string;
  readonly sub: string;
  readonly pseudonym: string;
  readonly roles: readonly OfficerRole[];
  readonly acr: string;
  /** Goes along sealed as evidence of who asked or approved. */
  readonly idToken: string;
  readonly idTokenDigest: string;
  readonly authTimeMs: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export type EndReason = 'signed_out' | 'superseded' | 'revoked';

interface AttemptRow {
  readonly redirect_uri: string;
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

interface SessionRow {
  readonly issuer: string;
  readonly client_id: string;
  readonly sub: string;
  readonly pseudonym: string;
  readonly roles: string[];
  readonly acr: string;
  readonly id_token: string;
  readonly id_token_digest: string;
  readonly auth_time: Date;
  readonly issued_at: Date;
  readonly expires_at: Date;
}

/** TypeORM answers `update` and `delete` with the rows and their number. */
type Changed<Row> = [rows: Row[], count: number];

/** The two tables of migrations/agency-session. Times are the injected clock's, never the database's. */
export class SessionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Also forgets attempts that nobody finished. */
  async insertAttempt(attempt: LoginAttempt): Promise<void> {
    await this.dataSource.query('delete from login_attempt where expires_at <= $1', [new Date(attempt.createdAtMs)]);
    await this.dataSource.query(
      `insert into login_attempt (login_digest, redirect_uri, state, nonce, code_verifier, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        Buffer.from(attempt.digest),
        attempt.redirectUri,
        attempt.state,
        attempt.nonce,
        attempt.codeVerifier,
        new Date(attempt.createdAtMs),
        new Date(attempt.expiresAtMs),
      ],
    );
  }

  /** Single use: of two callers one gets the attempt, the other nothing, whatever comes of the exchange. */
  async takeAttempt(digest: Uint8Array): Promise<LoginAttempt | undefined> {
    const [[row]] = await this.dataSource.query<Changed<AttemptRow>>(
      `delete from login_attempt where login_digest = $1
       returning redirect_uri, state, nonce, code_verifier, created_at, expires_at`,
      [Buffer.from(digest)],
    );
    if (row === undefined) return undefined;
    return {
      digest,
      redirectUri: row.redirect_uri,
      state: row.state,
      nonce: row.nonce,
      codeVerifier: row.code_verifier,
      createdAtMs: row.created_at.getTime(),
      expiresAtMs: row.expires_at.getTime(),
    };
  }

  /** One person has one session: a second device ends the first (N03). */
  async insertSession(digest: Uint8Array, session: OfficerSession): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
        `officer_session ${session.issuer} ${session.sub}`,
      ]);
      await endSessions(manager, session, 'superseded', session.issuedAtMs);
      await manager.query(
        `insert into officer_session (session_digest, issuer, client_id, sub, pseudonym, roles, acr, id_token,
           id_token_digest, auth_time, issued_at, expires_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)`,
        [
          Buffer.from(digest),
          session.issuer,
          session.clientId,
          session.sub,
          session.pseudonym,
          session.roles,
          session.acr,
          session.idToken,
          session.idTokenDigest,
          new Date(session.authTimeMs),
          new Date(session.issuedAtMs),
          new Date(session.expiresAtMs),
        ],
      );
    });
  }

  /** The live session, its last use noted in the same statement. */
  async touchSession(digest: Uint8Array, nowMs: number, idleMs: number): Promise<OfficerSession | undefined> {
    const [[row]] = await this.dataSource.query<Changed<SessionRow>>(
      `update officer_session set last_used_at = $2
       where session_digest = $1 and ended_at is null and expires_at > $2 and last_used_at > $3
       returning issuer, client_id, sub, pseudonym, roles, acr, id_token, id_token_digest, auth_time, issued_at, expires_at`,
      [Buffer.from(digest), new Date(nowMs), new Date(nowMs - idleMs)],
    );
    return row === undefined ? undefined : sessionOf(row);
  }

  async endSession(digest: Uint8Array, reason: EndReason, nowMs: number): Promise<void> {
    await this.dataSource.query(
      `update officer_session set ended_at = $3, ended_reason = $2 where session_digest = $1 and ended_at is null`,
      [Buffer.from(digest), reason, new Date(nowMs)],
    );
  }

  /** Ends what the person has open; returns how many that were. */
  async endSessionsOf(
    person: Pick<OfficerSession, 'issuer' | 'sub'>,
    reason: EndReason,
    nowMs: number,
  ): Promise<number> {
    return endSessions(this.dataSource.manager, person, reason, nowMs);
  }
}

async function endSessions(
  manager: EntityManager,
  person: Pick<OfficerSession, 'issuer' | 'sub'>,
  reason: EndReason,
  nowMs: number,
): Promise<number> {
  const [, count] = await manager.query<Changed<unknown>>(
    `update officer_session set ended_at = $4, ended_reason = $3 where issuer = $1 and sub = $2 and ended_at is null`,
    [person.issuer, person.sub, reason, new Date(nowMs)],
  );
  return count;
}

function sessionOf(row: SessionRow): OfficerSession {
  return {
    issuer: row.issuer,
    clientId: row.client_id,
    sub: row.sub,
    pseudonym: row.pseudonym,
    roles: OFFICER_ROLES.filter((role) => row.roles.includes(role)),
    acr: row.acr,
    idToken: row.id_token,
    idTokenDigest: row.id_token_digest,
    authTimeMs: row.auth_time.getTime(),
    issuedAtMs: row.issued_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  };
}
