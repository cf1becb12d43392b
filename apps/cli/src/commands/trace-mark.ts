import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Command } from 'commander';
import { digestOfText, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { numberIn, objectsIn, textIn } from '../json-reading.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table, type Cell } from '../table.js';
import { bold } from '../terminal.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ROWS = 1_000;

export function addTraceMark(program: Command, cli: Cli): void {
  const command = program
    .command('trace-mark')
    .description('which release and which export a file of reads came from')
    .argument('<file>', 'a CSV file that somebody found, with or without its first lines')
    .addHelpText('after', HELP)
    .action(async (file: string, options: SessionOptions) => cli.exit(await traceMark(file, options, cli)));
  withSession(command);
}

const HELP = `
Ask at the node of the agency that owned the reads (which releases held them), and at that of an agency that received them
(which export they left by). The mark in the first lines names one export; the order of columns and rows tells exports of the
same reads apart where those lines were cut away. Rows that were retyped, sorted anew or mixed with others are named by what
they are alone: every release and export that held them.

Examples:
  $ comity trace-mark found.csv --as supervisor`;

async function traceMark(file: string, options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const found = foundIn(await textOf(file), file);
  const answer = await (await signedIn(options, cli)).post('/exports/trace', found);
  const [exports, releases] = [objectsIn(answer, 'exports'), objectsIn(answer, 'releases')];
  if (options.json === true) printJson(cli.terminal, answer);
  else {
    cli.terminal.out([bold('mark     '), textIn(answer, 'mark').replaceAll('_', ' ')]);
    const rows = exports.map((each): Cell[] => [
      textIn(each, 'export'),
      textIn(each, 'release'),
      textIn(each, 'by'),
      `${textIn(each, 'exported_at').slice(0, 19)}Z`,
      `${numberIn(each, 'rows_held')} of ${numberIn(answer, 'rows')}`,
      each['columns_in_order'] === true && each['rows_in_order'] === true ? 'its own' : 'another',
    ]);
    const headers = ['export', 'release', 'by', 'made', 'rows', 'order'];
    if (rows.length > 0) for (const line of table(headers, rows)) cli.terminal.out(line);
    const sent = releases.map((each): Cell[] => [
      textIn(each, 'txn'),
      textIn(each, 'requester'),
      `${textIn(each, 'released_at').slice(0, 19)}Z`,
      `${numberIn(each, 'rows_held')} of ${numberIn(answer, 'rows')}`,
    ]);
    if (sent.length > 0) for (const line of table(['released in', 'to', 'at', 'rows'], sent)) cli.terminal.out(line);
    if (rows.length + sent.length === 0) cli.terminal.out('nothing of it ever left this node');
  }
  return exports.length + releases.length > 0 ? EXIT.ok : EXIT.other;
}

/** Read as text alone: nothing in it names a file or an address that is followed. */
function foundIn(text: string, file: string): JsonObject {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => !line.startsWith('#'));
  const [head, body] = [lines.slice(0, Math.max(at, 0)).join('\n'), lines.slice(Math.max(at, 0)).join('\n')];
  const [columns = [], ...rows] = cellsOf(body, file);
  const [plate, seenAt] = [
    columns.findIndex((name) => name === 'plate' || name === 'companion'),
    columns.indexOf('seen_at'),
  ];
  if (plate < 0 || seenAt < 0) {
    throw new CliError('usage', `\`${file}\` has no columns \`plate\` and \`seen_at\``, {
      remedy: 'name them so in its first row',
    });
  }
  const found = rows.slice(0, MAX_ROWS).map((row) => ({ plate: row[plate] ?? '', seen_at: row[seenAt] ?? '' }));
  const mark = markIn(head, body);
  return { columns, rows: found, ...(mark === undefined ? {} : { mark }) };
}

function cellsOf(body: string, file: string): string[][] {
  try {
    return parse(body, { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (cause) {
    throw new CliError('usage', `\`${file}\` is no CSV file`, { remedy: 'give the file as it was found' }, { cause });
  }
}

function markIn(head: string, body: string): Record<string, JsonValue> | undefined {
  const id = /^# comity export ([A-Za-z0-9_-]{16,64}) /m.exec(head)?.[1];
  const release = /^# release ([A-Za-z0-9_-]{43}) /m.exec(head)?.[1];
  const code = /^# mark ([A-Za-z0-9_-]{43})\r?$/m.exec(head)?.[1];
  if (id === undefined || release === undefined || code === undefined) return undefined;
  return { id, release, code, body_digest: digestOfText(body) };
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CliError('usage', `the file \`${file}\` cannot be read`, { remedy: 'check its name' }, { cause });
  });
  if (bytes.length > MAX_BYTES) throw new CliError('usage', `\`${file}\` is larger than 4 MiB`, { remedy: 'cut it' });
  return bytes.toString('utf8');
}
