import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the kinds of query look for beside plate and time: the vehicle, its direction, other texts that the camera thought
 * possible, the event of which a later reading supersedes an earlier one, where the image lies, and the H3 cell of the place.
 * A read that was stored before has a place without a cell; the search looks at those one by one.
 */
export class ReadsOfEveryKind1796000500000 implements MigrationInterface {
  name = 'ReadsOfEveryKind1796000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table plate_read
        add column vehicle_make text collate "C",
        add column vehicle_model text collate "C",
        add column vehicle_colour text collate "C",
        add column vehicle_type text collate "C",
        add column direction double precision,
        add column candidates jsonb,
        add column event_id text collate "C",
        add column event_revision bigint,
        add column image_ref text collate "C",
        add column image_digest text collate "C",
        add column cell bigint,
        add constraint plate_read_vehicle check (
          coalesce(length(vehicle_make), 1) between 1 and 40 and coalesce(length(vehicle_model), 1) between 1 and 40
          and coalesce(length(vehicle_colour), 1) between 1 and 40 and coalesce(length(vehicle_type), 1) between 1 and 40
        ),
        add constraint plate_read_direction check (direction >= 0 and direction < 360),
        add constraint plate_read_event check (
          length(event_id) between 1 and 100 and (event_revision is null or event_id is not null)
        ),
        add constraint plate_read_image check (
          length(image_ref) between 1 and 500 and image_digest ~ '^[A-Za-z0-9_-]{43}$'
        ),
        add constraint plate_read_cell check (cell is null or lat is not null)`);
    // What a camera re-reads is few, and what has no cell is none but what was stored before: these cost next to nothing.
    await runner.query(`
      create index plate_read_event_key on plate_read (source, device, event_id) where event_id is not null`);
    await runner.query(`
      create index plate_read_no_cell on plate_read (seen_at) where cell is null and lat is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index plate_read_event_key, plate_read_no_cell`);
    await runner.query(`
      alter table plate_read
        drop column vehicle_make, drop column vehicle_model, drop column vehicle_colour, drop column vehicle_type,
        drop column direction, drop column candidates, drop column event_id, drop column event_revision,
        drop column image_ref, drop column image_digest, drop column cell`);
  }
}
