import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { AuditExportReader, type AuditExport } from '#policy';
import { CliError } from './cli-error.js';
import type { Terminal } from './terminal.js';

/** More columns, or more in a cell, than any known export has. */
const MAX_RECORD_BYTES = 256 * 1024;
const PROGRESS_EVERY = 20_000;

/**
 * Reads one audit export, plain or gzip. A stray quote is read as a character; one that is never closed is reported with
 * the line on which it stands, and what follows it cannot be told apart from the cell.
 *
 * @throws CliError `usage` where the file cannot be read, is no CSV at all, or no row of it is in a known layout
 */
export async function readAuditExport(path: string, terminal: Terminal): Promise<AuditExport> {
  const reader = new AuditExportReader();
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
  });
  // The callback is needed for nothing: a failure of any part destroys the parser, and the loop below throws it.
  if (path.endsWith('.gz')) pipeline(createReadStream(path), createGunzip(), parser, () => undefined);
  else pipeline(createReadStream(path), parser, () => undefined);
  let linesBefore = 0;
  let count = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      reader.take({ line: linesBefore + 1, cells: record });
      linesBefore = info.lines;
      count += 1;
      if (count % PROGRESS_EVERY === 0) terminal.progress(`${path}: ${count.toLocaleString('en-US')} rows`);
    }
  } catch (cause) {
    if (codeOf(cause)?.startsWith('CSV_') !== true || count === 0) {
      throw new CliError('usage', `\`${path}\` cannot be read: ${reasonOf(cause)}`, {}, { cause });
    }
    reader.broken(linesBefore + 1);
  }
  const read = reader.end();
  // A file of another kind would otherwise be told of as an export in which nobody searched.
  if (read.rows.length === 0 && read.problems.length > 0) {
    throw new CliError('usage', `no row of \`${path}\` is laid out as an audit export`, {
      remedy: 'comity rule simulate --help names the layouts; keep the header of the export as the vendor wrote it',
    });
  }
  return read;
}

function codeOf(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The message of csv-parse repeats cells, and a cell may hold a plate: only its code is kept. */
function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  return code === 'ENOENT' ? 'there is no such file' : (code ?? 'it is no CSV');
}
