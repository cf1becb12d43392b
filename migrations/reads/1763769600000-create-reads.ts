import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Reads by day: `plate_read` is partitioned by range on `seen_at`, one partition a UTC day, made by `ReadStore`. The primary
 * key is the search index (plate, seen_at) and at the same time what tells one read from another, so that an import that is
 * run twice does not double and each row is indexed once.
 */
export class CreateReads1763769600000 implements MigrationInterface {
  name = 'CreateReads1763769600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create sequence plate_read_id_seq as bigint`);
    // The "C" collation: plates are ASCII, are compared byte by byte, and their order does not change with the system.
    await runner.query(`
      create table plate_read (
        id bigint not null default nextval('plate_read_id_seq'),
        plate text collate "C" not null,
        plate_state text collate "C",
        seen_at timestamptz(3) not null,
        time_ambiguous boolean not null,
        device text collate "C" not null,
        lat double precision,
        lon double precision,
        confidence double precision,
        camera_owner_class text collate "C" not null,
        source text collate "C" not null,
        non_plate boolean not null,
        constraint plate_read_pk primary key (plate, seen_at, device, source),
        constraint plate_read_plate check (plate ~ '^[A-Z0-9]{1,10}$'),
        constraint plate_read_state check (plate_state ~ '^[A-Z]{2}$'),
        constraint plate_read_names check (length(device) between 1 and 100 and length(source) between 1 and 100),
        constraint plate_read_location check (
          (lat is null and lon is null)
          or (lat is not null and lon is not null and lat between -90 and 90 and lon between -180 and 180)
        ),
        constraint plate_read_confidence check (confidence between 0 and 1),
        constraint plate_read_class check (camera_owner_class in ('public', 'private', 'business', 'school'))
      ) partition by range (seen_at)`);
    await runner.query(`alter sequence plate_read_id_seq owned by plate_read.id`);

    await runner.query(`
      create table read_import (
        id bigint generated always as identity primary key,
        source text not null,
        started_at timestamptz(3) not null,
        finished_at timestamptz(3),
        outcome text not null default 'running',
        failure_code text,
        file_digest text,
        file_bytes bigint,
        rows bigint not null default 0,
        accepted bigint not null default 0,
        already_present bigint not null default 0,
        rejected bigint not null default 0,
        blank bigint not null default 0,
        constraint read_import_outcome check (outcome in ('running', 'completed', 'failed')),
        constraint read_import_counts check (rows = accepted + already_present + rejected + blank)
      )`);
    await runner.query(`create index read_import_digest on read_import (file_digest)`);

    await runner.query(`
      create table received_read (
        txn text not null,
        owner text not null,
        release_digest text not null,
        position integer not null,
        obligations jsonb not null,
        read jsonb not null,
        received_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        constraint received_read_pk primary key (txn, owner, release_digest, position)
      )`);
    await runner.query(`create index received_read_expiry on received_read (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table received_read, read_import, plate_read`);
  }
}
