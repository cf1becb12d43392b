import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is owed for exceptions: to this owner by those who claimed one, and by this agency to others. */
export class Duties1796000200020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table duty_owed_here (
        request_digest text not null,
        duty text not null check (duty in ('approve', 'report')),
        requester text not null,
        txn uuid not null,
        traceparent text not null,
        exception text not null,
        source text,
        owed_since timestamptz not null,
        due_by timestamptz not null,
        overdue_at timestamptz,
        fulfilled_at timestamptz,
        report text,
        primary key (request_digest, duty),
        check ((fulfilled_at is null) = (report is null))
      )`);
    await runner.query(
      'create index duty_owed_here_open on duty_owed_here (requester, due_by) where fulfilled_at is null',
    );
    await runner.query(`
      create table duty_fulfilled (
        txn uuid not null,
        owner text not null,
        duty text not null,
        fulfilled_at timestamptz not null,
        primary key (txn, owner, duty)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table duty_fulfilled');
    await runner.query('drop table duty_owed_here');
  }
}
