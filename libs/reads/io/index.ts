export { HISTORY_LIMIT_MAX, ReadStore, type PlateHistoryLimits, type PlateHistoryResult } from './read-store.js';
export { ReceivedReads, type ExpiredRelease, type ReceivedAnswer, type ReceivedRead } from './received-reads.js';
export { importCsv, type ImportCsvInput, type ImportProgress, type ImportReport } from './import-csv.js';
export type { ImportCounts } from './import-record.js';
export type { ImportTally } from './tally.js';
export { deleteExpiredReads, type DeletedDay, type ExpiredReadsInput } from './expired-reads.js';
export { HitReads, type HitRead } from './hit-reads.js';
export { HELD_READS_MAX, HeldReads, preserveExpiredHits, type HeldRead } from './held-read-store.js';
