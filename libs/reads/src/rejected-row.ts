import type { RejectionReason } from './rejection.js';

/**
 * A cell that a spreadsheet would run as a formula is led by an apostrophe, and every cell is quoted (W21, OWASP "CSV
 * Injection"): the rejected rows are what an attacker could place on a sign in front of a camera.
 */
export function csvCell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}

/** The head of a rejected-rows file: line, reason, then the columns of the file it came from. */
export function rejectedHeaderLine(header: readonly string[]): string {
  return csvLine(['line', 'reason', ...header]);
}

/** One rejected row: where it stood in its file (1 is the header), why, and its cells. */
export function rejectedLine(row: { line: number; reason: RejectionReason; cells: readonly string[] }): string {
  return csvLine([String(row.line), row.reason, ...row.cells]);
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
