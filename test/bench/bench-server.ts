import { join, resolve } from 'node:path';
import { createDataSource, startEmbeddedPostgres } from '#postgres/io';

/** Where a benchmark makes its databases: the embedded server, or one that runs already. */
export interface BenchServer {
  /** In words, for the report. */
  readonly name: string;
  /** The address of a new, empty database. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param url a user of that server who may create databases; the embedded server where absent */
export async function openBenchServer(url: string | undefined): Promise<BenchServer> {
  if (url === undefined) {
    const server = await startEmbeddedPostgres({ dataDirectory: join(resolve('.comity', 'bench'), 'postgres') });
    return {
      name: 'embedded PostgreSQL',
      createDatabase: (name) => server.createDatabase(name),
      stop: () => server.stop(),
    };
  }
  const admin = await createDataSource({ url, entities: [], migrations: [] }).initialize();
  const made: string[] = [];
  const [row] = await admin.query<{ server_version: string }[]>('show server_version');
  return {
    name: `a running PostgreSQL ${row?.server_version ?? ''} server`,
    createDatabase: async (name) => {
      // Names are made of letters, digits and underscores by the benchmarks themselves.
      await admin.query(`create database ${name}`);
      made.push(name);
      const address = new URL(url);
      address.pathname = `/${name}`;
      return address.href;
    },
    stop: async () => {
      for (const name of made) await admin.query(`drop database if exists ${name} with (force)`);
      await admin.destroy();
    },
  };
}
