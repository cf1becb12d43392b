import { InvalidArgumentError, Option, type Command } from 'commander';
import { ReadsError } from '#reads';
import type { HotListFileFormat } from '#reads/io';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { sendImport } from '../hot-list/send-import.js';
import { instantOption } from '../instant-option.js';
import { printJson } from '../json-output.js';
import { countsText, numberIn, objectIn, objectsIn, optionalText, textIn } from '../json-reading.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table, type Cell } from '../table.js';
import { bad, bold, good, warn } from '../terminal.js';

export function addHotList(program: Command, cli: Cli): void {
  const hotlist = program.command('hotlist').description('lists of wanted plates: bring in, look at, take off');
  addImport(hotlist, cli);
  addStatus(hotlist, cli);
  addShow(hotlist, cli);
  addTypeIn(hotlist, cli);
  addRemove(hotlist, cli);
}

interface ImportOptions extends SessionOptions {
  readonly list: string;
  readonly compiledAt: string;
  readonly incremental?: boolean;
  readonly format: HotListFileFormat;
  readonly rejected?: string;
}

const FORMATS = ['comity-csv', 'comity-json', 'ncic-csv'];

function addImport(hotlist: Command, cli: Cli): void {
  const command = hotlist
    .command('import')
    .description('bring a list to the node (supervisor)')
    .argument('<file>', 'CSV with a header row or one JSON object a line, plain or gzip')
    .requiredOption('--list <name>', 'the list that this file is, as ncic', listName)
    .requiredOption('--compiled-at <instant>', 'when it was put together at its source', instantOption)
    .option('--incremental', 'the file holds changes; without this, what it does not name is taken off')
    .addOption(new Option('--format <format>', 'how the file is written').choices(FORMATS).default('comity-csv'))
    .option('--rejected <file>', 'where lines are named that cannot be taken; FILE.rejected.csv when left out')
    .addHelpText('after', IMPORT_HELP)
    .action(async (file: string, options: ImportOptions) => cli.exit(await importList(file, options, cli)));
  withSession(command);
}

const IMPORT_HELP = `
Entries of a source that your rule or law forbids are counted by source and not sent, stored or written out. Everything else
ends as taken or rejected (line and reason, without the plate). A list gives hits only while it is as fresh as your rule asks.

Examples:
  $ comity hotlist import extract.csv --list ncic --format ncic-csv --compiled-at 2026-11-29T06:00:00-08:00 --as supervisor
  $ comity hotlist import changes.csv --list ncic --incremental --compiled-at 2026-11-29T12:00:00-08:00`;

async function importList(file: string, options: ImportOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const rejectedFile = options.rejected ?? `${file}.rejected.csv`;
  const order = {
    file,
    list: options.list,
    mode: options.incremental === true ? ('incremental' as const) : ('full' as const),
    format: options.format,
    compiledAt: options.compiledAt,
    rejectedFile,
  };
  const sent = await sendImport(order, client, (text) => cli.terminal.progress(text)).catch((error: unknown) => {
    throw importProblem(error);
  });
  cli.terminal.progress(undefined);
  const { entries, rejected, completed } = sent;
  if (options.json === true) {
    printJson(cli.terminal, { entries, rejected_file: rejected === 0 ? null : rejectedFile, ...completed });
    return EXIT.ok;
  }
  const { terminal } = cli;
  terminal.out([bold(options.list), `  ${entries} entries in the file`]);
  terminal.out(['  on the list now  ', good(countsText(objectIn(completed, 'by_source')))]);
  terminal.out(
    `  taken off        ${numberIn(completed, 'gone')}, alerts withdrawn ${numberIn(completed, 'alerts_withdrawn')}`,
  );
  terminal.out(['  not permitted    ', countsText(objectIn(completed, 'refused'))]);
  terminal.out(['  rejected         ', rejected === 0 ? '0' : warn(`${rejected}; see ${rejectedFile}`)]);
  return EXIT.ok;
}

function importProblem(error: unknown): unknown {
  const away = FILE_PROBLEMS.get(codeOf(error));
  if (away !== undefined) return new CliError('usage', `the file cannot be read: ${away}`);
  if (error instanceof ReadsError) {
    const { at } = error.evidence;
    const message = at === undefined ? error.message : `${error.message} (${at})`;
    return new CliError('usage', message, { problem: error.code, remedy: 'comity hotlist import --help' });
  }
  return error;
}

const FILE_PROBLEMS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'you may not read it'],
]);

/** Of the system's own error, however it was wrapped. */
function codeOf(error: unknown): unknown {
  if (error instanceof ReadsError) return error.evidence.at ?? codeOf(error.cause);
  return (error as { code?: unknown } | null | undefined)?.code;
}

function listName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('The name of a list consists of small letters, digits and dashes.');
}

function addStatus(hotlist: Command, cli: Cli): void {
  const command = hotlist
    .command('status')
    .description('which lists there are, how old they are, and which sources may be listed here')
    .action(async (options: SessionOptions) => cli.exit(await status(options, cli)));
  withSession(command);
}

async function status(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const [lists, sources] = [await client.get('/hot-lists'), await client.get('/hot-lists/sources')];
  if (options.json === true) {
    printJson(cli.terminal, { ...lists, ...sources });
    return EXIT.ok;
  }
  const { terminal } = cli;
  const rows = objectsIn(lists, 'lists').map((list): Cell[] => [
    textIn(list, 'list'),
    String(numberIn(list, 'entries')),
    textIn(list, 'refreshed_at'),
    list['fresh'] === true ? good('fresh') : bad('stale: gives no hits'),
  ]);
  if (rows.length === 0) terminal.out('there is no list: comity hotlist import --help');
  else for (const line of table(['list', 'entries', 'compiled', 'state'], rows)) terminal.out(line);
  terminal.out(`a list gives hits for ${numberIn(lists, 'max_list_age_hours')} hours after it was compiled`);
  for (const source of objectsIn(sources, 'sources')) {
    if (source['permitted'] === true) terminal.out(['  ', good('may be listed    '), textIn(source, 'source')]);
    else
      terminal.out([
        '  ',
        bad('is never listed  '),
        textIn(source, 'source'),
        `  ${becauseOf(objectIn(source, 'because'))}`,
      ]);
  }
  return EXIT.ok;
}

function becauseOf(because: Parameters<typeof textIn>[0]): string {
  const cited = optionalText(because, 'source');
  return cited === undefined ? textIn(because, 'code') : `${textIn(because, 'code')}: ${cited}`;
}

function addShow(hotlist: Command, cli: Cli): void {
  const command = hotlist
    .command('show')
    .description('the entries of a list, 200 at a time')
    .argument('<list>')
    .option('--after <record>', 'go on after this record')
    .action(async (list: string, options: SessionOptions & { after?: string }) =>
      cli.exit(await show(list, options, cli)),
    );
  withSession(command);
}

async function show(list: string, options: SessionOptions & { after?: string }, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const after = options.after === undefined ? '' : `?after=${encodeURIComponent(options.after)}`;
  const answer = await client.get(`/hot-lists/${encodeURIComponent(list)}/entries${after}`);
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return EXIT.ok;
  }
  const rows = objectsIn(answer, 'entries').map((entry): Cell[] =>
    ['record', 'plate', 'plate_state', 'source', 'reason', 'case_number', 'legal_basis', 'expires_at'].map(
      (name) => optionalText(entry, name) ?? '',
    ),
  );
  if (rows.length === 0) {
    const known = objectsIn(await client.get('/hot-lists'), 'lists').some((each) => each['list'] === list);
    if (!known) throw new CliError('refused', `there is no list \`${list}\``, { remedy: 'comity hotlist status' });
    cli.terminal.out(options.after === undefined ? 'nothing stands on it' : 'nothing comes after that record');
    return EXIT.ok;
  }
  const headers = ['record', 'plate', 'state', 'source', 'reason', 'case', 'legal basis', 'expires'];
  for (const line of table(headers, rows)) cli.terminal.out(line);
  return EXIT.ok;
}

interface TypeInOptions extends SessionOptions {
  readonly plate: string;
  readonly state?: string;
  readonly legalBasis: string;
  readonly reason: string;
  readonly case: string;
}

function addTypeIn(hotlist: Command, cli: Cli): void {
  const command = hotlist
    .command('add')
    .description('type in a plate for the running shift; at its end it is gone')
    .requiredOption('--plate <plate>', 'letters and digits')
    .option('--state <state>', 'that issued it, two letters')
    .requiredOption('--legal-basis <text>', 'the report, order or law that it stands on')
    .requiredOption('--reason <code>', 'as missing-person')
    .requiredOption('--case <number>', "in your agency's form")
    .action(async (options: TypeInOptions) => cli.exit(await typeIn(options, cli)));
  withSession(command);
}

async function typeIn(options: TypeInOptions, cli: Cli): Promise<ExitCode> {
  const { plate, state, legalBasis, reason, case: caseNumber } = options;
  const entry = {
    plate,
    ...(state === undefined ? {} : { plate_state: state }),
    legal_basis: legalBasis,
    reason,
    case_number: caseNumber,
  };
  const answer = await (await signedIn(options, cli)).post('/hot-lists/manual/entries', { entry });
  if (options.json === true) printJson(cli.terminal, answer);
  else cli.terminal.out(`record ${textIn(answer, 'record')}, until the shift ends at ${textIn(answer, 'expires_at')}`);
  return EXIT.ok;
}

function addRemove(hotlist: Command, cli: Cli): void {
  const command = hotlist
    .command('remove')
    .description('take an entry off: recovered, or cancelled; its pending alerts go at once')
    .argument('<list>')
    .argument('<record>')
    .action(async (list: string, record: string, options: SessionOptions) => {
      const answer = await (await signedIn(options, cli)).post('/hot-lists/removals', { list, record });
      if (options.json === true) printJson(cli.terminal, answer);
      else cli.terminal.out('taken off; what waited on it is withdrawn');
      cli.exit(EXIT.ok);
    });
  withSession(command);
}
