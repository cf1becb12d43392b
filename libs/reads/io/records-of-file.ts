import type { Readable } from 'node:stream';
import type { JsonValue } from '#protocol';
import type { ImagePart } from '../src/formats/captured-read.js';
import type { FormatName } from '../src/formats/format-names.js';
import { JsonSplitter, type RawRecord } from '../src/formats/json-splitter.js';
import { XmlSplitter } from '../src/formats/xml-splitter.js';
import { ReadsError } from '../src/reads-error.js';
import type { RejectionReason } from '../src/rejection.js';
import { csvRows, opened, type FileMeter } from './csv-rows.js';
import { contentTypeOfCapture, multipartDocuments } from './multipart.js';

/** One record of a file, not read yet. */
export interface FileRecord extends RawRecord {
  /** A row by its header, where the file is a table. */
  readonly row?: JsonValue;
  readonly images?: readonly ImagePart[];
  /** A row that is none by its cells. */
  readonly refused?: RejectionReason;
}

/** A captured multipart body is read whole. */
const CAPTURE_BYTES = 64 * 1024 * 1024;

/**
 * The records of a file, plain or gzip, in order and, but for a captured multipart body, without holding it.
 * @throws ReadsError `file_unreadable` `csv_malformed` `csv_unreadable` `multipart_malformed`
 */
export async function* recordsOfFile(
  format: FormatName,
  stream: Readable,
  meter: FileMeter,
): AsyncGenerator<FileRecord> {
  if (format === 'plate-recognizer-csv') {
    yield* rowsOfTable(stream, meter);
    return;
  }
  const chunks = (await opened(stream, meter))[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  try {
    const first = await firstChunk(chunks);
    const head = first
      .toString('latin1')
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart();
    if (head.startsWith('--')) yield* partsOfCapture(first, chunks);
    else yield* split(head.startsWith('<') ? new XmlSplitter() : new JsonSplitter(), first, chunks);
  } catch (error) {
    throw unreadable(error);
  } finally {
    await chunks.return?.();
  }
}

/** Each row by its header. */
async function* rowsOfTable(stream: Readable, meter: FileMeter): AsyncGenerator<FileRecord> {
  let header: readonly string[] | undefined;
  for await (const { line, lines, cells } of csvRows(stream, meter)) {
    if (header === undefined) {
      header = cells.map((name) => name.trim());
      continue;
    }
    if (cells.length === 1 && cells[0]?.trim() === '') continue;
    const record = { line, text: cells.join(','), isTooLarge: false };
    // A cell with a line break may be a stray quote that swallowed whole rows.
    if (lines > 1) yield { ...record, refused: 'row_spans_lines' };
    else if (cells.length !== header.length) yield { ...record, refused: 'column_count' };
    else yield { ...record, row: Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])) };
  }
}

async function* split(
  splitter: JsonSplitter | XmlSplitter,
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<FileRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  yield* splitter.push(decoder.decode(first, { stream: true }));
  for await (const chunk of rest) yield* splitter.push(decoder.decode(chunk, { stream: true }));
  yield* splitter.push(decoder.decode());
  yield* splitter.end();
}

async function* partsOfCapture(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<FileRecord> {
  const chunks = [first];
  let size = first.length;
  for await (const chunk of rest) {
    size += chunk.length;
    if (size > CAPTURE_BYTES)
      throw new ReadsError('multipart_malformed', 'a captured multipart body is at most 64 MiB');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const type = contentTypeOfCapture(body);
  if (type === undefined) throw new ReadsError('multipart_malformed', 'the multipart body begins with no boundary');
  const documents = await multipartDocuments(body, type);
  yield* documents.map(({ text, images }, index) => ({ line: index + 1, text, images, isTooLarge: false }));
}

async function firstChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < 256) {
    const next = await chunks.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return first;
}

/** The platform's own error may repeat what it stopped at; its code does not. */
function unreadable(error: unknown): ReadsError {
  if (error instanceof ReadsError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const at = typeof code === 'string' ? code : 'unknown';
  const what = at === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : 'breaks off';
  return new ReadsError('file_unreadable', `the file ${what} (${at})`, { at, cause: error });
}
