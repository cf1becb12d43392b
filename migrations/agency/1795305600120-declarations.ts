import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an agency has declared, as its named officer signed it; sent along, sealed, with what it asks while it is good. */
export class Declarations1795305600120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table declaration (
        jti text primary key,
        declaration text not null,
        token text not null,
        issued_at timestamptz not null,
        expires_at timestamptz not null,
        declared_by text not null,
        withdrawn_at timestamptz
      )`);
    await runner.query('create index declaration_good on declaration (expires_at) where withdrawn_at is null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table declaration');
  }
}
