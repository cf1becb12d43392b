import type { DataSource } from 'typeorm';
import { digestOf } from '#protocol';
import type { CheckpointEvidence } from '../src/index.js';
import { queryRows } from './rows.js';

/** Two notes of one log that contradict each other. */
export interface SplitView {
  readonly origin: string;
  readonly storedNote: string;
  readonly shownNote: string;
  readonly foundMs: number;
}

/** Keeps both notes, once. */
export async function keepSplitView(
  database: DataSource,
  origin: string,
  evidence: CheckpointEvidence,
  nowMs: number,
): Promise<void> {
  const storedNote = evidence.storedNote ?? '';
  await database.query(
    `insert into split_view (evidence_digest, origin, stored_note, shown_note, found) values ($1, $2, $3, $4, $5)
     on conflict (evidence_digest) do nothing`,
    [digestOf([storedNote, evidence.note]), origin, storedNote, evidence.note, new Date(nowMs)],
  );
}

/** What was kept of a log, in the order of finding. */
export async function readSplitViews(database: DataSource, origin: string): Promise<SplitView[]> {
  const rows = await queryRows<{ stored_note: string; shown_note: string; found: Date }>(
    database,
    `select stored_note, shown_note, found from split_view where origin = $1 order by found`,
    [origin],
  );
  return rows.map((row) => ({
    origin,
    storedNote: row.stored_note,
    shownNote: row.shown_note,
    foundMs: row.found.getTime(),
  }));
}
