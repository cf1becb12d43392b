import { writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { InvalidArgumentError, type Command } from 'commander';
import type { JsonObject } from '#protocol';
import { comparableName, usState } from '../../../authority/src/agreements/agreement-names.js';
import {
  calendarDay,
  parseAgreementList,
  type AgreementRow,
} from '../../../authority/src/agreements/agreement-list.js';
import { AuthorityDoor, withPerson, type PersonOptions } from '../authority-door.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { objectsIn, textIn, textsIn } from '../json-reading.js';
import { digestText } from '../options.js';
import type { Cli } from '../ports.js';
import { table } from '../table.js';
import { bad, bold, good, warn } from '../terminal.js';

interface ImportOptions extends PersonOptions {
  readonly asOf: string;
  readonly aliases?: string;
  readonly places?: string;
  readonly confirm?: string;
  readonly unmatched?: string;
}

export function addAuthorityImport(authority: Command, cli: Cli): void {
  withPerson(
    authority
      .command('import-287g')
      .description('hold the published federal list of 287(g) agreements against the register'),
  )
    .argument('<file>', 'the list as it was published: CSV')
    .requiredOption('--as-of <day>', 'day of the list, YYYY-MM-DD', day)
    .option('--aliases <file>', 'reviewed: CSV of state, agency as listed, ORI (or nothing: nobody who is enrolled)')
    .option('--places <file>', 'which place a name stands for: CSV with state, geo_name and fips')
    .option('--confirm <digest>', 'do what was shown under this digest', digestText)
    .option('--unmatched <file>', 'write every line that was not matched into this file')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ImportOptions) => cli.exit(await importList(file, options, cli)));
}

const LIST_REMEDY =
  'give the list as it is published, saved as CSV: columns STATE, LAW ENFORCEMENT AGENCY, TYPE, COUNTY, SUPPORT TYPE, SIGNED';

const HELP = `
Without --confirm it shows what it would do and changes nothing. A line is matched by ORI or FIPS code, or by an alias that a
person has reviewed; a name that only looks alike is unsure. An agency that is on the list loses its attested absence and is
given the weakest of its agreements; one that may be on it loses its attested absence until a person has looked. Nobody gains
anything by not being on the list. Every line stays in the public register, matched or not.

Exit code: 0 done, 5 shown and not confirmed, 1 the register is not what was shown any more.

Examples:
  $ comity authority import-287g list.csv --as-of 2025-07-18 --places agencies.csv --unmatched rest.csv
  $ comity authority import-287g list.csv --as-of 2025-07-18 --places agencies.csv --aliases aliases.csv --confirm DIGEST`;

async function importList(file: string, options: ImportOptions, cli: Cli): Promise<ExitCode> {
  const text = await readInput(file);
  const rows = listIn(text, file);
  const door = await AuthorityDoor.open(options, cli);
  const details: JsonObject = {
    list: deflateSync(Buffer.from(text), { level: 9 }).toString('base64url'),
    as_of: options.asOf,
    aliases: options.aliases === undefined ? [] : await aliasesIn(options.aliases),
    places: options.places === undefined ? [] : placesFor(rows, await readInput(options.places), options.places),
    ...(options.confirm !== undefined && { confirm: options.confirm }),
  };
  const { result } = await door.act(options, { kind: 'import-287g', subject: door.id, details });
  if (options.unmatched !== undefined) await writeUnmatched(options.unmatched, objectsIn(result, 'rows'));
  if (options.json === true) printJson(cli.terminal, result);
  else describe(result, options, cli);
  return options.confirm === undefined ? EXIT.pending : EXIT.ok;
}

function describe(result: JsonObject, options: ImportOptions, cli: Cli): void {
  const { terminal } = cli;
  const rows = objectsIn(result, 'rows');
  const of = (outcome: string) => rows.filter((row) => textIn(row, 'outcome') === outcome);
  for (const [outcome, style, text] of [
    ['matched', good, 'on the list'],
    ['unsure', warn, 'perhaps on the list: a person has to look'],
    ['malformed', bad, 'cannot be read'],
  ] as const) {
    const found = of(outcome);
    terminal.out([style(outcome.padEnd(14)), found.length === 0 ? '0' : `${found.length}  ${text}`]);
    if (found.length === 0) continue;
    for (const line of table(['line', 'state', 'as listed', 'model', 'why'], found.map(cellsOf), '  '))
      terminal.out(line);
  }
  for (const outcome of ['not_enrolled', 'unmatched']) {
    terminal.out([bold(outcome.padEnd(14)), String(of(outcome).length)]);
  }
  if (options.unmatched === undefined)
    terminal.out('  --unmatched FILE writes the lines of both, for somebody to look at');
  const changes = objectsIn(result, 'effects').length;
  terminal.out([bold('changes'.padEnd(14)), String(changes)]);
  for (const effect of objectsIn(result, 'effects')) {
    const { issue } = effect;
    const revoked = textsIn(effect, 'revoke').map((type) => `revoke ${type.split('/').slice(-2, -1).join('')}`);
    const done = [...revoked, ...(typeof issue === 'string' ? [`issue ${issue}`] : [])].join(', ');
    terminal.out(`  ${textIn(effect, 'subject')}: ${done} (${textIn(effect, 'why')})`);
  }
  for (const subject of textsIn(result, 'no_longer_listed')) {
    terminal.out(`  ${subject}: not listed any more; two persons may attest that it has no agreement`);
  }
  const digest = textIn(result, 'digest');
  if (options.confirm === undefined) {
    terminal.out([warn('nothing has changed'), ': to do this, and nothing else, add']);
    terminal.out(`  --confirm ${digest}`);
  } else terminal.out([good('done'), `: ${digest}; every line is in the register`]);
}

function cellsOf(row: JsonObject): string[] {
  const line = row['line'];
  return [
    typeof line === 'number' ? String(line) : '',
    textIn(row, 'state'),
    textIn(row, 'agency'),
    textIn(row, 'model'),
    textIn(row, 'why'),
  ];
}

/** Of the places those alone that a line speaks of: what is sent is small, and the same list gives the same digest. */
function placesFor(rows: readonly AgreementRow[], text: string, file: string): [string, string, string][] {
  const spoken = new Set(
    rows.flatMap(({ state, agency, county }) =>
      [agency, county ?? ''].map((name) => `${state ?? ''} ${comparableName(name).place}`),
    ),
  );
  const places = csvIn(text, file, ['state', 'geo_name', 'fips']).flatMap((row): [string, string, string][] => {
    const state = usState((row['state'] ?? '').trim());
    const [name, fips] = [(row['geo_name'] ?? '').trim(), (row['fips'] ?? '').trim()];
    const known = state !== undefined && name !== '' && /^\d{5}(\d\d)?$/.test(fips);
    return known && spoken.has(`${state} ${comparableName(name).place}`) ? [[state, name, fips]] : [];
  });
  const unique = new Map(places.map((place) => [place.join('\0'), place]));
  return [...unique.keys()].toSorted().flatMap((key) => [unique.get(key) ?? []].filter((place) => place.length === 3));
}

async function aliasesIn(file: string): Promise<[string, string, string | null][]> {
  return csvIn(await readInput(file), file, ['state', 'agency', 'ori']).map((row, index) => {
    const state = usState((row['state'] ?? '').trim());
    const [agency, ori] = [(row['agency'] ?? '').trim(), (row['ori'] ?? '').trim().toUpperCase()];
    if (state === undefined || agency === '' || !/^([A-Z0-9]{9})?$/.test(ori)) {
      throw new CliError('usage', `\`${file}\`: entry ${index + 1} is no alias`, {
        remedy: 'columns state, agency, ori; an empty ORI says that it is nobody who is enrolled',
      });
    }
    return [state, agency, ori === '' ? null : ori];
  });
}

function csvIn(text: string, file: string, columns: readonly string[]): Record<string, string>[] {
  const remedy = `a CSV in UTF-8 with the columns ${columns.join(', ')}`;
  let headings: string[] = [];
  let rows: Record<string, string>[];
  try {
    rows = parse(text, {
      bom: true,
      columns: (heading: string[]) => (headings = heading.map((name) => name.trim())),
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (cause) {
    // Its own text repeats what stands in the file.
    throw new CliError('usage', `\`${file}\` is no CSV that can be read`, { remedy }, { cause });
  }
  const missing = columns.filter((name) => !headings.includes(name));
  if (missing.length > 0) throw new CliError('usage', `\`${file}\` has no column ${missing.join(', ')}`, { remedy });
  return rows;
}

function listIn(text: string, file: string): AgreementRow[] {
  try {
    return parseAgreementList(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'no list';
    throw new CliError('usage', `\`${file}\`: ${why}`, { remedy: LIST_REMEDY }, { cause });
  }
}

/** For the person who reviews: what was not matched, in the columns of the aliases file and with the reason. */
async function writeUnmatched(file: string, rows: readonly JsonObject[]): Promise<void> {
  const lines = rows
    .filter((row) => textIn(row, 'outcome') !== 'matched')
    .map((row) => ['state', 'agency', 'model', 'outcome', 'why'].map((member) => cell(textIn(row, member))).join(','));
  const found = ['state,agency,model,outcome,why', ...lines].join('\n');
  await writeFile(file, `${found}\n`, { flag: 'w' }).catch((cause: unknown) => {
    throw new CliError('usage', `\`${file}\` cannot be written`, {}, { cause });
  });
}

/** A spreadsheet must not take an agency's name for a formula (W21). */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function day(text: string): string {
  if (calendarDay(text) !== undefined) return text;
  throw new InvalidArgumentError('A day of the calendar looks like 2025-07-18.');
}
