import type { ClientBase } from 'pg';
import { DataSource, MigrationExecutor, type Logger, type MigrationInterface } from 'typeorm';
import { describeDatabaseError } from '../src/describe-database-error.js';
import { prepareStatements } from './prepare-statements.js';

export interface DataSourceOptions {
  readonly url: string;
  /** Entity classes. */
  readonly entities: readonly (abstract new (...args: never[]) => object)[];
  /** Migration classes, in any order: TypeORM sorts by the timestamp that ends each class name. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Connections at most; 10 when absent. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Takes one line for each failed statement: codes and names of tables, never values. */
  readonly log?: (line: string) => void;
  /** Statements that are planned each time, with their values; none when absent. */
  readonly isPlannedAnew?: (statement: string) => boolean;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A TypeORM data source that changes the schema by migrations only, refuses null and undefined in a `where` (which
 * would otherwise widen a query to every row) and logs no values. The caller initialises it.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [...options.entities],
    migrations: [...options.migrations],
    synchronize: false,
    migrationsRun: false,
    dropSchema: false,
    installExtensions: false,
    logging: ['error'],
    logger: codesOnly(options.log ?? (() => undefined)),
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: options.applicationName ?? 'comity',
    extra: {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      verify: (client: ClientBase, done: (error?: Error) => void) => {
        hearErrors(client);
        prepareStatements(client, options.isPlannedAnew ?? (() => false));
        done();
      },
    },
  });
}

/**
 * For each new connection. Between the pool, which stops listening when it hands a connection out, and TypeORM,
 * which begins to listen a moment later, nobody heard the last word of a server that is killed, and a process that nobody
 * listens in dies of it. Whatever was under way on the connection fails by itself.
 */
function hearErrors(client: NodeJS.EventEmitter): void {
  client.on('error', silent);
}

/** Any constant does, as long as every version of the program takes the same one. */
const MIGRATION_LOCK = 7_263_901_845;

/**
 * Runs the pending migrations, each in its own transaction, on one connection that holds an advisory lock: of two
 * processes that start at once the second waits and then finds nothing to do. Returns the names of those it ran.
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
    // Waiting for the lock and building an index may both take longer than any query of the running program.
    await runner.query('set statement_timeout = 0');
    await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      const done = await executor.executePendingMigrations();
      return done.map((migration) => migration.name);
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await runner.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    }
  } finally {
    await runner.release();
  }
}

const silent = () => undefined;

/** TypeORM's own loggers print the statement and its parameters; a plate is a parameter (attack W14). */
function codesOnly(log: (line: string) => void): Logger {
  return {
    logQuery: silent,
    logQuerySlow: silent,
    logSchemaBuild: silent,
    logMigration: silent,
    log: silent,
    logQueryError: (error) => log(describeDatabaseError(error)),
  };
}
