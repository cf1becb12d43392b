import type { DataSource } from 'typeorm';

const TABLES = ['log_state', 'log_batch', 'log_tile', 'log_checkpoint', 'log_pending', 'receipt_index', 'cosignature'];

/** Keeps the ledger's tables as they are now, as a backup does. */
export async function backUp(dataSource: DataSource, name = 'backup'): Promise<void> {
  await dataSource.query(`create schema if not exists ${name}`);
  for (const table of TABLES) {
    await dataSource.query(`drop table if exists ${name}.${table}`);
    await dataSource.query(`create table ${name}.${table} as table ${table}`);
  }
}

/** Puts them back: the ledger is a valid, shorter log again. As a superuser, whom no trigger stops. */
export async function restore(dataSource: DataSource, name = 'backup'): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(`set local session_replication_role = replica`);
    for (const table of TABLES) {
      await manager.query(`delete from ${table}`);
      await manager.query(`insert into ${table} overriding system value select * from ${name}.${table}`);
    }
  });
}
