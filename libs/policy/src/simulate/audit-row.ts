import type { TimeWindow } from '../facts.js';
import { readCell, type AuditCell } from './audit-cell.js';
import { misfits, shiftOf, type AuditColumn, type AuditLayout } from './audit-layout.js';
import { parseAuditInstant, parseTimeFrame } from './audit-time.js';

/** A record of the file: its cells, and the line on which it begins. */
export interface AuditRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One row as published. One search stands in as many rows as owners export it. */
export interface AuditRow {
  readonly line: number;
  readonly id: AuditCell;
  readonly officer: AuditCell;
  readonly organisation: AuditCell;
  readonly networks: AuditCell;
  readonly timeFrame: AuditCell;
  readonly plate: AuditCell;
  readonly reason: AuditCell;
  readonly caseNumber: AuditCell;
  readonly filters: AuditCell;
  readonly searchType: AuditCell;
  readonly prompt: AuditCell;
  readonly offence: AuditCell;
  /** Milliseconds. */
  readonly searchedAtMs: number;
}

export type RowProblemCode =
  | 'shifted'
  | 'wrong_number_of_cells'
  | 'cell_of_another_kind'
  | 'no_header_and_no_known_layout'
  | 'quoting_broken'
  | 'rows_of_one_search_differ';

/** A row that is reported and not judged. It repeats no cell: a shifted row may show a plate under any name. */
export interface RowProblem {
  readonly line: number;
  readonly code: RowProblemCode;
  readonly message: string;
}

/** Reads one row by the layout, or says why it cannot be relied on. */
export function readAuditRow(record: AuditRecord, layout: AuditLayout): AuditRow | RowProblem {
  const { line, cells } = record;
  const wrong = misfits(cells, layout);
  if (wrong.length > 0 || cells.length !== layout.length) return problemOf(record, layout, wrong);
  const raw = (column: AuditColumn) => cells[layout.indexOf(column)];
  const cell = (column: AuditColumn, mayBePlaceholder = false) =>
    layout.includes(column) ? readCell(raw(column), mayBePlaceholder) : readCell(undefined, false);
  const instant = layout.includes('searchDate')
    ? `${raw('searchDate')} ${raw('searchTime')}`
    : (raw('searchTime') ?? '');
  const searchedAtMs = parseAuditInstant(instant);
  if (searchedAtMs === undefined) return problemOf(record, layout, ['searchTime']);
  return {
    line,
    id: cell('id'),
    officer: cell('officer'),
    organisation: cell('organisation'),
    networks: cell('networks'),
    timeFrame: cell('timeFrame'),
    plate: cell('plate'),
    reason: cell('reason', true),
    caseNumber: cell('caseNumber', true),
    filters: cell('filters'),
    searchType: cell('searchType'),
    prompt: cell('prompt'),
    offence: cell('offence'),
    searchedAtMs,
  };
}

export function isProblem(row: AuditRow | RowProblem): row is RowProblem {
  return 'code' in row;
}

/** The window of a row's time frame, where one can be read. */
export function windowOf(cell: AuditCell): TimeWindow | undefined {
  return cell.state === 'stated' ? parseTimeFrame(cell.text) : undefined;
}

function problemOf({ line, cells }: AuditRecord, layout: AuditLayout, wrong: readonly AuditColumn[]): RowProblem {
  const shift = shiftOf(cells, layout);
  if (shift !== undefined) {
    const column = layout[shift.place] ?? 'the last column';
    const what = shift.by === 1 ? 'one cell too many' : 'one cell missing';
    return { line, code: 'shifted', message: `looks shifted: ${what} at \`${column}\`` };
  }
  if (cells.length !== layout.length) {
    const message = `${cells.length} cells where the header has ${layout.length}`;
    return { line, code: 'wrong_number_of_cells', message };
  }
  return { line, code: 'cell_of_another_kind', message: `not what the header says: ${wrong.join(', ')}` };
}
