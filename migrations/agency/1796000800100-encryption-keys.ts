import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which encryption keys a node has had, and until when each is stated and opens what was sealed to it. Never a private half. */
export class EncryptionKeys1796000800100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table encryption_key (
        kid text primary key,
        position bigint generated always as identity unique,
        made_at timestamptz(3) not null,
        published_until timestamptz(3),
        opens_until timestamptz(3),
        destroyed_at timestamptz(3),
        check ((published_until is null) = (opens_until is null)),
        check (destroyed_at is null or opens_until is not null)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table encryption_key');
  }
}
