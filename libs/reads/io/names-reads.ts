/**
 * Whether a statement is about the table in partitions, a day each. Planned with its values it looks at the days that they mean;
 * a plan made once for any values would hold, and lock, every day that there is.
 */
export function namesReads(statement: string): boolean {
  return /\bplate_read\b/.test(statement);
}
