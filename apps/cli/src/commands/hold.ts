import { InvalidArgumentError, Option, type Command } from 'commander';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HOLD_BASES } from '#reads';
import { encodeBase64url, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { instantOption } from '../instant-option.js';
import { printJson } from '../json-output.js';
import { objectsIn, textIn } from '../json-reading.js';
import { agencyUrl, digestText, signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table, type Cell } from '../table.js';
import { bold } from '../terminal.js';

interface PlaceOptions extends SessionOptions {
  readonly basis: string;
  readonly statute: string;
  readonly case: string;
  readonly sworn?: string;
  readonly swornBy?: string;
  readonly plate?: readonly string[];
  readonly device?: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly releaseOwner?: string;
  readonly release?: string;
}

interface RenewOptions extends SessionOptions {
  readonly sworn?: string;
}

interface ReadsOptions extends SessionOptions {
  readonly case: string;
}

export function addHold(program: Command, cli: Cli): void {
  const hold = program
    .command('hold')
    .description('preserve reads beyond their limit: by statute, for a time, by two persons');
  addPlace(hold, cli);
  const list = hold
    .command('list')
    .description('holds, the open ones first')
    .action(async (options: SessionOptions) => cli.exit(await showHolds(options, cli)));
  withSession(list);
  const renew = hold
    .command('renew')
    .description('propose another time of its statute')
    .argument('<hold>', 'the hold', holdId)
    .option('--sworn <file>', 'the new sworn statement or order; its digest is sent, the document stays with you')
    .action(async (id: string, options: RenewOptions) => {
      const body = options.sworn === undefined ? {} : { sworn_digest: await digestOfFile(options.sworn) };
      cli.exit(await act(`/holds/${id}/renewal`, body, options, cli));
    });
  withSession(renew);
  const release = hold
    .command('release')
    .description('propose to give up what is kept; whoever placed a hold that is not confirmed takes it back')
    .argument('<hold>', 'the hold', holdId)
    .action(async (id: string, options: SessionOptions) =>
      cli.exit(await act(`/holds/${id}/release`, undefined, options, cli)),
    );
  withSession(release);
  const confirm = hold
    .command('confirm')
    .description('as a second person: let it be placed, renewed or released')
    .argument('<hold>', 'the hold', holdId)
    .addOption(new Option('--act <act>', 'what waits').choices(['place', 'renew', 'release']).makeOptionMandatory())
    .action(async (id: string, options: SessionOptions & { act: string }) =>
      cli.exit(await act(`/holds/${id}/confirmation/${options.act}`, undefined, options, cli)),
    );
  withSession(confirm);
  const reads = hold
    .command('reads')
    .description('what it preserves, for its case; that you read it is logged first')
    .argument('<hold>', 'the hold', holdId)
    .requiredOption('--case <number>', 'the case that it was placed for')
    .action(async (id: string, options: ReadsOptions) => cli.exit(await showReads(id, options, cli)));
  withSession(reads);
}

function addPlace(hold: Command, cli: Cli): void {
  const place = hold
    .command('place')
    .description('preserve at once, for three days; longer once a second person has confirmed it')
    .addOption(new Option('--basis <basis>', 'on whose behalf').choices(HOLD_BASES).makeOptionMandatory())
    .requiredOption('--statute <code>', 'the statute, as your node is configured with it')
    .requiredOption('--case <number>', 'the case; what is held is read for it alone')
    .option('--sworn <file>', 'the sworn statement or order; its digest is sent, the document stays with you')
    .option('--sworn-by <who>', 'who swore or ordered it')
    .option('--plate <plate...>', 'plates, literally')
    .option('--device <name...>', 'cameras')
    .option('--from <instant>', 'first instant, with its offset', instantOption)
    .option('--until <instant>', 'the instant at which the window ends', instantOption)
    .option('--release-owner <entity>', 'in place of these: the owner of a release that may be called back', agencyUrl)
    .addOption(new Option('--release <digest>', 'and the digest of its receipt').argParser(digestText))
    .addHelpText('after', HELP)
    .action(async (options: PlaceOptions) => cli.exit(await placeHold(options, cli)));
  withSession(place);
}

const HELP = `
What a hold preserves is found in no query once it is past its limit: comity hold reads is its one door.

Examples:
  $ comity hold place --basis prosecution --statute nc-20-183.32 --case 26-01234 --sworn affidavit.pdf --sworn-by "Deputy Lane" \\
      --plate 7ABC123 --from 2026-11-01T00:00:00-05:00 --until 2026-11-08T00:00:00-05:00 --as officer
  $ comity hold confirm HOLD --act place --as supervisor`;

/** What belongs together, and what a hold is on: said before anything is sent, all at once. */
function requireWhole({ sworn, swornBy, plate, device, from, until, releaseOwner, release }: PlaceOptions): void {
  const ofReads = [plate, device, from, until].some((each) => each !== undefined);
  const ofRelease = releaseOwner !== undefined || release !== undefined;
  const wrong = [
    ...((sworn === undefined) === (swornBy === undefined) ? [] : ['--sworn and --sworn-by go together']),
    ...(ofRelease && (releaseOwner === undefined || release === undefined)
      ? ['--release and --release-owner go together']
      : []),
    ...(ofReads && ofRelease ? ['a hold is on reads of your own or on one release'] : []),
    ...(ofRelease || plate !== undefined || device !== undefined ? [] : ['a hold names a --plate or a --device']),
    ...(ofRelease || (from !== undefined && until !== undefined) ? [] : ['a hold has a window: --from and --until']),
  ];
  if (wrong.length > 0) throw new CliError('usage', wrong.join('; '), { remedy: 'comity hold place --help' });
}

async function placeHold(options: PlaceOptions, cli: Cli): Promise<ExitCode> {
  requireWhole(options);
  const body: Record<string, JsonValue | undefined> = {
    basis: options.basis,
    statute: options.statute,
    case_number: options.case,
    sworn_digest: options.sworn === undefined ? undefined : await digestOfFile(options.sworn),
    sworn_by: options.swornBy,
    plates: options.plate === undefined ? undefined : [...options.plate],
    devices: options.device === undefined ? undefined : [...options.device],
    from: options.from,
    until: options.until,
    release_owner: options.releaseOwner,
    release_digest: options.release,
  };
  const stated = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as JsonObject;
  return act('/holds', stated, options, cli);
}

async function act(path: string, body: JsonObject | undefined, options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const hold = await (await signedIn(options, cli)).post(path, body);
  if (options.json === true) {
    printJson(cli.terminal, hold);
    return EXIT.ok;
  }
  cli.terminal.out([bold('hold     '), textIn(hold, 'hold')]);
  cli.terminal.out([bold('state    '), stateOf(hold)]);
  cli.terminal.out([bold('keeps    '), `until ${textIn(hold, 'expires_at')}`]);
  return EXIT.ok;
}

async function showHolds(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).get('/holds');
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return EXIT.ok;
  }
  const holds = objectsIn(answer, 'holds');
  const rows = holds.map((hold): Cell[] => [
    textIn(hold, 'hold'),
    textIn(hold, 'basis'),
    textIn(hold, 'statute'),
    stateOf(hold),
    `${textIn(hold, 'expires_at').slice(0, 19)}Z`,
  ]);
  if (rows.length === 0) cli.terminal.out('there is no hold');
  else for (const line of table(['hold', 'basis', 'statute', 'state', 'keeps until'], rows)) cli.terminal.out(line);
  return EXIT.ok;
}

async function showReads(id: string, options: ReadsOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).post(`/holds/${id}/reads`, { case_number: options.case });
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return EXIT.ok;
  }
  const rows = objectsIn(answer, 'reads').map((read): Cell[] =>
    ['plate', 'plate_state', 'seen_at', 'device'].map((member) => {
      const value = read[member];
      return typeof value === 'string' ? value : '';
    }),
  );
  if (rows.length === 0) cli.terminal.out('nothing is kept under it');
  else for (const line of table(['plate', 'state', 'seen at', 'camera'], rows)) cli.terminal.out(line);
  return EXIT.ok;
}

function stateOf(hold: JsonObject): string {
  const waits = hold['waits_for'];
  return `${textIn(hold, 'state')}${typeof waits === 'string' ? `, waits for a second person to ${waits} it` : ''}`;
}

async function digestOfFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CliError('usage', `the file \`${path}\` cannot be read`, { remedy: 'check its name' }, { cause });
  });
  if (bytes.length === 0) {
    throw new CliError('usage', `the file \`${path}\` is empty`, { remedy: 'name the document that was sworn' });
  }
  return encodeBase64url(createHash('sha256').update(bytes).digest());
}

function holdId(text: string): string {
  if (/^[A-Za-z0-9_-]{16,64}$/.test(text)) return text;
  throw new InvalidArgumentError('A hold has 16 letters, digits, dashes and underscores or more.');
}
