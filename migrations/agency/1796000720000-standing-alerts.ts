import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Standing alerts. `followed_plate` and `alert_release` are the owner's: what it follows for whom, and what it released of it.
 * `alert_subscription` is the requester's, with the key that opens alerts; the key goes when it ends.
 */
export class StandingAlerts1796000720000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table followed_plate (
        request_digest text primary key,
        request text not null,
        granted text not null,
        requester text not null,
        plate text not null,
        plate_state text,
        follows_from timestamptz(3) not null,
        follows_until timestamptz(3) not null
      )`);
    await runner.query('create index followed_plate_plate on followed_plate (plate)');
    await runner.query(`
      create table alert_release (
        id uuid primary key,
        request_digest text not null references followed_plate (request_digest) on delete cascade,
        hit text not null unique,
        read jsonb not null,
        found_at timestamptz(3) not null,
        answer text,
        receipt_id text,
        delivered_at timestamptz(3)
      )`);
    await runner.query('create index alert_release_open on alert_release (found_at) where delivered_at is null');
    await runner.query(`
      create table alert_subscription (
        txn uuid not null,
        owner text not null,
        request_digest text not null unique,
        request text not null,
        answer_key jsonb,
        ends_at timestamptz(3) not null,
        ended_because text,
        primary key (txn, owner)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['alert_subscription', 'alert_release', 'followed_plate']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
