import type { DataSource, MigrationInterface } from 'typeorm';
import { inject } from 'vitest';
import { createDataSource, runMigrations, type DataSourceOptions } from '#postgres/io';
import { createDatabase, databaseUrl, ensureTemplate } from './test-databases.js';

export type DatabaseKind = 'broker' | 'agency' | 'authority' | 'ledger' | 'empty';
type Migrations = readonly (new () => MigrationInterface)[];

export interface TestDatabase {
  readonly url: string;
  /** Initialised; the test that asked for it may destroy it, and need not. */
  readonly dataSource: DataSource;
}

/**
 * A migrated database of its own: a copy of a template that is made once a run and kind. It is never dropped; the
 * server is thrown away after the run.
 * `entities` are TypeORM classes for tests that use repositories; tests on plain SQL name none.
 */
export async function createTestDatabase(
  kind: DatabaseKind,
  options: Pick<Partial<DataSourceOptions>, 'entities' | 'poolSize' | 'log'> = {},
): Promise<TestDatabase> {
  const [serverUrl, run] = [inject('comityTestDatabaseUrl'), inject('comityTestRun')];
  const migrations = await migrationsOf(kind);
  const template = `${run}_template_${kind}`;
  if (kind !== 'empty') {
    await ensureTemplate(serverUrl, template, async (url) => {
      const dataSource = await createDataSource({ url, entities: [], migrations, poolSize: 2 }).initialize();
      try {
        await runMigrations(dataSource);
      } finally {
        await dataSource.destroy();
      }
    });
  }
  const name = await createDatabase(serverUrl, run, kind === 'empty' ? undefined : template);
  const url = databaseUrl(serverUrl, name);
  const dataSource = createDataSource({ entities: [], poolSize: 5, ...options, url, migrations });
  opened.add(dataSource);
  return { url, dataSource: await dataSource.initialize() };
}

/** Of the test file that this process ran last. */
const opened = new Set<DataSource>();

/**
 * Gives back the connections of a file that has ended: left alone they stay for ten seconds, and a server of the default size has a
 * hundred for all files of that time.
 */
export async function closeTestDatabases(): Promise<void> {
  const left = [...opened].filter(({ isInitialized }) => isInitialized);
  opened.clear();
  // Where a test has cut the server off there is nothing to give back.
  await Promise.allSettled(left.map((dataSource) => dataSource.destroy()));
}

const ledger = async () => (await import('../../migrations/ledger/index.js')).migrations;

// A set, because a kind may list the ledger's migrations itself.
const withLedger = async (own: Migrations) => [...new Set([...(await ledger()), ...own])];

/** Imported only when asked for, so that a test of one library does not load the schema of all. */
async function migrationsOf(kind: DatabaseKind): Promise<Migrations> {
  switch (kind) {
    case 'empty':
      return [];
    case 'ledger':
      return ledger();
    case 'broker':
      return withLedger((await import('../../migrations/broker/index.js')).migrations);
    case 'agency':
      return withLedger((await import('../../migrations/agency/index.js')).migrations);
    case 'authority':
      return withLedger((await import('../../migrations/authority/index.js')).migrations);
  }
}
