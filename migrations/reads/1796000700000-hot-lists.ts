import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists of wanted plates. An import is staged until it is complete, so that a list is never half old and half new; nothing of
 * a source that may not be imported comes into any of these tables.
 */
export class HotLists1796000700000 implements MigrationInterface {
  name = 'HotLists1796000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hot_list_import (
        id uuid primary key,
        list text not null,
        mode text not null check (mode in ('full', 'incremental')),
        format text not null,
        compiled_at timestamptz(3) not null,
        imported_by text not null,
        started_at timestamptz(3) not null,
        completed_at timestamptz(3),
        digest text,
        refused jsonb not null default '{}',
        rejected jsonb not null default '{}'
      )`);
    await runner.query(`
      create table hot_list_staged (
        import_id uuid not null references hot_list_import (id) on delete cascade,
        record text not null,
        source text not null,
        entry jsonb,
        primary key (import_id, record)
      )`);
    await runner.query(`
      create table hot_list (
        name text primary key,
        refreshed_at timestamptz(3) not null,
        import_id uuid not null references hot_list_import (id)
      )`);
    await runner.query(`
      create table hot_list_entry (
        list text not null,
        record text not null,
        plate text collate "C" not null check (plate ~ '^[A-Z0-9]{1,10}$'),
        source text not null,
        entry jsonb not null,
        expires_at timestamptz(3) not null,
        entered_at timestamptz(3),
        primary key (list, record)
      )`);
    await runner.query('create index hot_list_entry_plate on hot_list_entry (plate)');
    await runner.query('create index hot_list_entry_expiry on hot_list_entry (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['hot_list_entry', 'hot_list', 'hot_list_staged', 'hot_list_import']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
