import type { DataSource } from 'typeorm';
import { formatInstant } from '../src/instant.js';
import { runStatement } from './statement.js';
import type { ImportTally } from './tally.js';

/** What became of the sightings; `rows` is the sum of all below it but `superseded`. */
export interface ImportCounts {
  readonly rows: number;
  /** New in the store. */
  readonly accepted: number;
  /** In the store before, from this file or another, or told of again later in it. */
  readonly alreadyPresent: number;
  /** Earlier readings of a passage that gave way to a later one; they are gone. */
  readonly superseded: number;
  readonly rejected: number;
  /** Records of the format that are no sighting: previews, heartbeats, vehicles without a plate. */
  readonly passedOver: number;
  /** Empty lines. */
  readonly blank: number;
}

export interface FileFacts {
  /** SHA-256 of the file as it came, base64url. */
  readonly digest: string;
  readonly bytes: number;
}

/** How far an import has come, kept with each batch. Counts and digests: no plate is in it. */
export interface ImportPosition {
  /** Rows or records that are done. */
  readonly rows: number;
  /** SHA-256 over what was written in them, base64url: a file that changed since is begun anew. */
  readonly digest: string;
  /** Of the file of rejected rows. */
  readonly rejectedBytes: number;
  readonly tally: ImportTally;
}

/** What an import is of: two with the same are of the same file by the same reading. */
export interface ImportIdentity {
  readonly source: string;
  readonly format: string;
  /** SHA-256 of the settings it is read by. */
  readonly settingsDigest: string;
  /** SHA-256 of the first bytes of the file; undefined where it cannot be opened twice. */
  readonly headDigest: string | undefined;
}

/** Notes that an import began; a row that stays `running` is an import that was killed. */
export async function beginImport(
  dataSource: DataSource,
  identity: ImportIdentity,
  now: number,
  resumes: string | undefined,
): Promise<string> {
  const { source, format, settingsDigest, headDigest } = identity;
  const [row] = await runStatement<{ id: string }>(dataSource.manager, [
    `insert into read_import (source, started_at, format, settings_digest, head_digest, resumes)
     values ($1, $2::timestamptz, $3, $4, $5, $6) returning id`,
    [source, formatInstant(now), format, settingsDigest, headDigest ?? null, resumes ?? null],
  ]);
  return row?.id ?? '';
}

/** Notes how far the import has come, after its batch was stored. */
export async function noteProgress(dataSource: DataSource, importId: string, position: ImportPosition): Promise<void> {
  await runStatement(dataSource.manager, [
    `update read_import set position = $2::jsonb where id = $1`,
    [importId, JSON.stringify(position)],
  ]);
}

/** Where the last import of the same beginning stopped, if it came to no end. */
export async function interruptedImport(
  dataSource: DataSource,
  { source, format, settingsDigest, headDigest }: ImportIdentity,
): Promise<{ id: string; position: ImportPosition } | undefined> {
  if (headDigest === undefined) return undefined;
  const [row] = await runStatement<{ id: string; outcome: string; position: ImportPosition | null }>(
    dataSource.manager,
    [
      `select id, outcome, position from read_import
     where head_digest = $1 and settings_digest = $2 and format = $3 and source = $4 order by id desc limit 1`,
      [headDigest, settingsDigest, format, source],
    ],
  );
  return row && row.outcome !== 'completed' && row.position ? { id: row.id, position: row.position } : undefined;
}

/** Notes how an import ended. `file` is undefined where the file was not read to its end. */
export async function endImport(
  dataSource: DataSource,
  importId: string,
  end: { now: number; failureCode: string | undefined; file: FileFacts | undefined; counts: ImportCounts },
): Promise<void> {
  const { counts, file } = end;
  await runStatement(dataSource.manager, [
    `update read_import set finished_at = $2::timestamptz, outcome = $3, failure_code = $4, file_digest = $5,
       file_bytes = $6, rows = $7, accepted = $8, already_present = $9, rejected = $10, blank = $11, passed_over = $12,
       superseded = $13 where id = $1`,
    [
      importId,
      formatInstant(end.now),
      end.failureCode === undefined ? 'completed' : 'failed',
      end.failureCode ?? null,
      file?.digest ?? null,
      file?.bytes ?? null,
      counts.rows,
      counts.accepted,
      counts.alreadyPresent,
      counts.rejected,
      counts.blank,
      counts.passedOver,
      counts.superseded,
    ],
  ]);
}

/** The last completed import of the very same file, or undefined. */
export async function earlierImport(
  dataSource: DataSource,
  importId: string,
  fileDigest: string,
): Promise<string | undefined> {
  const [row] = await runStatement<{ id: string }>(dataSource.manager, [
    `select id from read_import where file_digest = $1 and id <> $2 and outcome = 'completed' order by id desc limit 1`,
    [fileDigest, importId],
  ]);
  return row?.id;
}
