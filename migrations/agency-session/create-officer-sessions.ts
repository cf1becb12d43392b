import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Open logins and officers' sessions at an agency's node. Tokens are kept as SHA-256 only. */
export class CreateOfficerSessions1795305600000 implements MigrationInterface {
  name = 'CreateOfficerSessions1795305600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table login_attempt (
        login_digest  bytea       primary key check (octet_length(login_digest) = 32),
        redirect_uri  text        not null,
        state         text        not null,
        nonce         text        not null,
        code_verifier text        not null,
        created_at    timestamptz not null,
        expires_at    timestamptz not null check (expires_at > created_at)
      )`);
    await runner.query(`create index login_attempt_expires_at on login_attempt (expires_at)`);
    await runner.query(`
      create table officer_session (
        session_digest  bytea       primary key check (octet_length(session_digest) = 32),
        issuer          text        not null,
        client_id       text        not null,
        sub             text        not null,
        pseudonym       text        not null,
        roles           text[]      not null check (cardinality(roles) > 0),
        acr             text        not null,
        id_token        text        not null,
        id_token_digest text        not null,
        auth_time       timestamptz not null,
        issued_at       timestamptz not null,
        expires_at      timestamptz not null check (expires_at > issued_at),
        last_used_at    timestamptz not null,
        ended_at        timestamptz,
        ended_reason    text        check (ended_reason in ('signed_out', 'superseded', 'revoked')),
        check ((ended_at is null) = (ended_reason is null))
      )`);
    // One person, one session: an account that two people share cannot be used in two places (N03).
    await runner.query(`
      create unique index officer_session_one_each on officer_session (issuer, sub) where ended_at is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table officer_session`);
    await runner.query(`drop table login_attempt`);
  }
}
