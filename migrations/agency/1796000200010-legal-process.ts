import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Legal process that goes along with an ask, and at an owner how often each document was used. */
export class LegalProcess1796000200010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ask add column legal_process_documents jsonb not null default '[]'`);
    await runner.query('alter table ask add column legal_process_counted_by text');
    await runner.query(
      'create index ask_legal_process on ask (legal_process_counted_by, approved_at) where legal_process_counted_by is not null',
    );
    await runner.query(`
      create table warrant_use (
        request_digest text primary key,
        requester text not null,
        counted_by text not null,
        seq bigint generated always as identity,
        taken_at timestamptz not null
      )`);
    await runner.query('create index warrant_use_counted on warrant_use (requester, counted_by, seq)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table warrant_use');
    await runner.query('alter table ask drop column legal_process_documents, drop column legal_process_counted_by');
  }
}
