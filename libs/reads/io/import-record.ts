import type { DataSource } from 'typeorm';
import { formatInstant } from '../src/instant.js';
import { runStatement } from './statement.js';

/** What became of the rows; `rows` is always the sum of the four below it. */
export interface ImportCounts {
  readonly rows: number;
  /** New in the store. */
  readonly accepted: number;
  /** In the store before, from this file or another. */
  readonly alreadyPresent: number;
  readonly rejected: number;
  /** Empty lines. */
  readonly blank: number;
}

export interface FileFacts {
  /** SHA-256 of the file as it came, base64url. */
  readonly digest: string;
  readonly bytes: number;
}

/** Notes that an import began; a row that stays `running` is an import that was killed. */
export async function beginImport(dataSource: DataSource, source: string, now: number): Promise<string> {
  const [row] = await runStatement<{ id: string }>(dataSource.manager, [
    `insert into read_import (source, started_at) values ($1, $2::timestamptz) returning id`,
    [source, formatInstant(now)],
  ]);
  return row?.id ?? '';
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
       file_bytes = $6, rows = $7, accepted = $8, already_present = $9, rejected = $10, blank = $11 where id = $1`,
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
