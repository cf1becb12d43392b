import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was held against the other ledgers, and what did not match; findings are settled, never deleted. */
export class Reconciliation1796000300020 implements MigrationInterface {
  name = 'Reconciliation1796000300020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table reconciliation (
        txn uuid not null,
        side text not null check (side in ('asked', 'held')),
        settled boolean not null,
        attempts integer not null,
        checked_at timestamptz not null,
        next_at timestamptz not null,
        primary key (txn, side)
      )`);
    await runner.query(`create index reconciliation_open on reconciliation (next_at) where not settled`);
    await runner.query(`
      create table reconciliation_finding (
        txn uuid not null,
        side text not null check (side in ('asked', 'held')),
        code text not null,
        party text not null,
        request text not null,
        state text not null check (state in ('late', 'missing', 'broken')),
        text text not null,
        found_at timestamptz not null,
        settled_at timestamptz,
        primary key (txn, side, code, party, request)
      )`);
    await runner.query(`create index reconciliation_finding_at on reconciliation_finding (found_at)`);
    // The queue of what is to be looked at is read every minute.
    await runner.query(`create index outgoing_request_respond_by on outgoing_request (respond_by)`);
    await runner.query(`create index incoming_request_respond_by on incoming_request (respond_by)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index incoming_request_respond_by`);
    await runner.query(`drop index outgoing_request_respond_by`);
    await runner.query(`drop table reconciliation_finding`);
    await runner.query(`drop table reconciliation`);
  }
}
