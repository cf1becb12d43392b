import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was logged of an alert is needed until it can be passed on no longer. */
export class AlertsForAWhile1796461000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table broker_alert add column logged_at timestamptz not null default now()');
    await runner.query('alter table broker_alert alter column logged_at drop default');
    await runner.query('create index broker_alert_logged on broker_alert (logged_at)');
    await runner.query('create index broker_alert_request on broker_alert (request_digest)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index broker_alert_request');
    await runner.query('alter table broker_alert drop column logged_at');
  }
}
