import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Cameras that post their reads, each with a credential of its own of which only the digest is kept, and what came of what
 * they posted: counts by day, and when something came last. No plate is in them.
 */
export class Cameras1796000410000 implements MigrationInterface {
  name = 'Cameras1796000410000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table camera (
        id text collate "C" primary key,
        format text not null,
        owner_class text not null,
        device text not null,
        time_zone text,
        lat double precision,
        lon double precision,
        named text,
        secret_digest bytea not null,
        secret_since timestamptz(3) not null,
        registered_at timestamptz(3) not null,
        registered_by text not null,
        revoked_at timestamptz(3),
        revoked_by text,
        constraint camera_id check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        constraint camera_class check (owner_class in ('public', 'private', 'business', 'school')),
        constraint camera_place check ((lat is null) = (lon is null)),
        constraint camera_secret check (length(secret_digest) = 32),
        constraint camera_revocation check ((revoked_at is null) = (revoked_by is null))
      )`);
    await runner.query(`
      create table camera_day (
        camera text collate "C" not null references camera (id),
        day date not null,
        outcome text not null,
        sightings bigint not null,
        primary key (camera, day, outcome)
      )`);
    await runner.query(`
      create table camera_contact (
        camera text collate "C" primary key references camera (id),
        posted_at timestamptz(3) not null,
        read_at timestamptz(3),
        rejected_at timestamptz(3),
        rejected_because text
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table camera_contact, camera_day, camera`);
  }
}
