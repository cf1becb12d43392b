import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The newest cosignature of each witness is looked for every few seconds, among all that there ever were. */
export class CosignatureByName1796000300000 implements MigrationInterface {
  name = 'CosignatureByName1796000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index cosignature_by_name on cosignature (name, size desc)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index cosignature_by_name`);
  }
}
