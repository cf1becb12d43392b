import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { JsonObject } from '#protocol';
import { CliError } from '../cli-error.js';
import { COURT_FILES, courtKey, openCourt } from '../court-folder.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';
import { untilStopped } from '../until-stopped.js';
import { addCourtIssue } from './court-issue.js';

interface InitOptions extends OutputOptions {
  readonly entity: string;
  readonly name: string;
  readonly superior: string;
  readonly role: 'court' | 'prosecutor';
  readonly class: readonly string[];
  readonly until: string;
}

interface ServeOptions {
  readonly host: string;
  readonly port: number;
}

/** A court or prosecutor signs process for agencies, takes it back, and publishes what it took back. */
export function addCourt(program: Command, cli: Cli): void {
  const court = program
    .command('court')
    .description('sign orders and warrants that owners believe, and take them back')
    .addHelpText('after', HELP);
  withJson(court.command('init').description('make the keys of a court, and its request to be enrolled'))
    .argument('<directory>', 'new folder for all of it')
    .requiredOption('--entity <id>', 'entity id of the court, which is its public address', agencyUrl)
    .requiredOption('--name <text>', 'name of the court')
    .requiredOption('--superior <id>', 'entity id of the authority that is to enrol it', agencyUrl)
    .requiredOption('--until <instant>', 'end of the enrolment, 400 days ahead at most')
    .addOption(new Option('--role <role>').choices(['court', 'prosecutor']).default('court'))
    .addOption(
      new Option('--class <class...>', 'what it signs; of a court: court-order and warrant when left out')
        .choices(['sworn-statement', 'court-order', 'warrant'])
        .default([]),
    )
    .action(async (directory: string, options: InitOptions) => cli.exit(await initialise(directory, options, cli)));
  addCourtIssue(court, cli);
  court
    .command('serve')
    .description('publish who the court is and what it took back, for as long as it runs')
    .argument('<directory>', 'of `comity court init`; the key that signs process need not be there')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .addOption(new Option('--port <port>', 'where it listens').argParser(port).default(4910))
    .action((directory: string, options: ServeOptions) => serve(directory, options, cli));
}

const HELP = `
A court has two keys. process.jwk signs orders and warrants and can stay with the judge, away from any network; its public
half is stated by the authority that enrols the court. federation.jwk signs what the server publishes: whoever steals it
can take nothing on as a warrant. While the server is away for 40 s, nobody believes what the court issued.

Examples:
  $ comity court init ./court --entity https://court.example --name "Circuit Court of Juniper County" \\
      --superior https://authority.example/jurisdictions/or --until 2027-11-01T00:00:00Z
  $ comity authority enrol --authority https://authority.example/jurisdictions/or --entity https://court.example \\
      --federation-key court/federation.jwk --request court/enrolment-request.json
  $ comity court serve ./court --port 4910
  $ comity court sign ./court --for https://node.agency.example --file warrant.json --out warrant.jwt
  $ comity court revoke ./court --index 0 --reason "quashed"
  $ comity court status ./court`;

async function initialise(directory: string, options: InitOptions, cli: Cli): Promise<ExitCode> {
  const { entity, name, superior, role, until } = options;
  const ofRole = role === 'court' ? ['court-order', 'warrant'] : ['sworn-statement'];
  const classes = options.class.length === 0 ? ofRole : [...options.class];
  if (role === 'prosecutor' && classes.some((each) => each !== 'sworn-statement')) {
    throw new CliError('usage', 'a prosecutor is no judge', { remedy: 'a prosecutor signs sworn statements alone' });
  }
  const { generatePrivateJwk, writeKeyFile } = await import('#protocol/io');
  await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
    throw new CliError('usage', `\`${directory}\` cannot be made: it exists, or its place does not`, {}, { cause });
  });
  await writeKeyFile(join(directory, COURT_FILES.federationKey), await generatePrivateJwk('sig'));
  const processJwk = await generatePrivateJwk('sig');
  await writeKeyFile(join(directory, COURT_FILES.processKey), processJwk);
  const { d: _, ...published } = processJwk;
  const process = { classes, jurisdictions: [superior], jwks: { keys: [published] } };
  await writeJson(join(directory, COURT_FILES.court), { entity_id: entity, name, superior });
  const request = { entity_type: 'federation_entity', name, role, process, expires_at: until };
  await writeJson(join(directory, COURT_FILES.request), request);
  if (options.json === true) printJson(cli.terminal, { directory, request });
  else {
    cli.terminal.out([bold('made        '), directory]);
    cli.terminal.out(`${COURT_FILES.processKey.padEnd(24)} signs orders and warrants: the judge's`);
    cli.terminal.out(`${COURT_FILES.federationKey.padEnd(24)} signs what the server publishes`);
    cli.terminal.out(`${COURT_FILES.request.padEnd(24)} for comity authority enrol`);
  }
  return EXIT.ok;
}

async function serve(directory: string, options: ServeOptions, cli: Cli): Promise<void> {
  const court = await openCourt(directory);
  const [{ startCourt }, { systemClock }] = await Promise.all([
    import('../../../court/src/start-court.js'),
    import('#protocol/io'),
  ]);
  const { entityId, name, superior, issued } = court;
  const identity = { entityId, name, superior, federationKey: await courtKey(court, 'federationKey') };
  const running = await startCourt({ identity, issued, host: options.host, port: options.port, clock: systemClock });
  cli.terminal.out(`court       ${entityId}`);
  cli.terminal.out(`listens     ${running.url}`);
  await untilStopped();
  await running.close();
}

async function writeJson(path: string, value: JsonObject): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('A port.');
}
