export { databaseIsAway } from '../src/database-is-away.js';
export { describeDatabaseError } from '../src/describe-database-error.js';
export { PostgresError, type PostgresErrorCode } from '../src/postgres-error.js';
export { createDataSource, runMigrations, type DataSourceOptions } from './data-source.js';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
export { openDatabase, type OpenDatabase, type OpenDatabaseOptions } from './open-database.js';
