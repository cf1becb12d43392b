import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers of several pages: one request a page, at the requester under the same transaction and owner, at the owner as a
 * continuation of the one use of an approval.
 */
export class Pages1796000600000 implements MigrationInterface {
  name = 'Pages1796000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table outgoing_request
      add column page integer not null default 0,
      add column cursor text,
      add column next_cursor text`);
    await runner.query('alter table outgoing_request drop constraint outgoing_request_pkey');
    await runner.query('alter table outgoing_request add primary key (txn, owner, page)');
    await runner.query(`alter table incoming_request
      add column release_digest text,
      add column camera_owner_classes jsonb not null default '[]'`);
    await runner.query('create index incoming_request_release on incoming_request (release_digest)');
    await runner.query(`
      create table approval_page (
        iss text not null,
        approval_jti text not null,
        page integer not null,
        request_digest text not null,
        used_at timestamptz not null,
        primary key (iss, approval_jti, page),
        foreign key (iss, approval_jti) references approval_use (iss, approval_jti) on delete cascade
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table approval_page');
    await runner.query('drop index incoming_request_release');
    await runner.query('alter table incoming_request drop column release_digest, drop column camera_owner_classes');
    await runner.query('delete from outgoing_request where page > 0');
    await runner.query('alter table outgoing_request drop constraint outgoing_request_pkey');
    await runner.query('alter table outgoing_request add primary key (txn, owner)');
    await runner.query('alter table outgoing_request drop column page, drop column cursor, drop column next_cursor');
  }
}
