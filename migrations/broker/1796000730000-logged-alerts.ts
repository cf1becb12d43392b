import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Alerts under a standing request that the broker has logged: digests alone, never what was released. */
export class LoggedAlerts1796000730000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table broker_alert (
        release text primary key,
        request_digest text not null,
        ciphertext text not null,
        receipt_id text not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table broker_alert');
  }
}
