import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the newest statement was signed that this node believed, by who spoke about whom: nothing older is taken again. */
export class SeenStatements1795305600040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table seen_statement (
        issuer text not null,
        subject text not null,
        issued_at timestamptz not null,
        primary key (issuer, subject)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table seen_statement');
  }
}
