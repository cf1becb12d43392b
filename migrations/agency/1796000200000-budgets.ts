import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was asked, under keyed tags alone: no plate, person or case stands here. One row for each tag of a request; `seq` is
 * the place of the request among all, so that of two that come at once one is the earlier.
 */
export class Budgets1796000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create sequence budget_use_seq');
    await runner.query(`
      create table budget_use (
        side text not null check (side in ('ask', 'release')),
        per text not null check (per in ('officer', 'case', 'plate', 'agency')),
        tag text not null,
        request_digest text not null,
        seq bigint not null,
        asked_at timestamptz not null,
        plates integer not null check (plates >= 0),
        exceptions integer not null check (exceptions in (0, 1)),
        primary key (request_digest, side, per, tag)
      )`);
    await runner.query('create index budget_use_counted on budget_use (side, per, tag, asked_at)');
    await runner.query('create index budget_use_asked on budget_use (asked_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table budget_use');
    await runner.query('drop sequence budget_use_seq');
  }
}
