import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { ReadsError } from '../src/reads-error.js';

/** One record of the file. `line` is its first line (1 is the header), `lines` how many it takes. */
export interface CsvRow {
  readonly line: number;
  readonly lines: number;
  readonly cells: readonly string[];
}

/** A longer record is a file that is no CSV, or a quote that swallows what follows it. */
const MAX_RECORD_BYTES = 64 * 1024;

/** The bytes of a file as they came, compressed or not: how many, and their SHA-256. */
export class FileMeter {
  readonly #hash = createHash('sha256');
  bytes = 0;

  count(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.bytes += chunk.length;
  }

  /** base64url; the meter is spent afterwards. */
  digest(): string {
    return this.#hash.digest('base64url');
  }
}

/**
 * The records of a CSV file, plain or gzip, in order and without holding the file. No record is skipped: a stray quote is
 * read as a character, so that it swallows no following row, and what cannot be read at all ends the reading.
 * @throws ReadsError `csv_malformed` with the line; `csv_unreadable` where the stream or the compression breaks off
 */
export async function* csvRows(stream: Readable, meter: FileMeter): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: true,
    columns: false,
    info: true,
    // Counted by the caller, who writes the row out; csv-parse would skip it with what follows.
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
  });
  const text = await opened(stream, meter);
  // The callback is needed for nothing: a failure of any part destroys the parser, and the loop below throws it.
  pipeline(text, parser, () => undefined);
  let linesBefore = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: linesBefore + 1, lines: info.lines - linesBefore, cells: record };
      linesBefore = info.lines;
    }
  } catch (error) {
    throw unreadable(error, linesBefore + 1);
  }
}

/** The file's text: unpacked where its first two bytes are those of gzip (RFC 1952 §2.3.1). */
export async function opened(stream: Readable, meter: FileMeter): Promise<Readable> {
  const chunks = metered(stream, meter);
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next().catch((error: unknown) => {
      throw unreadable(error, 1);
    });
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = Readable.from(
    (async function* () {
      yield head;
      yield* chunks;
    })(),
    { objectMode: false },
  );
  if (head[0] !== 0x1f || head[1] !== 0x8b) return whole;
  return pipeline(whole, createGunzip(), () => undefined);
}

async function* metered(stream: Readable, meter: FileMeter): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string | Uint8Array);
    meter.count(bytes);
    yield bytes;
  }
}

/** csv-parse's error holds the record it stopped at, and that holds plates: only its code is kept. */
function unreadable(error: unknown, line: number): ReadsError {
  const code = (error as { code?: unknown } | null)?.code;
  const at = typeof code === 'string' ? code : 'unknown';
  return at.startsWith('CSV_')
    ? new ReadsError('csv_malformed', `the file cannot be read as CSV from line ${line} (${at})`, { line, at })
    : new ReadsError('csv_unreadable', `the file breaks off after line ${line - 1} (${at})`, {
        line,
        at,
        cause: error,
      });
}
