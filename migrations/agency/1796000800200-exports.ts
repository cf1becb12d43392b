import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What left the node as a file, and which reads each release held: keyed tags, from which a leaked file is traced. */
export class Exports1796000800200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table read_export (
        id text primary key,
        txn text not null,
        owner text not null,
        release_digest text not null,
        exported_by text not null,
        exported_at timestamptz(3) not null,
        columns text[] not null,
        row_tags text[] not null
      )`);
    await runner.query('create index read_export_rows on read_export using gin (row_tags)');
    await runner.query(`
      create table release_mark (
        request_digest text primary key,
        txn text not null,
        requester text not null,
        released_at timestamptz(3) not null,
        row_tags text[] not null
      )`);
    await runner.query('create index release_mark_rows on release_mark using gin (row_tags)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['release_mark', 'read_export']) await runner.query(`drop table ${table}`);
  }
}
