import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Marks that were shown and not believed, and attestors that are not believed for a while because of one. */
export class RefusedMarks1796462000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table refused_mark (
        entity_id text not null,
        code text not null,
        mark text not null,
        told_at timestamptz not null,
        issuer text,
        protection text,
        quarantined_until timestamptz,
        token text,
        end_proposed_by text,
        end_proposed_at timestamptz,
        end_reason text,
        ended_by text,
        ended_at timestamptz,
        primary key (entity_id, code, mark),
        check ((issuer is null) = (quarantined_until is null) and (issuer is null) = (protection is null)),
        check (ended_at is null or (ended_by is not null and ended_by <> end_proposed_by))
      )`);
    await runner.query('create index refused_mark_told_at on refused_mark (told_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table refused_mark');
  }
}
