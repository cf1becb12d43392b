import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Under which key every side record lies, so that a start need not look at each of them. */
export class SealedSideRecords1796000300010 implements MigrationInterface {
  name = 'SealedSideRecords1796000300010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table side_record_sealing (
        id smallint primary key check (id = 1),
        key_id text not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table side_record_sealing`);
  }
}
