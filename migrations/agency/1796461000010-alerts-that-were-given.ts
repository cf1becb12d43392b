import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A mark is of the answer to a request, or of an alert, which has an id of its own. */
export class AlertsThatWereGiven1796461000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table release_mark rename column request_digest to released');
    await runner.query(`alter table release_mark add column what text not null default 'answer'`);
    await runner.query(`update release_mark set what = 'alert' where length(released) = 36`);
    await runner.query(`
      alter table release_mark alter column what drop default,
        add check (what in ('answer', 'alert')),
        add check (length(released) = case what when 'alert' then 36 else 43 end)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table release_mark drop column what');
    await runner.query('alter table release_mark rename column released to request_digest');
  }
}
