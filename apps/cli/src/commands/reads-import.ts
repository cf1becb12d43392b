import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, stat, truncate } from 'node:fs/promises';
import type { Command } from 'commander';
import { ReadsError } from '#reads';
import type { ImportedFile, ImportReport, ReadStore, RejectedTarget } from '#reads/io';
import { CliError } from '../cli-error.js';
import { describeImport, describeImports, importDocument, progressText } from '../describe-import.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { FORMAT_LIST, importedFileOf, importProblem, type FileOptions } from '../imported-file.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';

const MAX_HEADER_BYTES = 64 * 1024;
const STDIN = '-';

interface ReadsImportOptions extends OutputOptions, FileOptions {
  readonly databaseUrl?: string;
  readonly agencyDir?: string;
  readonly rejected?: string;
}

export function addReadsImport(reads: Command, cli: Cli): void {
  const command = reads
    .command('import')
    .description("bring a file of a camera or vendor into the agency's store")
    .argument('<file...>', 'one or more files, plain or gzip; - for standard input')
    .option('--format <name>', 'what the file is, see below', 'csv')
    .option('--mapping <map.json>', 'csv: which column holds what')
    .option('--camera-owner-class <class>', 'other formats: whose cameras, public, private, business or school')
    .option('--source <name>', 'other formats: the system it comes from, the same for each of its files')
    .option('--device <name>', 'other formats: the camera, where a record names none')
    .option('--location <lat,lon>', 'other formats: the place, where a record names none')
    .option('--time-zone <zone>', 'of times without an offset, as America/Los_Angeles; wins over the mapping')
    .option('--database-url <url>', "the agency's database (or DATABASE_URL)")
    .option('--agency-dir <directory>', "in development: the agency's COMITY_DATA, with its embedded database")
    .option('--rejected <file>', 'where sightings go that cannot be taken; FILE.rejected.csv when left out')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ReadsImportOptions) => cli.exit(await readsImport(files, options, cli)));
  withJson(command);
}

const HELP = `
Formats:
${FORMAT_LIST}

Every sighting ends as accepted, already present, rejected (written out with line, reason and place), passed over (no
sighting: a preview, a heartbeat, a vehicle without a plate) or blank. An import that was interrupted goes on where it
stopped when the same command runs again; nothing is taken in twice. The file of rejected sightings holds plates: keep it
as the reads are kept. Of several files each is imported by itself, and one that cannot be read holds up no other.

Exit code: 0 the file was imported, also where sightings were rejected; 2 the file, its format or its mapping; 7 the
database is away.

Examples:
  $ comity reads import reads.csv.gz --mapping map.json --database-url postgres://agency@db.example/agency
  $ comity reads import ftp/*.xml --format genetec --camera-owner-class public --source sharpv
  $ mosquitto_sub -t frigate/events -C 1000 | \\
      comity reads import - --format frigate --camera-owner-class business --source yard --rejected bad.csv

  map.json: {"plate": "plate_id", "seen_at": "captured", "device": "camera", "lat": "lat", "lon": "lon",
             "camera_owner_class": {"constant": "public"}, "source": "our-cameras"}
            also "plate_state", "confidence": {"column": "score", "scale": 100}, "vehicle": {"make": "make", "colour": "color"},
            "direction", "candidates": {"column": "others", "separator": "|"}, "image"`;

async function readsImport(files: readonly string[], options: ReadsImportOptions, cli: Cli): Promise<ExitCode> {
  const imported = await importedFileOf(options).catch((error: unknown) => {
    throw error instanceof ReadsError ? importProblem(error) : error;
  });
  const [first = STDIN, ...others] = files;
  if (others.length > 0 && (options.rejected !== undefined || files.includes(STDIN))) {
    throw new CliError('usage', 'of several files each has its own FILE.rejected.csv, and none is standard input');
  }
  const sizes = await Promise.all(files.map(sizeOf));
  const database = await openAgencyDatabase(options, cli);
  try {
    const store = await openStore(database.url, cli);
    try {
      const ask = (file: string, size: number) =>
        importOne({ file, size, imported, store, rejected: options.rejected }, cli);
      if (others.length > 0)
        return await importEach(files, (file) => ask(file, sizes[files.indexOf(file)] ?? 0), options, cli);
      const { report, rejectedPath } = await ask(first, sizes[0] ?? 0);
      cli.terminal.progress(undefined);
      if (options.json === true) printJson(cli.terminal, importDocument(report, rejectedPath));
      else
        for (const line of describeImport(first === STDIN ? 'standard input' : first, report, rejectedPath))
          cli.terminal.out(line);
      return EXIT.ok;
    } finally {
      await store.dataSource.destroy();
    }
  } finally {
    await database.close();
  }
}

/** One after the other. A file that is wrong is told of and passed over; where the store is away nothing goes on. */
async function importEach(
  files: readonly string[],
  importFile: (file: string) => Promise<ImportedOne>,
  options: ReadsImportOptions,
  cli: Cli,
): Promise<ExitCode> {
  const done: (ImportedOne & { readonly file: string })[] = [];
  const failed: { readonly file: string; readonly code: string; readonly message: string }[] = [];
  for (const file of files) {
    try {
      done.push({ file, ...(await importFile(file)) });
    } catch (error) {
      if (!(error instanceof CliError) || error.code !== 'usage') throw error;
      failed.push({ file, code: error.more.problem ?? error.code, message: error.message });
    }
  }
  cli.terminal.progress(undefined);
  if (options.json === true) {
    const imports = done.map(({ file, report, rejectedPath }) => ({ file, ...importDocument(report, rejectedPath) }));
    printJson(cli.terminal, { imports, failed: failed.map((each) => ({ ...each })) });
  } else {
    for (const line of describeImports(done)) cli.terminal.out(line);
    for (const { file, message, code } of failed) cli.terminal.err(`${file}: ${message} (${code})`);
  }
  return failed.length === 0 ? EXIT.ok : EXIT.usage;
}

/** Nobody asked for this file, and where no row was rejected there is at most a header in it. */
async function removeWithoutRows(path: string): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? Infinity;
  if (size > MAX_HEADER_BYTES) return;
  const text = await readFile(path, 'utf8');
  if (text.trimEnd().split('\n').length <= 1) await rm(path, { force: true });
}

interface ImportInput {
  readonly file: string;
  readonly imported: ImportedFile;
  readonly size: number;
  readonly rejected: string | undefined;
  readonly store: ReadStore;
}

interface ImportedOne {
  readonly report: ImportReport;
  readonly rejectedPath: string;
}

async function openStore(url: string, cli: Cli): Promise<ReadStore> {
  const [{ ReadStore, namesReads }, { createDataSource }] = await Promise.all([
    import('#reads/io'),
    import('#postgres/io'),
  ]);
  const dataSource = createDataSource({
    url,
    entities: [],
    migrations: [],
    applicationName: 'comity import',
    isPlannedAnew: namesReads,
  });
  await dataSource.initialize().catch((cause: unknown) => {
    throw new CliError('unreachable', 'the database cannot be reached', { remedy: 'check its address' }, { cause });
  });
  return new ReadStore({ dataSource, clock: cli.clock });
}

async function importOne({ file, imported, size, rejected, store }: ImportInput, cli: Cli): Promise<ImportedOne> {
  const { importReads } = await import('#reads/io');
  const rejectedPath = rejected ?? `${file === STDIN ? 'stdin' : file}.rejected.csv`;
  const target = new RejectedFile(rejectedPath);
  try {
    const report = await importReads({
      open: () => (file === STDIN ? process.stdin : createReadStream(file)),
      canReopen: file !== STDIN,
      file: imported,
      store,
      rejected: (keepBytes) => target.open(keepBytes),
      onProgress: (progress) => cli.terminal.progress(progressText(progress, size)),
    });
    return { report, rejectedPath };
  } catch (error) {
    throw error instanceof ReadsError ? importProblem(error) : error;
  } finally {
    await target.close();
    if (rejected === undefined) await removeWithoutRows(rejectedPath);
  }
}

/** The file of rejected sightings: for its owner alone, and cut back to what an interrupted import is known to have written. */
class RejectedFile {
  #target: RejectedTarget | undefined;

  constructor(private readonly path: string) {}

  async open(keepBytes: number): Promise<RejectedTarget> {
    await this.close();
    const size = (await stat(this.path).catch(() => undefined))?.size ?? 0;
    const keptBytes = size >= keepBytes ? keepBytes : 0;
    if (keptBytes > 0) await truncate(this.path, keptBytes);
    const stream = createWriteStream(this.path, { mode: 0o600, flags: keptBytes > 0 ? 'a' : 'w' });
    this.#target = { stream, keptBytes };
    return this.#target;
  }

  async close(): Promise<void> {
    const stream = this.#target?.stream;
    if (stream === undefined || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      stream.end(resolve);
    });
  }
}

async function openAgencyDatabase(
  options: ReadsImportOptions,
  cli: Cli,
): Promise<{ url: string; close(): Promise<void> }> {
  const { databaseUrl = cli.environment['DATABASE_URL'], agencyDir } = options;
  if (databaseUrl === undefined && agencyDir === undefined) {
    throw new CliError('usage', 'which database?', { remedy: '--database-url, DATABASE_URL, or --agency-dir' });
  }
  const { openDatabase } = await import('#postgres/io');
  return openDatabase({
    url: agencyDir === undefined ? databaseUrl : undefined,
    dataDirectory: agencyDir ?? '',
    environment: 'development',
    log: (line) => cli.terminal.progress(line),
  });
}

/** In bytes; 0 where nobody knows it. */
async function sizeOf(file: string): Promise<number> {
  if (file === STDIN) return 0;
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new CliError('usage', `\`${file}\` cannot be read: there is no such file`, {}, { cause });
  }
}
