import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chains of members as this node verified them, one for each set of keys and metadata: evidence outlives an enrolment. */
export class MemberArchive1796000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table member_archive (
        entity_id text not null,
        fingerprint text not null,
        tokens text[] not null,
        verified_at timestamptz not null,
        primary key (entity_id, fingerprint)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table member_archive');
  }
}
