export { databaseIsAway } from './database-is-away.js';
export { describeDatabaseError } from './describe-database-error.js';
export { parsePostmasterPid, type PostmasterPid } from './postmaster-pid.js';
export { PostgresError, type PostgresErrorCode } from './postgres-error.js';
