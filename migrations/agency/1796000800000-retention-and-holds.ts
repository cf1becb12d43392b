import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept beyond the ordinary limit and why (hits, holds), the certificates of what was deleted, and the tables whose
 * pages still hold the bytes of deleted rows until they are rewritten. Scopes of holds compare by bytes, as plates do.
 */
export class RetentionAndHolds1796000800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table preservation_hold (
        id text primary key,
        basis text not null check (basis in ('prosecution', 'defence', 'litigation')),
        statute text not null,
        state text not null check (state in ('proposed', 'in_force', 'ended')),
        case_number text,
        sworn_digest text,
        sworn_by text,
        plates text[] collate "C" not null,
        devices text[] collate "C" not null,
        seen_from timestamptz(3),
        seen_until timestamptz(3),
        release_owner text,
        release_digest text,
        placed_at timestamptz(3) not null,
        placed_by text not null,
        placed_by_sub text not null,
        expires_at timestamptz(3) not null,
        renewals integer not null default 0,
        approved_by text,
        pending text check (pending in ('place', 'renew', 'release')),
        pending_by_sub text,
        pending_digest text,
        ended_at timestamptz(3),
        ended_reason text,
        check ((release_digest is null) = (release_owner is null)),
        check ((ended_at is null) = (state <> 'ended'))
      )`);
    await runner.query(`create index preservation_hold_open on preservation_hold (expires_at) where state <> 'ended'`);
    await runner.query(`
      create table held_read (
        hold text not null references preservation_hold (id),
        plate text collate "C" not null,
        seen_at timestamptz(3) not null,
        device text collate "C" not null,
        source text collate "C" not null,
        read jsonb not null,
        held_at timestamptz(3) not null,
        primary key (hold, plate, seen_at, device, source)
      )`);
    await runner.query(`
      create table held_received_read (
        hold text not null references preservation_hold (id),
        owner text not null,
        release_digest text not null,
        position integer not null,
        txn text not null,
        obligations jsonb not null,
        read jsonb not null,
        expires_at timestamptz(3) not null,
        primary key (hold, owner, release_digest, position)
      )`);
    await runner.query(`
      create table hit_read (
        alert text not null,
        plate text collate "C" not null,
        seen_at timestamptz(3) not null,
        device text collate "C" not null,
        source text collate "C" not null,
        read jsonb not null,
        expires_at timestamptz(3) not null,
        primary key (alert, plate, seen_at, device, source)
      )`);
    await runner.query('create index hit_read_expiry on hit_read (expires_at)');
    await runner.query(`
      create table deletion_certificate (
        id text primary key,
        position bigint generated always as identity unique,
        what text not null,
        document jsonb not null,
        receipt_id text not null,
        made_at timestamptz(3) not null
      )`);
    await runner.query(`
      create table deletion_remains (
        relation text primary key,
        deleted_at timestamptz(3) not null,
        last_at timestamptz(3) not null
      )`);
    await runner.query('alter table incoming_request add column answer_erased_at timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table incoming_request drop column answer_erased_at');
    for (const table of [
      'deletion_remains',
      'deletion_certificate',
      'hit_read',
      'held_received_read',
      'held_read',
      'preservation_hold',
    ]) {
      await runner.query(`drop table ${table}`);
    }
  }
}
