import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { canonicalJson, type JsonValue } from '#protocol';
import type { SightingOutcome } from '../src/formats/file-record.js';
import { checkTimeZone } from '../src/local-time.js';
import { ReadsError } from '../src/reads-error.js';
import { FileMeter } from './csv-rows.js';
import {
  beginImport,
  earlierImport,
  endImport,
  interruptedImport,
  noteProgress,
  type ImportCounts,
  type ImportIdentity,
  type ImportPosition,
} from './import-record.js';
import { importRows, type ImportedFile, type ImportRow } from './import-rows.js';
import type { ReadStore } from './read-store.js';
import { RejectedRows } from './rejected-rows.js';
import { Tally, type ImportTally } from './tally.js';

/** Each batch is one transaction, one note of the position and one call of `onProgress`. */
const BATCH = 2_000;
const HEAD_BYTES = 64 * 1024;

export interface ImportProgress extends ImportCounts {
  /** Of the file as it came, so that a caller who knows its size can show a share. */
  readonly bytesRead: number;
}

export interface ImportReport extends ImportTally, ImportProgress {
  readonly importId: string;
  /** SHA-256 of the file as it came, base64url. */
  readonly fileDigest: string;
  /** The completed import that took in this very file before, if any. */
  readonly repeats: string | undefined;
  /** The interrupted import that this one went on from, and how many rows it had done; the counts are of both. */
  readonly resumed: { readonly importId: string; readonly rows: number } | undefined;
}

/** Where rejected rows go. `keptBytes` is what is there already and stays. */
export interface RejectedTarget {
  readonly stream: Writable;
  readonly keptBytes: number;
}

export interface ImportReadsInput {
  /** The file's bytes, plain or gzip. Called again where the import begins anew. */
  readonly open: () => Readable;
  /** False for what comes once, such as a pipe: then an import is not resumed, and what is there is counted as present. */
  readonly canReopen: boolean;
  readonly file: ImportedFile;
  readonly store: ReadStore;
  /** Rows a batch; 2,000 when left out. */
  readonly batchRows?: number;
  readonly onProgress?: (progress: ImportProgress) => void;
  /**
   * Gets the rejected rows as CSV, with their plates: keep it as the reads are kept. Called once, with what an interrupted
   * import had written; whoever cannot keep that begins anew and says so.
   */
  readonly rejected: (keepBytes: number) => Promise<RejectedTarget>;
}

/**
 * Reads a file of a camera or vendor into the store. Every sighting ends as accepted, already present, rejected (with line,
 * reason, place and what was written), passed over or blank. Batches are stored as they come, and how far they came is
 * noted: the import of the same file goes on after the last of them, and takes nothing in twice.
 * @throws ReadsError of the file, the mapping, the store; `format_mismatch` where no record is of the format. The failure is
 *   noted in `read_import`
 */
export async function importReads(input: ImportReadsInput): Promise<ImportReport> {
  if (input.file.timeZone !== undefined) checkTimeZone(input.file.timeZone);
  const identity = await identityOf(input);
  const interrupted = await interruptedImport(input.store.dataSource, identity);
  const target = await input.rejected(interrupted?.position.rejectedBytes ?? 0);
  if (interrupted !== undefined && target.keptBytes === interrupted.position.rejectedBytes) {
    const report = await new ImportRun(input, identity, target, interrupted).toEnd();
    if (report !== 'changed') return report;
    // The file is another one from somewhere on: what was stored of it stays, and all of it is read.
    return startAnew(input, identity, await input.rejected(0));
  }
  return startAnew(input, identity, target);
}

async function startAnew(
  input: ImportReadsInput,
  identity: ImportIdentity,
  target: RejectedTarget,
): Promise<ImportReport> {
  const report = await new ImportRun(input, identity, target, undefined).toEnd();
  if (report === 'changed') throw new TypeError('an import that resumes nothing finds nothing changed');
  return report;
}

/** One run over the file. */
class ImportRun {
  readonly #meter = new FileMeter();
  readonly #hash = createHash('sha256');
  readonly #rejected: RejectedRows;
  readonly #tally: Tally;
  #rows = 0;
  #batch: ImportRow[] = [];
  #isOfFormat = false;

  constructor(
    private readonly input: ImportReadsInput,
    private readonly identity: ImportIdentity,
    target: RejectedTarget,
    private readonly from: { readonly id: string; readonly position: ImportPosition } | undefined,
  ) {
    this.#rejected = new RejectedRows(target.stream, target.keptBytes);
    this.#tally = new Tally(from?.position.tally);
    this.#isOfFormat = from !== undefined || input.file.format === 'csv';
  }

  async toEnd(): Promise<ImportReport | 'changed'> {
    const { dataSource, clock } = this.input.store;
    const importId = await beginImport(dataSource, this.identity, clock.now(), this.from?.id);
    const ended = (failureCode: string | undefined, file: { digest: string; bytes: number } | undefined) =>
      endImport(dataSource, importId, { now: clock.now(), failureCode, file, counts: this.#tally.counts() });
    try {
      if (!(await this.#readAll(importId))) {
        await ended('file_changed', undefined);
        return 'changed';
      }
      const file = { digest: this.#meter.digest(), bytes: this.#meter.bytes };
      const repeats = await earlierImport(dataSource, importId, file.digest);
      await ended(undefined, file);
      this.#rejected.release();
      const resumed = this.from && { importId: this.from.id, rows: this.from.position.rows };
      return { ...this.#tally.report(), bytesRead: file.bytes, importId, fileDigest: file.digest, repeats, resumed };
    } catch (error) {
      // Where the store is what failed the note fails too: the row then stays `running`, and the first error is the one told.
      await ended(error instanceof ReadsError ? error.code : 'unexpected', undefined).catch(() => undefined);
      throw error;
    }
  }

  /** False where the file is not the one whose import was interrupted. */
  async #readAll(importId: string): Promise<boolean> {
    const { file, open, store } = this.input;
    const { columns, rows } = await importRows(file, open(), this.#meter, () => store.clock.now());
    try {
      this.#rejected.begin(columns);
      for await (const row of rows) {
        this.#rows += 1;
        this.#hash.update(row.written).update('\n');
        if (this.from && this.#rows <= this.from.position.rows) {
          if (this.#rows === this.from.position.rows && this.#digest() !== this.from.position.digest) return false;
          continue;
        }
        this.#batch.push(row);
        if (this.#batch.length === (this.input.batchRows ?? BATCH)) await this.#flush(importId);
      }
      if (this.from && this.#rows < this.from.position.rows) return false;
      await this.#flush(importId);
      return true;
    } finally {
      await rows.return(undefined);
    }
  }

  async #flush(importId: string): Promise<void> {
    const { store, onProgress } = this.input;
    const batch = this.#batch;
    this.#batch = [];
    this.#refuseOtherFormat(batch);
    const outcomes = batch.flatMap((row) => row.outcomes);
    const blank = batch.filter((row) => row.outcomes.length === 0).length;
    for (const row of batch) this.#reject(row, row.outcomes);
    await this.#rejected.flush();
    const reads = outcomes.flatMap((outcome) => (outcome.kind === 'read' ? [outcome.read] : []));
    const stored: { inserted: number; alreadyPresent: number; superseded?: number } = await store.insertMany(reads);
    const { inserted, alreadyPresent, superseded = 0 } = stored;
    this.#tally.add({ outcomes, blank, inserted, alreadyPresent, superseded });
    if (batch.length > 0 && this.identity.headDigest !== undefined)
      await noteProgress(store.dataSource, importId, this.#position());
    onProgress?.({ ...this.#tally.counts(), bytesRead: this.#meter.bytes });
  }

  #reject(row: ImportRow, outcomes: readonly SightingOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.kind === 'rejected') {
        this.#rejected.add({ line: row.line, cells: row.cells(outcome.at) }, outcome.reason);
      }
    }
  }

  /** A first batch without one record of the format is a file of another: said at once, before anything of it is stored. */
  #refuseOtherFormat(batch: readonly ImportRow[]): void {
    if (this.#isOfFormat || batch.length === 0) return;
    if (batch.some((row) => row.looksLike === undefined)) {
      this.#isOfFormat = true;
      return;
    }
    const { format } = this.input.file;
    const other = batch.map((row) => row.looksLike).find((like) => like !== 'none' && like !== 'unreadable');
    const isUnreadable = batch.every((row) => row.looksLike === 'unreadable');
    const found =
      other !== undefined
        ? `it looks like \`${other}\``
        : isUnreadable
          ? 'it is neither JSON nor XML; a CSV file wants a mapping'
          : 'no record of it has the members of that format';
    throw new ReadsError('format_mismatch', `the file is not \`${format}\`: ${found}`, { at: format });
  }

  #position(): ImportPosition {
    const { bytes } = this.#rejected;
    return { rows: this.#rows, digest: this.#digest(), rejectedBytes: bytes, tally: this.#tally.report() };
  }

  /** Of all rows so far; the hash goes on. */
  #digest(): string {
    return this.#hash.copy().digest('base64url');
  }
}

async function identityOf({ file, open, canReopen }: ImportReadsInput): Promise<ImportIdentity> {
  const settings = file.format === 'csv' ? { ...file.mapping } : { ...file.facts };
  const read = { format: file.format, time_zone: file.timeZone ?? null, settings } as unknown as JsonValue;
  return {
    source: file.format === 'csv' ? file.mapping.source : file.facts.source,
    format: file.format,
    settingsDigest: createHash('sha256').update(canonicalJson(read)).digest('base64url'),
    headDigest: canReopen ? await headDigest(open()) : undefined,
  };
}

async function headDigest(stream: Readable): Promise<string | undefined> {
  const hash = createHash('sha256');
  let left = HEAD_BYTES;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
  } catch (cause) {
    const code = (cause as { code?: unknown } | null)?.code;
    const at = typeof code === 'string' ? code : 'unknown';
    throw new ReadsError('file_unreadable', `the file cannot be read (${at})`, { at, cause });
  }
  return hash.digest('base64url');
}
