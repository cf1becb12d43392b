import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ProtocolError, parseStrictJson, type JsonValue } from '#protocol';
import { rowToEntry } from '../src/hot-list/formats.js';
import { ReadsError } from '../src/reads-error.js';
import { FileMeter, csvRows, opened } from './csv-rows.js';

export { FileMeter };

/** `comity-json` is one entry a line. */
export const HOT_LIST_FORMATS = ['comity-csv', 'comity-json', 'ncic-csv'] as const;
export type HotListFileFormat = (typeof HOT_LIST_FORMATS)[number];

/** An entry as the file says it, not judged; `undefined` where the line is none. */
export interface FileEntry {
  readonly line: number;
  readonly entry: JsonValue | undefined;
}

const MAX_LINE_BYTES = 16 * 1024;

/**
 * The entries of a file of wanted plates, plain or gzip, in order and without holding the file.
 *
 * @throws ReadsError `csv_empty` `csv_malformed` `csv_unreadable` and the refusals of a header
 */
export async function* hotListFile(
  stream: Readable,
  format: HotListFileFormat,
  meter: FileMeter,
): AsyncGenerator<FileEntry> {
  if (format === 'comity-json') {
    yield* jsonLines(stream, meter);
    return;
  }
  const rows = csvRows(stream, meter);
  try {
    const header = await rows.next();
    if (header.done) throw new ReadsError('csv_empty', 'the file is empty');
    const read = rowToEntry(format, header.value.cells);
    for await (const { line, lines, cells } of rows) {
      if (cells.length === 1 && cells[0]?.trim() === '') continue;
      // A stray quote may have swallowed whole rows, and a row too short or long is another one.
      const whole = lines === 1 && cells.length === header.value.cells.length;
      yield { line, entry: whole ? read(cells) : undefined };
    }
  } finally {
    await rows.return(undefined);
  }
}

async function* jsonLines(stream: Readable, meter: FileMeter): AsyncGenerator<FileEntry> {
  let line = 0;
  try {
    for await (const text of createInterface({ input: await opened(stream, meter), crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() !== '') yield { line, entry: entryIn(text) };
    }
  } catch (cause) {
    if (cause instanceof ReadsError) throw cause;
    throw new ReadsError('csv_unreadable', `the file breaks off after line ${line}`, { line, cause });
  }
}

function entryIn(text: string): JsonValue | undefined {
  try {
    return parseStrictJson(text, { maxBytes: MAX_LINE_BYTES });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
