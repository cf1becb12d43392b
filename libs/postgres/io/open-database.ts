import { PostgresError } from '../src/postgres-error.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';

export interface OpenDatabaseOptions {
  /** DATABASE_URL: a server that somebody runs. Production has no other way. */
  readonly url: string | undefined;
  /** Where the embedded server keeps its files when there is no `url`. */
  readonly dataDirectory: string;
  readonly environment: 'development' | 'production';
  readonly log: (line: string) => void;
  /** Name of the database on the embedded server; `comity` when absent. */
  readonly database?: string;
}

export interface OpenDatabase {
  /** Connection address, with the password: never to be logged. */
  readonly url: string;
  /** Stops the embedded server if this process owns it; leaves a server named by address alone. */
  close(): Promise<void>;
}

/**
 * The address of the database to use: the server named by DATABASE_URL, or in development the embedded one.
 * Throws PostgresError `database_url_required` outside development without an address.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  if (options.url !== undefined && options.url !== '') {
    return { url: options.url, close: () => Promise.resolve() };
  }
  if (options.environment !== 'development') {
    throw new PostgresError(
      'database_url_required',
      'DATABASE_URL must name a postgres server: the embedded server is for development only (COMITY_ENV=development)',
    );
  }
  const server = await startEmbeddedPostgres({ dataDirectory: options.dataDirectory, log: options.log });
  return { url: await server.createDatabase(options.database ?? 'comity'), close: () => server.stop() };
}
