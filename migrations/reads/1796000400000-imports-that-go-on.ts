import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What an import needs to go on where it stopped: of which file it is (format, settings, first bytes), and how far it came.
 * `position` holds counts and digests and no plate. Formats of cameras know records that are no sighting and readings that
 * give way to later ones: both are counted.
 */
export class ImportsThatGoOn1796000400000 implements MigrationInterface {
  name = 'ImportsThatGoOn1796000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table read_import
        add column format text not null default 'csv',
        add column settings_digest text,
        add column head_digest text,
        add column position jsonb,
        add column resumes bigint,
        add column passed_over bigint not null default 0,
        add column superseded bigint not null default 0,
        drop constraint read_import_counts,
        add constraint read_import_counts check (rows = accepted + already_present + rejected + passed_over + blank)`);
    await runner.query(`create index read_import_head on read_import (head_digest)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table read_import
        drop constraint read_import_counts,
        drop column format, drop column settings_digest, drop column head_digest, drop column position,
        drop column resumes, drop column passed_over, drop column superseded,
        add constraint read_import_counts check (rows >= accepted + already_present + rejected + blank)`);
  }
}
