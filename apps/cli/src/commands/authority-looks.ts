import { Option, type Command } from 'commander';
import { keySetFrom, type JsonObject } from '#protocol';
import {
  COMITY_ENTITY_TYPES,
  parseSubordinateStatement,
  statusAt,
  TrustError,
  verifyEventFeed,
  verifyStatusList,
  type Status,
  type VerifiedEvent,
} from '#trust';
import { AuthorityDoor, withAuthority, type AuthorityOptions } from '../authority-door.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { objectsIn, optionalText, textIn, textsIn } from '../json-reading.js';
import { agencyUrl } from '../options.js';
import type { Cli } from '../ports.js';
import { table } from '../table.js';
import { bad, bold, dim, good } from '../terminal.js';

interface ListOptions extends AuthorityOptions {
  readonly waiting?: boolean;
  readonly type?: string;
}

/** What everybody may see, checked with the keys that the authority publishes. */
export function addAuthorityLooks(authority: Command, cli: Cli): void {
  withAuthority(authority.command('list').description('who is enrolled; with --waiting what waits for a person'))
    .option('--waiting', 'requests for enrolment, and proposals that wait for a second person')
    .addOption(new Option('--type <type>', 'of this entity type alone').choices(TYPES))
    .addHelpText('after', LIST_HELP)
    .action(async (options: ListOptions) => cli.exit(await list(options, cli)));
  withAuthority(authority.command('status').description('what the signed status list says now'))
    .argument('<entity>', 'entity id', agencyUrl)
    .addHelpText('after', STATUS_HELP)
    .action(async (entity: string, options: AuthorityOptions) => cli.exit(await status(entity, options, cli)));
  withAuthority(authority.command('stated').description('what is stated about an entity now, as a file for `restate`'))
    .argument('<entity>', 'entity id', agencyUrl)
    .addHelpText('after', STATED_HELP)
    .action(async (entity: string, options: AuthorityOptions) => cli.exit(await stated(entity, options, cli)));
  withAuthority(authority.command('events').description('every change, from the signed feed; verified'))
    .option('--after <number>', 'events after this one', '0')
    .addHelpText('after', EVENTS_HELP)
    .action(async (options: AuthorityOptions & { after: string }) => cli.exit(await events(options, cli)));
}

const TYPES = [...COMITY_ENTITY_TYPES, 'federation_entity'];

const LIST_HELP = `
Courts and prosecutors are of the type federation_entity.

Examples:
  $ comity authority list --type comity_agency
  $ comity authority list --waiting`;

const STATUS_HELP = `
Reads the signed list of the authority that enrolled the entity, which every node reads too, and checks its signature and age.

Exit code: 0 valid, 3 suspended or revoked, 1 not enrolled there, 6 the list does not verify, 7 the authority cannot be reached.

Example:
  $ comity authority status https://node.agency.example --authority https://authority.example/jurisdictions/or`;

const STATED_HELP = `
Prints JSON, with --json or without: save it, change it, and propose it. How well the entity was vetted is not part of it.

Example:
  $ comity authority stated https://node.agency.example > stated.json
  $ comity authority restate https://node.agency.example --file stated.json --reason "a task force was founded"`;

const EVENTS_HELP = `
Always read from the first event: each names the digest of the one before, so that none is left out or changed unseen.

Exit code: 0 every event verifies, 6 the feed does not verify, 7 the authority cannot be reached.

Examples:
  $ comity authority events
  $ comity authority events --after 120 --json`;

async function list(options: ListOptions, cli: Cli): Promise<ExitCode> {
  const door = await AuthorityDoor.open(options, cli);
  return options.waiting === true ? waiting(door, options, cli) : enrolled(door, options, cli);
}

async function enrolled(door: AuthorityDoor, options: ListOptions, cli: Cli): Promise<ExitCode> {
  const names: string[] = [];
  for (let from: string | undefined, first = true; first || from !== undefined; first = false) {
    const query = new URLSearchParams({
      limit: '1000',
      ...(options.type !== undefined && { entity_type: options.type }),
      ...(from !== undefined && { from_entity_id: from }),
    });
    const page = await door.get(`/federation/extended-list?${query.toString()}`);
    names.push(...objectsIn(page, 'immediate_subordinate_entities').map((entry) => textIn(entry, 'id')));
    from = optionalText(page, 'next_entity_id');
  }
  if (options.json === true) printJson(cli.terminal, { authority: door.id, entities: names });
  else if (names.length === 0) cli.terminal.out(`nobody is enrolled by ${door.id}`);
  else names.forEach((name) => cli.terminal.out(name));
  return EXIT.ok;
}

async function waiting(door: AuthorityDoor, options: ListOptions, cli: Cli): Promise<ExitCode> {
  const requests = objectsIn(await door.get('/federation/enrolment?state=waiting'), 'requests');
  const acts = objectsIn(await door.getFromAnchor('/authority/acts?state=proposed'), 'acts');
  if (options.json === true) {
    printJson(cli.terminal, { requests, acts });
    return EXIT.ok;
  }
  cli.terminal.out([bold('requests for enrolment')]);
  const ofRequests = requests.map((each) => [
    textIn(each, 'request'),
    textIn(each, 'entity_id'),
    String(objectsIn(each, 'vettings').length),
  ]);
  for (const line of table(['request', 'entity', 'vetted by'], ofRequests, '  ')) cli.terminal.out(line);
  cli.terminal.out([bold('proposals')]);
  const ofActs = acts.map((each) => [
    textIn(each, 'act'),
    textIn(each, 'kind'),
    textIn(each, 'subject'),
    textIn(each, 'person'),
  ]);
  for (const line of table(['act', 'kind', 'about', 'proposed by'], ofActs, '  ')) cli.terminal.out(line);
  return EXIT.ok;
}

async function status(entity: string, options: AuthorityOptions, cli: Cli): Promise<ExitCode> {
  const door = await AuthorityDoor.open(options, cli);
  const now = cli.clock.now();
  const found = await verified(async (): Promise<{ status: Status; index: number; issuedAt: number }> => {
    const keys = await keySetFrom(door.configuration.jwks, 'sig');
    const list = await verifyStatusList({
      token: await door.text('/federation/status-list'),
      issuer: door.id,
      keys,
      now,
    });
    const statement = parseSubordinateStatement(await door.text(`/federation/fetch?sub=${encodeURIComponent(entity)}`));
    if (!statement.status) throw new TrustError('status_unknown', 'the statement names no status');
    return { status: statusAt(list, statement.status, now), index: statement.status.index, issuedAt: list.issuedAt };
  });
  const { index, issuedAt } = found;
  if (options.json === true) {
    printJson(cli.terminal, { entity, status: found.status, index, as_of: new Date(issuedAt).toISOString() });
  } else {
    const shown = found.status === 'valid' ? good('valid') : bad(found.status);
    cli.terminal.out([bold('status      '), shown]);
    cli.terminal.out(`index       ${index} of ${door.id}/federation/status-list`);
    cli.terminal.out(`as of       ${new Date(issuedAt).toISOString()}`);
  }
  return found.status === 'valid' ? EXIT.ok : EXIT.denied;
}

async function stated(entity: string, options: AuthorityOptions, cli: Cli): Promise<ExitCode> {
  const door = await AuthorityDoor.open(options, cli);
  const { metadata } = await verified(async () =>
    parseSubordinateStatement(await door.text(`/federation/fetch?sub=${encodeURIComponent(entity)}`)),
  );
  const [facts = {}] = Object.values(metadata ?? {});
  const { assurance: _assurance, expires_at: _expiresAt, ...statement } = facts;
  printJson(cli.terminal, statement);
  return EXIT.ok;
}

async function events(options: AuthorityOptions & { after: string }, cli: Cli): Promise<ExitCode> {
  if (!/^\d{1,15}$/.test(options.after)) throw new CliError('usage', '--after is the number of an event');
  const door = await AuthorityDoor.open(options, cli);
  const read = await verified(() => readFeed(door, Number(options.after), cli));
  if (options.json === true) {
    printJson(cli.terminal, {
      authority: door.id,
      events: read.map(({ token, ...event }) => documentOf(event, token)),
    });
    return EXIT.ok;
  }
  if (read.length === 0)
    cli.terminal.out(`no event of ${door.id}${options.after === '0' ? '' : ` after ${options.after}`}`);
  for (const { sequence, issuedAt, kind, subject, details } of read) {
    const why = typeof details['reason'] === 'string' ? `  ${details['reason']}` : '';
    const at = new Date(issuedAt).toISOString();
    cli.terminal.out([dim(String(sequence).padStart(5)), `  ${at}  `, bold(kind.padEnd(14)), subject, why]);
  }
  return EXIT.ok;
}

/** From the beginning, because only so is it seen that nothing is missing; `after` leaves out what is shown. */
async function readFeed(door: AuthorityDoor, after: number, cli: Cli): Promise<VerifiedEvent[]> {
  const keys = await keySetFrom(door.configuration.jwks, 'sig');
  const all: VerifiedEvent[] = [];
  for (;;) {
    const last = all.at(-1);
    const page = textsIn(await door.get(`/federation/events?after=${last?.sequence ?? 0}`), 'events');
    if (page.length === 0) return all.filter(({ sequence }) => sequence > after);
    all.push(...(await verifyEventFeed({ tokens: page, last, issuer: door.id, keys, now: cli.clock.now() })));
    cli.terminal.progress(`${all.length} events ...`);
  }
}

function documentOf(event: Omit<VerifiedEvent, 'token'>, token: string): JsonObject {
  const { sequence, issuedAt, kind, subject, details, digest } = event;
  return { sequence, at: new Date(issuedAt).toISOString(), kind, subject, details, digest, token };
}

async function verified<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new CliError('unverified', `${cause.message} (${cause.code})`, { remedy: 'do not rely on it' }, { cause });
  }
}
