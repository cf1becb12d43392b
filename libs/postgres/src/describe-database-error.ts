/**
 * One line about a database error that is safe to log: SQLSTATE and the names of the schema objects.
 * PostgreSQL repeats values in `message` and `detail` (`Key (plate)=(ABC123) already exists`) and TypeORM keeps the
 * statement's parameters on the error, so none of these may reach a log (attack W14).
 */
export function describeDatabaseError(error: unknown): string {
  const source = (error as { driverError?: unknown } | null)?.driverError ?? error;
  if (typeof source !== 'object' || source === null) return 'database error';
  const { code, table, column, constraint } = source as Record<string, unknown>;
  const parts = [`code \`${safeName(code) ?? 'none'}\``];
  for (const [label, value] of Object.entries({ table, column, constraint })) {
    const name = safeName(value);
    if (name !== undefined) parts.push(`${label} \`${name}\``);
  }
  return `database error, ${parts.join(', ')}`;
}

function safeName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_.]{1,63}$/.test(value) ? value : undefined;
}
