import type { Readable, Writable } from 'node:stream';
import type { ColumnMapping } from '../src/column-mapping.js';
import { importReads, type ImportProgress, type ImportReport } from './import-reads.js';
import type { ReadStore } from './read-store.js';

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

export type { ImportProgress, ImportReport } from './import-reads.js';

/**
 * Reads one stream of CSV into the store, by `importReads`. What comes once cannot be resumed: after a failure the same file
 * is imported again from its start, and what is there already is counted, not doubled.
 * @throws ReadsError `csv_empty` `csv_malformed` `csv_unreadable` `mapping_column_missing` `mapping_column_ambiguous`
 *   `time_zone_unknown` `rejected_unwritable` `store_away` `store_failed`; the failure is noted in `read_import`
 */
export async function importCsv(input: ImportCsvInput): Promise<ImportReport> {
  const { stream, mapping, timeZone, store, onProgress, rejected } = input;
  return importReads({
    open: () => stream,
    canReopen: false,
    file: { format: 'csv', mapping, timeZone },
    store,
    ...(onProgress && { onProgress }),
    rejected: () => Promise.resolve({ stream: rejected, keptBytes: 0 }),
  });
}
