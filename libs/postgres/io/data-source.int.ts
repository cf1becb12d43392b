import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/database.js';
import { createDataSource, runMigrations } from './data-source.js';

/** A connection as pg-pool hands it out, before TypeORM listens to it. */
interface HandedOut extends NodeJS.EventEmitter {
  release(): void;
}

class MakeThings1700000000001 implements MigrationInterface {
  name = 'MakeThings1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    // Long enough that two starting processes are both inside if nothing keeps them apart.
    await runner.query('select pg_sleep(0.3)');
    await runner.query('create table thing (plate text primary key)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table thing');
  }
}

describe('a data source', () => {
  it('runs each migration once when two processes start at the same time', async () => {
    const { url } = await createTestDatabase('empty');
    const options = { url, entities: [], migrations: [MakeThings1700000000001], poolSize: 1 };
    const [one, two] = await Promise.all([1, 2].map(() => createDataSource(options).initialize()));
    if (one === undefined || two === undefined) throw new Error('two data sources were opened');
    const done = await Promise.all([runMigrations(one), runMigrations(two)]);
    expect(done.flat()).toEqual(['MakeThings1700000000001']);
    expect(await runMigrations(one)).toEqual([]);
    await Promise.all([one.destroy(), two.destroy()]);
  });

  it('gives every test a database of its own', async () => {
    const [one, two] = [await createTestDatabase('ledger'), await createTestDatabase('ledger')];
    await one.dataSource.query('create table only_here (id int)');
    const [row] = await two.dataSource.query<{ found: string | null }[]>("select to_regclass('only_here') as found");
    expect(row?.found).toBeNull();
  });

  it('F01: hears the last word of a killed server on a connection that nobody listens to yet', async () => {
    const { dataSource } = await createTestDatabase('empty', { poolSize: 1 });
    const driver = dataSource.driver as unknown as { master: { connect(): Promise<HandedOut> } };
    const client = await driver.master.connect();
    expect(client.listenerCount('error')).toBe(1);
    expect(() =>
      client.emit('error', new Error('terminating connection due to unexpected postmaster exit')),
    ).not.toThrow();
    client.release();
  });

  it('has statement and idle-in-transaction time limits and keeps the commit durable', async () => {
    const { dataSource } = await createTestDatabase('empty');
    const settings = await dataSource.query<{ name: string; setting: string }[]>(
      "select name, setting from pg_settings where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'fsync', 'synchronous_commit')",
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      statement_timeout: '30000',
      idle_in_transaction_session_timeout: '30000',
      fsync: 'on',
      synchronous_commit: 'on',
    });
  });

  it('W14: logs a failed statement by code and table, without its values', async () => {
    const lines: string[] = [];
    const { dataSource } = await createTestDatabase('empty', { log: (line) => lines.push(line) });
    await dataSource.query('create table seen (plate text primary key)');
    await dataSource.query('insert into seen values ($1)', ['ZZZ999X']);
    await expect(dataSource.query('insert into seen values ($1)', ['ZZZ999X'])).rejects.toThrow(/duplicate key/);
    expect(lines).toEqual(['database error, code `23505`, table `seen`, constraint `seen_pkey`']);
  });
});
