import { CsvError, parse } from 'csv-parse/sync';
import type { TableRow } from '#policy';
import { CliError } from './cli-error.js';
import { readInput } from './input-file.js';

const MAX_BYTES = 64 * 1024 * 1024;

/** A CSV file with a header row, as rows by column name. @throws CliError `usage` that says which line is wrong */
export async function readTable(path: string): Promise<TableRow[]> {
  const text = await readInput(path, MAX_BYTES);
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const remedy = 'every row needs as many cells as the header has names';
    throw new CliError('usage', `\`${path}\` is no acceptable CSV: ${cause.message}`, { remedy }, { cause });
  }
}
