import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An emergency that is approved after it was asked: at the node that asks, and at the owner that is owed the approval. */
export class ApprovalsAfterwards1796461000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ask add column approve_afterwards boolean not null default false,
        add column disapproved_at timestamptz,
        add column disapproval text,
        add check (disapproved_at is null or (approve_afterwards and approval is null)),
        add check ((disapproved_at is null) = (disapproval is null))`);
    // One officer, one emergency that nobody else has looked at: of two that are asked at once, one is refused.
    await runner.query(`
      create unique index ask_one_unapproved on ask (officer_sub)
        where approve_afterwards and approval is null and disapproved_at is null and state <> 'refused_here'`);
    await runner.query(`
      alter table duty_owed_here add column officer_tag text, add column ask_digest text, add column officer_id_token text,
        add column disapproved_at timestamptz,
        add check (disapproved_at is null or fulfilled_at is null)`);
    await runner.query(`
      create unique index duty_one_unapproved on duty_owed_here (requester, officer_tag)
        where duty = 'approve' and fulfilled_at is null and disapproved_at is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index duty_one_unapproved');
    await runner.query(`
      alter table duty_owed_here drop column officer_tag, drop column ask_digest, drop column officer_id_token,
        drop column disapproved_at`);
    await runner.query('drop index ask_one_unapproved');
    await runner.query(
      'alter table ask drop column approve_afterwards, drop column disapproved_at, drop column disapproval',
    );
  }
}
