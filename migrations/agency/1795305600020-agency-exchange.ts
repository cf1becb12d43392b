import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an agency's node keeps of the exchanges in which it asks and in which it holds. */
export class AgencyExchange1795305600020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ask (
        txn uuid primary key,
        created_at timestamptz not null,
        officer_sub text not null,
        officer_pseudonym text not null,
        officer_role text not null,
        officer_acr text not null,
        officer_id_token text not null,
        ask jsonb not null,
        ask_salt text not null,
        ask_digest text not null unique,
        legal_process_salt text not null,
        owners jsonb not null,
        respond_within_seconds integer not null,
        traceparent text not null,
        state text not null check (state in ('awaiting_approval', 'refused_here', 'asking', 'ended')),
        reasons jsonb not null default '[]',
        approval text,
        supervisor_id_token text,
        supervisor_pseudonym text,
        approved_at timestamptz
      )`);
    await runner.query('create index ask_created on ask (created_at desc)');
    await runner.query(`
      create table outgoing_request (
        txn uuid not null references ask (txn),
        owner text not null,
        broker text not null,
        jti text not null unique,
        request text,
        digest text unique,
        answer_key jsonb,
        respond_by timestamptz,
        attempts integer not null default 0,
        next_attempt_at timestamptz not null,
        state text check (state in ('replied', 'denied', 'broker_denied', 'expired', 'failed')),
        outcome text check (outcome in ('reads', 'refused', 'none')),
        reasons jsonb not null default '[]',
        warnings jsonb not null default '[]',
        problem text,
        answer text,
        release text,
        delivered_receipt text,
        dropped_count integer not null default 0,
        read_count integer not null default 0,
        truncated boolean not null default false,
        obligations jsonb,
        shown boolean not null default false,
        ended_at timestamptz,
        primary key (txn, owner)
      )`);
    await runner.query(
      'create index outgoing_request_due on outgoing_request (next_attempt_at) where state is null or not shown',
    );
    await runner.query(`
      create table incoming_request (
        iss text not null,
        jti text not null,
        digest text not null unique,
        txn uuid not null,
        broker text not null,
        request text not null,
        signed_at timestamptz not null,
        respond_by timestamptz not null,
        received_at timestamptz not null,
        traceparent text not null,
        granted_receipt text not null,
        rule_digest text not null,
        answer text,
        reasons jsonb not null default '[]',
        receipt_id text not null,
        sent_at timestamptz,
        primary key (iss, jti)
      )`);
    await runner.query('create index incoming_request_txn on incoming_request (txn)');
    await runner.query(`
      create table approval_use (
        iss text not null,
        approval_jti text not null,
        request_digest text not null,
        used_at timestamptz not null,
        primary key (iss, approval_jti)
      )`);
    await runner.query(`
      create table rule_version (
        version integer primary key,
        digest text not null unique,
        token text,
        rule jsonb not null,
        proposed_by text not null,
        proposed_at timestamptz not null,
        approved_by text,
        published_at timestamptz,
        check ((published_at is null) = (token is null)),
        check (approved_by is null or approved_by <> proposed_by)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rule_version', 'approval_use', 'incoming_request', 'outgoing_request', 'ask']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
