import type { Readable } from 'node:stream';
import type { ColumnMapping } from '../src/column-mapping.js';
import { looksLike, sightingsOf, type SightingOutcome, type SourceFacts } from '../src/formats/file-record.js';
import type { FormatName } from '../src/formats/format-names.js';
import { ReadsError } from '../src/reads-error.js';
import { readRow, rowReader } from '../src/row.js';
import { csvRows, type FileMeter } from './csv-rows.js';
import { recordsOfFile, type FileRecord } from './records-of-file.js';

/** What a file is: a table with a mapping, or records of a format. */
export type ImportedFile =
  | { readonly format: 'csv'; readonly mapping: ColumnMapping; readonly timeZone: string | undefined }
  | { readonly format: FormatName; readonly facts: SourceFacts; readonly timeZone: string | undefined };

/** One row or record, read. */
export interface ImportRow {
  readonly line: number;
  /** What was written, by which a file is recognised when its import goes on. */
  readonly written: string;
  /** None: the row is blank. */
  readonly outcomes: readonly SightingOutcome[];
  /** What stands in the file of rejected rows for a sighting that was refused at this place. */
  readonly cells: (at: string) => readonly string[];
  /** The format it has the members of where it has not those of its own; `unreadable` where nothing can be read. */
  readonly looksLike?: FormatName | 'unreadable' | 'none';
}

export interface ImportRows {
  /** Columns of the file of rejected rows, behind line and reason. */
  readonly columns: readonly string[];
  readonly rows: AsyncGenerator<ImportRow>;
}

/** So much of a rejected record is written out: the rest is images. */
const WRITTEN_OUT = 4_096;

/** Opens the rows of a file. `now` is asked for each row. @throws ReadsError `csv_empty` `mapping_column_missing` … */
export async function importRows(
  file: ImportedFile,
  stream: Readable,
  meter: FileMeter,
  now: () => number,
): Promise<ImportRows> {
  if (file.format !== 'csv') {
    return { columns: ['place', 'record'], rows: rowsOfFormat(file, stream, meter, now) };
  }
  const rows = csvRows(stream, meter);
  try {
    const header = await rows.next();
    if (header.done) throw new ReadsError('csv_empty', 'the file is empty');
    const columns = header.value.cells.map((name) => name.trim());
    const reader = rowReader(file.mapping, file.timeZone, columns);
    return { columns, rows: rowsOfCsv(rows, (cells) => readRow(reader, cells, now())) };
  } catch (error) {
    // Closes the file also where the header was refused.
    await rows.return(undefined);
    throw error;
  }
}

async function* rowsOfCsv(
  rows: ReturnType<typeof csvRows>,
  read: (cells: readonly string[]) => ReturnType<typeof readRow>,
): AsyncGenerator<ImportRow> {
  for await (const { line, lines, cells } of rows) {
    const written = cells.join('\u001f');
    if (cells.length === 1 && cells[0]?.trim() === '') {
      yield { line, written, outcomes: [], cells: () => cells };
      continue;
    }
    // A cell with a line break may be a stray quote that swallowed whole rows: said aloud, never taken as one read.
    const outcome: ReturnType<typeof readRow> =
      lines > 1 ? { kind: 'rejected', reason: 'row_spans_lines' } : read(cells);
    const outcomes = [outcome.kind === 'read' ? outcome : { ...outcome, at: '' }];
    yield { line, written, outcomes, cells: () => cells };
  }
}

async function* rowsOfFormat(
  file: Extract<ImportedFile, { facts: SourceFacts }>,
  stream: Readable,
  meter: FileMeter,
  now: () => number,
): AsyncGenerator<ImportRow> {
  for await (const record of recordsOfFile(file.format, stream, meter)) {
    const outcomes = outcomesOf(file, record, now());
    const text = record.text.slice(0, WRITTEN_OUT);
    yield {
      line: record.line,
      written: record.text,
      outcomes,
      cells: (at) => [at, text],
      ...(isOfAnother(outcomes) && { looksLike: likeness(record) }),
    };
  }
}

function outcomesOf(
  { format, facts, timeZone }: Extract<ImportedFile, { facts: SourceFacts }>,
  record: FileRecord,
  now: number,
): SightingOutcome[] {
  const refused = record.isTooLarge ? 'record_too_large' : record.refused;
  if (refused !== undefined) return [{ kind: 'rejected', at: '', reason: refused }];
  return sightingsOf(format, record, { now, timeZone }, facts);
}

function isOfAnother(outcomes: readonly SightingOutcome[]): boolean {
  return outcomes.every(
    (outcome) =>
      outcome.kind === 'rejected' && (outcome.reason === 'format_mismatch' || outcome.reason === 'record_malformed'),
  );
}

function likeness(record: FileRecord): FormatName | 'unreadable' | 'none' {
  const found = looksLike(record);
  if (found !== undefined) return found;
  return record.row === undefined && !/^\s*[[{<]/.test(record.text) ? 'unreadable' : 'none';
}
