import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A request is spent by its row: `(iss, jti)` is unique, and the row is written in the same transaction as the decision
 * and the pending receipt. Nothing here can show a plate: `request` and `outcome` hold signed messages whose sealed parts
 * only their receivers open.
 */
export class BrokerRequests1795305600010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table broker_request (
        iss text not null,
        jti text not null,
        digest text not null,
        txn uuid not null,
        owner text not null,
        request text not null,
        received_at timestamptz not null,
        respond_by timestamptz not null,
        rule_digest text not null,
        undetermined jsonb not null,
        reasons jsonb not null,
        decision_receipt text not null,
        release_receipt text,
        owner_release text,
        ciphertext text,
        state text check (state in ('replied', 'denied', 'broker_denied', 'expired', 'failed')),
        outcome jsonb,
        ended_at timestamptz,
        primary key (iss, jti)
      )`);
    await runner.query('create index broker_request_txn on broker_request (txn)');
    await runner.query('create unique index broker_request_digest on broker_request (digest)');
    await runner.query(`
      create table broker_rule (
        owner text primary key,
        digest text not null,
        token text not null,
        fetched_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table broker_rule');
    await runner.query('drop table broker_request');
  }
}
