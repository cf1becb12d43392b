import type { Readable, Writable } from 'node:stream';
import type { UnstoredRead } from '../src/read.js';
import { ReadsError } from '../src/reads-error.js';
import type { ColumnMapping } from '../src/column-mapping.js';
import { checkTimeZone } from '../src/local-time.js';
import { readRow, rowReader, type RejectionReason, type RowReader } from '../src/row.js';
import { csvRows, FileMeter, type CsvRow } from './csv-rows.js';
import { beginImport, earlierImport, endImport, type ImportCounts } from './import-record.js';
import type { ReadStore } from './read-store.js';
import { RejectedRows } from './rejected-rows.js';
import { Tally, type ImportTally } from './tally.js';

/** Rows a batch: each is one transaction and one call of `onProgress`. */
const BATCH = 2_000;

export interface ImportProgress extends ImportCounts {
  /** Of the file as it came, so that a caller who knows its size can show a share. */
  readonly bytesRead: number;
}

export interface ImportReport extends ImportTally, ImportProgress {
  readonly importId: string;
  /** SHA-256 of the file as it came, base64url. */
  readonly fileDigest: string;
  /** The completed import that took in this very file before, if any. */
  readonly repeats: string | undefined;
}

export interface ImportCsvInput {
  /** The file's bytes, plain or gzip, UTF-8, with a header row. */
  readonly stream: Readable;
  readonly mapping: ColumnMapping;
  /** IANA name; wins over the mapping's. */
  readonly timeZone?: string;
  readonly store: ReadStore;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Gets the rejected rows as CSV, with their plates: keep it as the reads are kept. Opened and closed by the caller. */
  readonly rejected: Writable;
}

/**
 * Reads a CSV file of a camera or vendor into the store. Every row ends as accepted, already present, rejected (with its
 * line, its reason and its cells) or blank. Batches are stored as they come: after a failure the same file is imported
 * again from its start, and what is there already is counted, not doubled.
 * @throws ReadsError `csv_empty` `csv_malformed` `csv_unreadable` `mapping_column_missing` `mapping_column_ambiguous`
 *   `time_zone_unknown` `rejected_unwritable` `store_away` `store_failed`; the failure is noted in `read_import`
 */
export async function importCsv(input: ImportCsvInput): Promise<ImportReport> {
  if (input.timeZone !== undefined) checkTimeZone(input.timeZone);
  const rejected = new RejectedRows(input.rejected);
  const { dataSource, clock } = input.store;
  const importId = await beginImport(dataSource, input.mapping.source, clock.now());
  const meter = new FileMeter();
  const tally = new Tally();
  try {
    await importRows(input, meter, tally, rejected);
    const file = { digest: meter.digest(), bytes: meter.bytes };
    const repeats = await earlierImport(dataSource, importId, file.digest);
    await endImport(dataSource, importId, { now: clock.now(), failureCode: undefined, file, counts: tally.counts() });
    rejected.release();
    return { ...tally.report(), bytesRead: meter.bytes, importId, fileDigest: file.digest, repeats };
  } catch (error) {
    const failureCode = error instanceof ReadsError ? error.code : 'unexpected';
    const end = { now: clock.now(), failureCode, file: undefined, counts: tally.counts() };
    // Where the store is what failed the note fails too: the row then stays `running`, and the first error is the one told.
    await endImport(dataSource, importId, end).catch(() => undefined);
    throw error;
  }
}

async function importRows(
  input: ImportCsvInput,
  meter: FileMeter,
  tally: Tally,
  rejected: RejectedRows,
): Promise<void> {
  const rows = csvRows(input.stream, meter);
  try {
    const header = await rows.next();
    if (header.done) throw new ReadsError('csv_empty', 'the file is empty');
    const names = header.value.cells.map((name) => name.trim());
    const reader = rowReader(input.mapping, input.timeZone, names);
    rejected.begin(names);
    let batch: CsvRow[] = [];
    const flush = async () => {
      await importBatch(batch, reader, input.store, rejected, tally);
      batch = [];
      input.onProgress?.({ ...tally.counts(), bytesRead: meter.bytes });
    };
    for await (const row of rows) {
      batch.push(row);
      if (batch.length === BATCH) await flush();
    }
    await flush();
  } finally {
    // Closes the file also where the header was refused.
    await rows.return(undefined);
  }
}

async function importBatch(
  batch: readonly CsvRow[],
  reader: RowReader,
  store: ReadStore,
  rejected: RejectedRows,
  tally: Tally,
): Promise<void> {
  const reads: UnstoredRead[] = [];
  const refused: RejectionReason[] = [];
  let blank = 0;
  for (const row of batch) {
    if (row.cells.length === 1 && row.cells[0]?.trim() === '') {
      blank += 1;
      continue;
    }
    // A cell with a line break may be a stray quote that swallowed whole rows: said aloud, never taken as one read.
    const outcome: ReturnType<typeof readRow> =
      row.lines > 1 ? { kind: 'rejected', reason: 'row_spans_lines' } : readRow(reader, row.cells, store.clock.now());
    if (outcome.kind === 'read') {
      reads.push(outcome.read);
      continue;
    }
    rejected.add(row, outcome.reason);
    refused.push(outcome.reason);
  }
  await rejected.flush();
  const { inserted, alreadyPresent } = await store.insertMany(reads);
  tally.add({ reads, refused, blank, inserted, alreadyPresent });
}
