import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { ReadsError, parseColumnMapping, type ColumnMapping } from '#reads';
import type { ImportReport } from '#reads/io';
import { CliError } from '../cli-error.js';
import { describeImport, importDocument, progressText } from '../describe-import.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';

const MAX_HEADER_BYTES = 64 * 1024;

interface ReadsImportOptions extends OutputOptions {
  readonly mapping: string;
  readonly databaseUrl?: string;
  readonly agencyDir?: string;
  readonly timeZone?: string;
  readonly rejected?: string;
}

export function addReadsImport(reads: Command, cli: Cli): void {
  const command = reads
    .command('import')
    .description("bring a CSV file of a camera or vendor into the agency's store")
    .argument('<file>', 'CSV with a header row, plain or gzip')
    .requiredOption('--mapping <map.json>', 'which column holds what')
    .option('--database-url <url>', "the agency's database (or DATABASE_URL)")
    .option('--agency-dir <directory>', "in development: the agency's COMITY_DATA, with its embedded database")
    .option('--time-zone <zone>', 'of times without an offset, as America/Los_Angeles; wins over the mapping')
    .option('--rejected <file>', 'where rows go that cannot be taken; FILE.rejected.csv when left out')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ReadsImportOptions) => cli.exit(await readsImport(file, options, cli)));
  withJson(command);
}

const HELP = `
Every row ends as accepted, already present, rejected (written out with line and reason) or blank. The same file can be
imported again: what is there is counted, not doubled. The file of rejected rows holds plates: keep it as the reads are
kept.

Exit code: 0 the file was imported, also where rows were rejected; 2 the file or its mapping; 7 the database is away.

Examples:
  $ comity reads import reads.csv.gz --mapping map.json --database-url postgres://agency@db.example/agency
  $ comity reads import reads.csv --mapping map.json --time-zone America/Los_Angeles --rejected bad.csv

  map.json: {"plate": "plate_id", "seen_at": "captured", "device": "camera", "lat": "lat", "lon": "lon",
             "camera_owner_class": {"constant": "public"}, "source": "our-cameras"}`;

async function readsImport(file: string, options: ReadsImportOptions, cli: Cli): Promise<ExitCode> {
  const mapping = mappingOf(await readJsonInput(options.mapping));
  const size = await sizeOf(file);
  const rejectedPath = options.rejected ?? `${file}.rejected.csv`;
  const database = await openAgencyDatabase(options, cli);
  try {
    const report = await run(file, { mapping, size, rejectedPath, url: database.url }, options, cli);
    cli.terminal.progress(undefined);
    if (options.json === true) printJson(cli.terminal, importDocument(report, rejectedPath));
    else for (const line of describeImport(file, report, rejectedPath)) cli.terminal.out(line);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof ReadsError) throw importProblem(error);
    throw error;
  } finally {
    await database.close();
    if (options.rejected === undefined) await removeWithoutRows(rejectedPath);
  }
}

/** Nobody asked for this file, and where no row was rejected there is at most a header in it. */
async function removeWithoutRows(path: string): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? Infinity;
  if (size > MAX_HEADER_BYTES) return;
  const text = await readFile(path, 'utf8');
  if (text.trimEnd().split('\n').length <= 1) await rm(path, { force: true });
}

interface ImportInput {
  readonly mapping: ColumnMapping;
  readonly size: number;
  readonly rejectedPath: string;
  readonly url: string;
}

async function run(file: string, input: ImportInput, options: ReadsImportOptions, cli: Cli): Promise<ImportReport> {
  const [{ ReadStore, importCsv }, { createDataSource }] = await Promise.all([
    import('#reads/io'),
    import('#postgres/io'),
  ]);
  const dataSource = createDataSource({
    url: input.url,
    entities: [],
    migrations: [],
    applicationName: 'comity import',
  });
  await dataSource.initialize().catch((cause: unknown) => {
    throw new CliError('unreachable', 'the database cannot be reached', { remedy: 'check its address' }, { cause });
  });
  const rejected = createWriteStream(input.rejectedPath, { mode: 0o600 });
  try {
    return await importCsv({
      stream: createReadStream(file),
      mapping: input.mapping,
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
      store: new ReadStore({ dataSource, clock: cli.clock }),
      rejected,
      onProgress: (progress) => cli.terminal.progress(progressText(progress, input.size)),
    });
  } finally {
    await new Promise<void>((resolve) => {
      rejected.end(resolve);
    });
    await dataSource.destroy();
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

function mappingOf(document: unknown): ColumnMapping {
  try {
    return parseColumnMapping(document);
  } catch (error) {
    if (error instanceof ReadsError) throw importProblem(error);
    throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new CliError('usage', `\`${file}\` cannot be read: there is no such file`, {}, { cause });
  }
}

function importProblem(error: ReadsError): CliError {
  const { at, line } = error.evidence;
  const place = [...(at === undefined ? [] : [`at \`${at}\``]), ...(line === undefined ? [] : [`in line ${line}`])];
  const message = [error.message, ...place].join(' ');
  const more = { problem: error.code };
  if (error.code === 'store_away') {
    return new CliError('unreachable', message, { ...more, remedy: 'try again when the database is back' });
  }
  if (error.code === 'store_failed') {
    return new CliError('refused', message, { ...more, remedy: 'start the agency’s node once: it makes the tables' });
  }
  return new CliError('usage', message, { ...more, remedy: 'comity reads import --help' });
}
