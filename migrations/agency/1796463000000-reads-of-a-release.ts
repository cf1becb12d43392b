import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A release is found by the reads themselves, also where it told them less exactly or by a pseudonym. */
export class ReadsOfARelease1796463000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table release_mark add column read_tags text[] not null default '{}'`);
    // Of earlier releases what they told is all that is known.
    await runner.query('update release_mark set read_tags = row_tags');
    await runner.query('alter table release_mark alter column read_tags drop default');
    await runner.query('create index release_mark_reads on release_mark using gin (read_tags)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table release_mark drop column read_tags');
  }
}
