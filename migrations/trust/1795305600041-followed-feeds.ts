import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far this node has followed the events of each authority: one that starts anew, or forks, is not believed. */
export class FollowedFeeds1795305600041 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table followed_feed (
        issuer text primary key,
        sequence bigint not null,
        digest text not null,
        issued_at timestamptz not null
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table followed_feed');
  }
}
