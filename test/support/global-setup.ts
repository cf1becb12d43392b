import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
// By path: a global setup is loaded before the export conditions of vitest.config.ts hold.
import { startEmbeddedPostgres } from '../../libs/postgres/io/index.js';
import { clusterFiles } from '../../libs/postgres/io/cluster.js';
import { ownerOf } from '../../libs/postgres/io/server-owner.js';
import { stopServer } from '../../libs/postgres/io/server-process.js';
import { dropTestDatabases, newTestRun } from './test-databases.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A server on which test databases may be made; its user may create databases. */
    comityTestDatabaseUrl: string;
    /** Names of this run's databases begin with it. */
    comityTestRun: string;
  }
}

const PREFIX = 'comity-test-';

/**
 * One PostgreSQL server for the whole test run: the one named by COMITY_TEST_DATABASE_URL, or an embedded one in a
 * folder that is thrown away with everything in it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = newTestRun();
  project.provide('comityTestRun', run);
  const given = process.env['COMITY_TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') {
    project.provide('comityTestDatabaseUrl', given);
    return () => dropTestDatabases(given, run);
  }
  await removeAbandoned();
  const dataDirectory = await mkdtemp(join(tmpdir(), PREFIX));
  const server = await startEmbeddedPostgres({ dataDirectory });
  project.provide('comityTestDatabaseUrl', server.url('postgres'));
  return async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}

/** Stops and removes what runs left behind that were killed before they could. */
async function removeAbandoned(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((each) => each.startsWith(PREFIX))) {
    const dataDirectory = join(tmpdir(), name);
    const files = clusterFiles(dataDirectory);
    try {
      // A run that is only starting has no owner file yet, and another user's folder cannot be read: both stay.
      await readFile(files.owner);
      if (ownerOf(files.owner) !== 'nobody') continue;
      await stopServer(files.cluster);
      await rm(dataDirectory, { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}
