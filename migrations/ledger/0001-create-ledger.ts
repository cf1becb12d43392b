import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log of one node, and what the node remembers of other nodes' logs.
 *
 * `log_state` is the one row that every commit moves by compare-and-swap; `log_batch`, `log_tile` and `log_checkpoint` only
 * ever grow, and triggers refuse everything else. `receipt_index` is a side record: openings in it are erased when their
 * retention ends, while the leaves stay.
 */
export class CreateLedger1763769600100 implements MigrationInterface {
  name = 'CreateLedger1763769600100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table log_state (
        id smallint primary key check (id = 1),
        origin text not null,
        size bigint not null check (size >= 0),
        root bytea not null check (length(root) = 32),
        edge bytea not null,
        checkpoint text not null,
        last_seq bigint,
        last_receipt_digest text,
        check ((last_seq is null) = (last_receipt_digest is null))
      ) with (fillfactor = 20)`);
    await runner.query(`
      create table log_batch (
        first bigint primary key check (first >= 0),
        n integer not null check (n > 0),
        bundle bytea not null
      )`);
    // Signed tokens do not compress; trying costs time at every append.
    await runner.query(`alter table log_batch alter column bundle set storage external`);
    await runner.query(`
      create table log_tile (
        level smallint not null check (level between 0 and 63),
        n bigint not null check (n >= 0),
        data bytea not null check (length(data) = 8192),
        primary key (level, n)
      )`);
    await runner.query(`alter table log_tile alter column data set storage external`);
    await runner.query(`
      create table log_checkpoint (
        size bigint primary key check (size >= 0),
        note text not null
      )`);
    await runner.query(`
      create function refuse_change_of_log() returns trigger language plpgsql as $$
      begin
        raise exception 'the log is append-only: % of % is refused', tg_op, tg_table_name
          using errcode = 'integrity_constraint_violation';
      end $$`);
    for (const table of ['log_batch', 'log_tile', 'log_checkpoint']) {
      await runner.query(`
        create trigger ${table}_is_append_only before update or delete or truncate on ${table}
        for each statement execute function refuse_change_of_log()`);
    }

    // A queue: rows live for milliseconds, so the dead ones must go soon or every look at its head passes them all.
    await runner.query(`
      create table log_pending (
        receipt_id text primary key,
        position bigint generated always as identity unique,
        kind text not null,
        txn text,
        commitments jsonb not null,
        opening jsonb not null,
        created timestamptz(3) not null
      ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`);
    await runner.query(`
      create table receipt_index (
        receipt_id text primary key,
        entry_index bigint not null unique check (entry_index >= 0),
        kind text not null,
        txn text,
        at timestamptz(3) not null,
        opening jsonb not null,
        leaf_hash bytea not null check (length(leaf_hash) = 32),
        digest text not null
      )`);
    await runner.query(`create index receipt_index_txn on receipt_index (txn, entry_index) where txn is not null`);
    await runner.query(`
      create table cosignature (
        size bigint not null,
        name text not null,
        line text not null,
        primary key (size, name)
      )`);

    await runner.query(`
      create table seen_checkpoint (
        origin text primary key,
        size bigint not null check (size >= 0),
        root bytea not null check (length(root) = 32),
        note text not null,
        accepted timestamptz(3) not null
      )`);
    await runner.query(`
      create table split_view (
        evidence_digest text primary key,
        origin text not null,
        stored_note text not null,
        shown_note text not null,
        found timestamptz(3) not null
      )`);
    await runner.query(`create index split_view_origin on split_view (origin, found)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'split_view',
      'seen_checkpoint',
      'cosignature',
      'receipt_index',
      'log_pending',
      'log_checkpoint',
      'log_tile',
      'log_batch',
      'log_state',
    ]) {
      await runner.query(`drop table ${table}`);
    }
    await runner.query(`drop function refuse_change_of_log()`);
  }
}
