import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hits on hot lists, what persons saw when they looked, and which characters cameras take for which. */
export class Alerts1796000710000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table alert (
        id uuid primary key,
        hit text not null unique,
        origin text not null,
        txn uuid,
        list text,
        record text,
        source text not null,
        match text not null check (match in ('exact', 'look_alike')),
        state_unknown boolean not null,
        entry jsonb not null,
        read jsonb not null,
        refreshed_at timestamptz(3) not null,
        created_at timestamptz(3) not null,
        receipt_id text not null,
        state text not null default 'open' check (state in ('open', 'dismissed', 'withdrawn', 'closed')),
        acted text,
        acted_receipt text,
        outcome text,
        outcome_receipt text,
        expires_at timestamptz(3) not null
      )`);
    await runner.query('create index alert_created on alert (created_at desc)');
    await runner.query('create index alert_entry on alert (list, record)');
    await runner.query('create index alert_expiry on alert (expires_at)');
    await runner.query(`
      create table alert_verification (
        receipt_id text primary key,
        alert uuid not null references alert (id) on delete cascade,
        verified_by text not null,
        result text not null check (result in ('confirmed', 'misread', 'wrong_state', 'wrong_vehicle', 'stale')),
        seen jsonb not null,
        image text not null,
        verified_at timestamptz(3) not null
      )`);
    await runner.query('create index alert_verification_alert on alert_verification (alert)');
    await runner.query(`
      create table misread_pair (
        read_character text not null,
        seen_character text not null,
        times integer not null,
        primary key (read_character, seen_character)
      )`);
    await runner.query(`
      create table hit_count (
        list text not null,
        event text not null,
        times integer not null,
        primary key (list, event)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['hit_count', 'misread_pair', 'alert_verification', 'alert']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
