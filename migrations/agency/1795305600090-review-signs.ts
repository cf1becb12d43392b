import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signs in the narrative of an answered request, for a reviewer of the holding agency. Ids alone: the words stay sealed. */
export class ReviewSigns1795305600090 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table incoming_request add column review_signs jsonb not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table incoming_request drop column review_signs');
  }
}
