import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a release rested on, so that an attestation which ends early calls it back; the recalls that an owner sent, and what a
 * receiver did with those that it got.
 */
export class Recalls1795305600050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table incoming_request add column kept_until timestamptz`);
    await runner.query(`
      create table release_basis (
        request_digest text not null references incoming_request (digest),
        mark_digest text not null,
        status_uri text not null,
        status_index integer not null,
        primary key (request_digest, mark_digest)
      )`);
    await runner.query('create index release_basis_status on release_basis (status_uri, status_index)');
    await runner.query(`
      create table recall (
        request_digest text primary key references incoming_request (digest),
        because text not null,
        release text not null,
        token text not null,
        receipt_id text not null,
        issued_at timestamptz not null,
        next_attempt_at timestamptz not null,
        attempts integer not null default 0,
        outcome text check (outcome in ('deleted', 'held', 'nothing_kept')),
        answer text,
        proof text,
        answered_at timestamptz
      )`);
    await runner.query('create index recall_due on recall (next_attempt_at) where outcome is null');
    await runner.query(`
      create table received_recall (
        owner text not null,
        release text not null,
        recall_digest text not null,
        receipt_id text not null,
        reads integer not null,
        received_at timestamptz not null,
        primary key (owner, release)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['received_recall', 'recall', 'release_basis']) await runner.query(`drop table ${table}`);
    await runner.query('alter table incoming_request drop column kept_until');
  }
}
