import { planIsLost } from './plan-is-lost.js';

/** What the operating system says when nobody answers. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * SQLSTATE classes and codes after which the same statement may succeed later without any change:
 * 08 connection exception, 53 insufficient resources (disk, memory, connections), 57P operator intervention
 * (shutdown, crash, starting up), 57014 the statement timeout, 25006 a server that was made read-only, 58030 input/output error,
 * 55000 a database that an operator has closed to connections.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const AWAY_STATE = /^(08...|53...|57P0[1-5]|57014|25006|55000|58030)$/;

/** `pg` and `pg-pool` report a lost connection by text alone, and the data source before it is open by name. */
const AWAY_MESSAGES: readonly RegExp[] = [
  /^(?:error: |Error: )?connection terminated/i,
  /timeout exceeded when trying to connect/,
  /client has encountered a connection error and is not queryable/i,
  /client was closed and is not queryable/i,
  /driver not connected/i,
  // TypeORM releases a runner whose connection broke; the next statement on it then fails so.
  /query runner (?:was )?already released/i,
];

/**
 * Whether an error means that the database cannot do its work now, so that the answer is 503 with Retry-After
 * (protocol.md "Errors") and not a fault of the request.
 * Looks through `cause`, TypeORM's `driverError` and the members of an AggregateError.
 */
export function databaseIsAway(error: unknown): boolean {
  return isAway(error, 0);
}

function isAway(error: unknown, depth: number): boolean {
  if (depth > 8 || typeof error !== 'object' || error === null) return false;
  const { code, message, cause, driverError, errors } = error as Record<string, unknown>;
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || AWAY_STATE.test(code))) return true;
  // Inside a transaction nothing can be run again but the transaction.
  if (planIsLost(error)) return true;
  if (typeof message === 'string' && AWAY_MESSAGES.some((pattern) => pattern.test(message))) return true;
  const inner = [cause, driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return inner.some((one) => isAway(one, depth + 1));
}
