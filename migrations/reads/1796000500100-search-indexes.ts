import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An index for each way in which reads are looked for; each costs an import some 35 to 45 bytes a read and a microsecond or two
 * (docs/decisions/0041-indexes-of-reads.md). Plate and time, and look-alike plates one by one, have the primary key.
 */
export class SearchIndexes1796000500100 implements MigrationInterface {
  name = 'SearchIndexes1796000500100';

  async up(runner: QueryRunner): Promise<void> {
    // Near a scene. A read without a place is in no area, and in no index of areas.
    await runner.query(`create index plate_read_cell_time on plate_read (cell, seen_at) where cell is not null`);
    // What passed the same device at nearly the same time.
    await runner.query(`create index plate_read_device_time on plate_read (device, seen_at)`);
    // The newest first, of a window that no other index narrows.
    await runner.query(`create index plate_read_time on plate_read (seen_at)`);
    await runner.query(
      `create index plate_read_make_time on plate_read (vehicle_make, seen_at) where vehicle_make is not null`,
    );
    // Partial plates of which the end is known; those of which the beginning is have the primary key.
    await runner.query(`create index plate_read_reversed on plate_read (reverse(plate))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index plate_read_cell_time, plate_read_device_time, plate_read_time, plate_read_make_time,
      plate_read_reversed`);
  }
}
