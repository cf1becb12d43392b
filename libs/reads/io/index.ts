export {
  HISTORY_LIMIT_MAX,
  ReadStore,
  type PlateHistoryLimits,
  type PlateHistoryResult,
  type SearchLimits,
  type StoredReads,
} from './read-store.js';
export type { SearchResult } from './search-bounds.js';
export type { UnverifiedRead } from './look-alikes.js';
export { ReceivedReads, type ExpiredRelease, type ReceivedAnswer, type ReceivedRead } from './received-reads.js';
export { importCsv, type ImportCsvInput } from './import-csv.js';
export {
  importReads,
  type ImportProgress,
  type ImportReadsInput,
  type ImportReport,
  type RejectedTarget,
} from './import-reads.js';
export type { ImportedFile } from './import-rows.js';
export { multipartDocuments, type MultipartDocument } from './multipart.js';
export type { ImportCounts } from './import-record.js';
export type { ImportTally } from './tally.js';
export { namesReads } from './names-reads.js';
export { deleteExpiredReads, type DeletedDay, type ExpiredReadsInput } from './expired-reads.js';
export { HitReads, type HitRead } from './hit-reads.js';
export { HELD_READS_MAX, HeldReads, preserveExpiredHits, type HeldRead } from './held-read-store.js';
export { HotLists, type HotListStatus } from './hot-lists.js';
export { HotListImports, type CompletedImport, type Counts, type HotListImport } from './hot-list-imports.js';
export { activeEntryOf, entryJson, type EntryRow } from './hot-list-row.js';
export { FileMeter, HOT_LIST_FORMATS, hotListFile, type FileEntry, type HotListFileFormat } from './hot-list-file.js';
