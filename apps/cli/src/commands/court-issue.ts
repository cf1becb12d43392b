import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { newIdentifier, type JsonObject } from '#protocol';
import { signWarrant } from '#trust';
import type { IssuedProcess } from '../../../court/src/issued-process.js';
import { CliError } from '../cli-error.js';
import { courtKey, openCourt } from '../court-folder.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { PROCESS_FORM, readProcessFile } from '../process-file.js';
import { table } from '../table.js';
import { bold } from '../terminal.js';

interface SignOptions extends OutputOptions {
  readonly for?: string;
  readonly file: string;
  readonly out: string;
}

interface RevokeOptions extends OutputOptions {
  readonly index: number;
  readonly reason: string;
}

export function addCourtIssue(court: Command, cli: Cli): void {
  withJson(court.command('sign').description('sign an order or warrant for one agency'))
    .argument('<directory>', 'of `comity court init`')
    .option('--for <agency>', 'the agency that may use it, by its address; or `agency` in the file', agencyUrl)
    .requiredOption('--file <warrant.json>', 'what it allows, in the form below')
    .requiredOption('--out <warrant.jwt>', 'where the signed document goes; nothing is overwritten')
    .addHelpText('after', SIGN_HELP)
    .action(async (directory: string, options: SignOptions) => cli.exit(await sign(directory, options, cli)));
  withJson(court.command('revoke').description('take an order or warrant back, for good'))
    .argument('<directory>', 'of `comity court init`')
    .requiredOption('--index <number>', 'its number, as `comity court status` shows it', index)
    .requiredOption('--reason <text>', 'why; kept here')
    .addHelpText('after', REVOKE_HELP)
    .action(async (directory: string, options: RevokeOptions) => cli.exit(await revoke(directory, options, cli)));
  withJson(court.command('status').description('what was signed, and whether it holds'))
    .argument('<directory>', 'of `comity court init`')
    .addHelpText('after', STATUS_HELP)
    .action(async (directory: string, options: OutputOptions) => cli.exit(await status(directory, options, cli)));
}

const SIGN_HELP = `
The form of --file:
${PROCESS_FORM}

The agency hands it to comity ask --warrant FILE. It names a case and persons: keep it as you keep the case.

Example:
  $ comity court sign ./court --for https://node.agency.example --file warrant.json --out warrant.jwt`;

const REVOKE_HELP = `
Every owner knows it within seconds of the next look at the court's list, and refuses a request that is under way, too.

Example:
  $ comity court revoke ./court --index 0 --reason "quashed on appeal"`;

const STATUS_HELP = `
Example:
  $ comity court status ./court --json`;

async function sign(directory: string, options: SignOptions, cli: Cli): Promise<ExitCode> {
  const court = await openCourt(directory);
  const { bounds, agency: named } = await readProcessFile(options.file);
  const agency = options.for ?? (named === undefined ? undefined : agencyUrl(named));
  if (agency === undefined) {
    throw new CliError('usage', 'for which agency?', { remedy: '--for ADDRESS, or `agency` in the file' });
  }
  const key = await courtKey(court, 'processKey');
  const { systemRandomness } = await import('#protocol/io');
  const statusIndex = await court.issued.takeIndex();
  const token = await signWarrant({
    issuer: court.entityId,
    jti: newIdentifier(systemRandomness),
    agency,
    bounds,
    issuedAt: cli.clock.now(),
    statusIndex,
    key,
  });
  await court.issued.keep(statusIndex, token);
  await writeFile(options.out, `${token}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    const remedy = `it is signed all the same, under number ${statusIndex}; see comity court status`;
    throw new CliError(
      'usage',
      `\`${options.out}\` cannot be written: it exists, or its folder does not`,
      { remedy },
      { cause },
    );
  });
  if (options.json === true) printJson(cli.terminal, { index: statusIndex, file: options.out });
  else {
    cli.terminal.out([bold('signed      '), options.out]);
    cli.terminal.out(`number      ${statusIndex}, to take it back by`);
  }
  return EXIT.ok;
}

async function revoke(directory: string, options: RevokeOptions, cli: Cli): Promise<ExitCode> {
  const court = await openCourt(directory);
  const issued = await court.issued.list();
  if (!issued.some(({ index: known }) => known === options.index)) {
    throw new CliError('usage', `nothing was issued under number ${options.index}`, {
      remedy: 'comity court status shows the numbers',
    });
  }
  const at = new Date(cli.clock.now()).toISOString();
  const first = await court.issued.revoke(options.index, { at, reason: options.reason });
  if (options.json === true) printJson(cli.terminal, { index: options.index, revoked: true, before: !first });
  else cli.terminal.out(first ? [bold('revoked     '), `number ${options.index}`] : 'it was taken back before');
  return EXIT.ok;
}

async function status(directory: string, options: OutputOptions, cli: Cli): Promise<ExitCode> {
  const issued = await (await openCourt(directory)).issued.list();
  const now = cli.clock.now();
  if (options.json === true) {
    printJson(cli.terminal, { issued: issued.map((each): JsonObject => shown(each, now)) });
    return EXIT.ok;
  }
  const rows = issued.map((each) => {
    const { index: number, class: name, agency, docket, valid_until: until, state } = shown(each, now);
    return [String(number), name, agency, docket, until, state];
  });
  const headers = ['number', 'class', 'agency', 'docket', 'valid until', 'state'];
  for (const line of table(headers, rows, '')) cli.terminal.out(line);
  return EXIT.ok;
}

function shown({ index: number, warrant, revoked }: IssuedProcess, now: number) {
  const { bounds, agency, digest } = warrant;
  const early = now < bounds.validFrom;
  const inTime = early ? 'not valid yet' : now < bounds.validUntil ? 'valid' : 'over';
  return {
    index: number,
    digest,
    class: bounds.class as string,
    agency,
    docket: bounds.docket,
    valid_until: new Date(bounds.validUntil).toISOString(),
    state: revoked === undefined ? inTime : `revoked: ${revoked.reason}`,
  };
}

function index(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number, as `comity court status` shows it.');
}
