/** No such prepared statement; there is one of that name already. */
const LOST: readonly unknown[] = ['26000', '42P05'];

/**
 * Whether the server has refused a statement only because of what it had prepared: after a migration changed the columns that it
 * answers, or on a connection that a pooler handed to another server. The same statement, sent as it is, may well succeed.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function planIsLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as Record<string, unknown>;
  // 0A000 is any feature that is not supported.
  const isOutdated = code === '0A000' && typeof message === 'string' && message.startsWith('cached plan');
  return isOutdated || LOST.includes(code);
}
