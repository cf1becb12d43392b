import { mergeCells, type AuditCell } from './audit-cell.js';
import type { AuditExport } from './audit-export.js';
import type { AuditRow, RowProblem } from './audit-row.js';

/** One search of the past: every row in which it stands, taken together. */
export interface PastSearch {
  /** The vendor's id of the search, or what stands in its place. */
  readonly key: string;
  readonly lines: readonly number[];
  readonly row: AuditRow;
  /** Columns in which one value stands in every row of the agency: put there by the agency, not typed by an officer. */
  readonly overwritten: ReadonlySet<OverwritableColumn>;
}

export interface PastSearches {
  readonly searches: readonly PastSearch[];
  readonly problems: readonly RowProblem[];
}

const OVERWRITABLE = ['reason', 'caseNumber', 'offence'] as const;
export type OverwritableColumn = (typeof OVERWRITABLE)[number];

/** So many rows of one agency that all say the same are no coincidence. */
const OVERWRITTEN_FROM = 50;

const MERGED = [
  'officer',
  'organisation',
  'networks',
  'timeFrame',
  'plate',
  'reason',
  'caseNumber',
  'filters',
  'searchType',
  'prompt',
  'offence',
] as const;

/**
 * Counts by search and not by row: the same id stands in the export of every owner whose cameras were searched, and in two
 * monthly files at their seam. Without an id, agency, second, number of networks and officer stand in its place.
 */
export function pastSearches({ rows, problems }: Pick<AuditExport, 'rows' | 'problems'>): PastSearches {
  const byKey = new Map<string, { row: AuditRow; lines: number[]; differs: boolean }>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { row, lines: [row.line], differs: false });
    else {
      known.lines.push(row.line);
      const merged = mergeRows(known.row, row);
      if (merged === undefined) known.differs = true;
      else known.row = merged;
    }
  }
  const overwritten = overwrittenColumns([...byKey.values()].map(({ row }) => row));
  const none: ReadonlySet<OverwritableColumn> = new Set();
  const searches: PastSearch[] = [];
  const differing: RowProblem[] = [];
  for (const [key, { row, lines, differs }] of byKey) {
    if (differs) {
      const message = `the ${lines.length} rows of one search state different things`;
      differing.push({ line: row.line, code: 'rows_of_one_search_differ', message });
    } else searches.push({ key, lines, row, overwritten: overwritten.get(textOf(row.organisation)) ?? none });
  }
  return { searches, problems: [...problems, ...differing].toSorted((a, b) => a.line - b.line) };
}

export function textOf(cell: AuditCell): string {
  return cell.state === 'stated' ? cell.text : '';
}

function keyOf(row: AuditRow): string {
  if (row.id.state === 'stated') return row.id.text.toLowerCase();
  const parts = [row.organisation, row.networks, row.officer, row.searchType].map(textOf);
  return JSON.stringify([new Date(row.searchedAtMs).toISOString(), ...parts]);
}

function mergeRows(a: AuditRow, b: AuditRow): AuditRow | undefined {
  if (Math.floor(a.searchedAtMs / 1000) !== Math.floor(b.searchedAtMs / 1000)) return undefined;
  let merged = a;
  for (const column of MERGED) {
    const cell = mergeCells(a[column], b[column]);
    if (cell === 'conflict') return undefined;
    merged = { ...merged, [column]: cell };
  }
  return merged;
}

function overwrittenColumns(rows: readonly AuditRow[]): ReadonlyMap<string, ReadonlySet<OverwritableColumn>> {
  const values = new Map<string, Map<OverwritableColumn, { first: string; count: number; constant: boolean }>>();
  for (const row of rows) {
    const organisation = textOf(row.organisation);
    const columns = values.get(organisation) ?? new Map<OverwritableColumn, never>();
    values.set(organisation, columns);
    for (const column of OVERWRITABLE) {
      const cell = row[column];
      if (cell.state === 'not_published') continue;
      const text = cell.state === 'stated' ? cell.text : '';
      const seen = columns.get(column) ?? { first: text, count: 0, constant: cell.state === 'stated' };
      const constant = seen.constant && cell.state === 'stated' && seen.first === text;
      columns.set(column, { first: seen.first, count: seen.count + 1, constant });
    }
  }
  return new Map(
    [...values].map(([organisation, columns]) => [
      organisation,
      new Set([...columns].filter(([, { count, constant }]) => constant && count >= OVERWRITTEN_FROM).map(([c]) => c)),
    ]),
  );
}
