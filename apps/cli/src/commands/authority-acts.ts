import { Option, type Command } from 'commander';
import { isJsonObject, type JsonObject } from '#protocol';
import { ASSURANCE_LEVELS } from '../../../authority/src/acts/act-shapes.js';
import { type ActKind } from '../../../authority/src/acts/authority-act.js';
import { AuthorityDoor, withPerson, type ActAnswer, type PersonOptions } from '../authority-door.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { agencyUrl, digestText } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';

const ATTEST_HELP = `
The law of a jurisdiction names in "binds" the classes of agencies that it reaches; a fact about one agency has no "binds". The
protections and their levels are in docs/vocabulary.md; \`comity law\` prints how the law of each legal order is read.

  { "protection": "retention", "level": "days-30", "basis": "statute", "statute": "OR SB 1516 (2026) §§ 3-11",
    "effective_from": "2026-03-31T00:00:00-07:00", "effective_until": null, "binds": ["municipal-police"] }

Exit code: 5 proposed, and another person has to confirm it; 2 the file is not in its form.

Example:
  $ comity authority attest https://authority.example/jurisdictions/or --file retention.json`;

const REVOKE_HELP = `
It is over for good; two persons may attest anew. \`comity trust explain ENTITY --json\` has the types of the marks in force.

Example:
  $ comity authority revoke https://node.agency.example \\
      --mark-type https://authority.example/protections/agreement-287g/none/1 --reason "the federal list names it"`;

const RESTATE_HELP = `
Whole: begin with what \`comity authority stated ENTITY\` prints. What the entity is known and checked by (name, class, ORI, role, scope,
process, ledger) is stated again or otherwise; a list of "access" that is left out counts as the worst.

  { "name": "Cedar Hollow Police", "agency_class": "municipal-police", "ori": "OR0990300", "fips": "4111111",
    "ledger": { "origin": "node.cedar.example/ledger", "vkey": "node.cedar.example/ledger+1a2b3c4d+AbC..." },
    "access": { "controlling_bodies": [], "agreement_287g": "none", "shared_centres": [], "shared_sign_ins": [],
      "task_forces": [{ "name": "Cedar Task Force", "parties": [{ "name": "Homeland Security Investigations" }] }] } }

Example:
  $ comity authority stated https://node.cedar.example > stated.json
  $ comity authority restate https://node.cedar.example --file stated.json --reason "a task force was founded"`;

const VET_HELP = `
Of two approvals the lower assurance is published; one refusal ends the request. The finding is public.

Examples:
  $ comity authority vet REQUEST --approve --assurance documents-and-visit --finding "charter and roster seen, called back"
  $ comity authority vet REQUEST --refuse --finding "nobody at that number knows of it"`;

const REASON = '--reason <text>';
const WHY = 'why: everybody reads it, so no name of a person and no plate';

/** One command for each kind of act; what each takes is in its options. */
export function addAuthorityActs(authority: Command, cli: Cli): void {
  const reasoned: readonly (readonly [ActKind, string])[] = [
    ['suspend', 'suspend an entity: it is refused everywhere within a minute'],
    ['reinstate', 'propose to lift a suspension'],
    ['withdraw', 'end an enrolment for good; its history stays'],
  ];
  for (const [kind, description] of reasoned) {
    withPerson(authority.command(kind).description(description).argument('<entity>', 'entity id', agencyUrl))
      .requiredOption(REASON, WHY)
      .action((subject: string, options: PersonOptions & { reason: string }) =>
        send(cli, options, { kind, subject, details: { reason: options.reason } }),
      );
  }
  addMarks(authority, cli);
  addKeys(authority, cli);
  addDecisions(authority, cli);
}

function addMarks(authority: Command, cli: Cli): void {
  withPerson(authority.command('attest').description('propose to attest a protection; another person confirms'))
    .argument('<entity>', 'whom it binds: the jurisdiction itself for its law', agencyUrl)
    .requiredOption(
      '--file <protection.json>',
      'protection, level, basis, statute, effective_from, effective_until ...',
    )
    .addHelpText('after', ATTEST_HELP)
    .action(async (subject: string, options: PersonOptions & { file: string }) =>
      send(cli, options, { kind: 'attest', subject, details: { protection: await objectIn(options.file) } }),
    );
  withPerson(authority.command('revoke').description('revoke a mark: it counts nowhere within a minute'))
    .argument('<entity>', 'entity id', agencyUrl)
    .requiredOption('--mark-type <url>', 'type of the mark')
    .requiredOption(REASON, WHY)
    .addHelpText('after', REVOKE_HELP)
    .action((subject: string, options: PersonOptions & { markType: string; reason: string }) =>
      send(cli, options, {
        kind: 'revoke-mark',
        subject,
        details: { mark_type: options.markType, reason: options.reason },
      }),
    );
  withPerson(authority.command('restate').description('propose what is stated about an entity from now on, whole'))
    .argument('<entity>', 'entity id', agencyUrl)
    .requiredOption('--file <stated.json>', 'name, class, ORI, access, scope, ledger')
    .requiredOption(REASON, WHY)
    .addHelpText('after', RESTATE_HELP)
    .action(async (subject: string, options: PersonOptions & { file: string; reason: string }) =>
      send(cli, options, {
        kind: 'restate',
        subject,
        details: { stated: await objectIn(options.file), reason: options.reason },
      }),
    );
}

function addKeys(authority: Command, cli: Cli): void {
  const reasons = ['compromised', 'superseded', 'unspecified'];
  withPerson(authority.command('withdraw-key').description('stop believing a key of an entity from now on'))
    .argument('<entity>', 'entity id', agencyUrl)
    .requiredOption('--kid <thumbprint>', 'the key', digestText)
    .addOption(
      new Option('--reason <reason>', 'as the historical keys will say').choices(reasons).makeOptionMandatory(),
    )
    .action((subject: string, { kid, reason, ...options }: PersonOptions & { kid: string; reason: string }) =>
      send(cli, options, { kind: 'withdraw-key', subject, details: { kid, reason } }),
    );
  withPerson(authority.command('add-person').description('propose a person who may act; another one confirms'))
    .argument('<name>', 'lower-case letters, digits and dashes')
    .requiredOption('--public-key <file>', 'their public JWK, as they handed it over')
    .action(async (name: string, options: PersonOptions & { publicKey: string }) => {
      const door = await AuthorityDoor.open(options, cli);
      const details = { name, jwk: await objectIn(options.publicKey) };
      await answerWith(cli, options, await door.act(options, { kind: 'add-person', subject: door.anchor, details }));
    });
  withPerson(authority.command('withdraw-person').description('propose that a person acts no more'))
    .argument('<name>', 'as `GET /authority/people` of the anchor lists them')
    .requiredOption(REASON, WHY)
    .action(async (name: string, options: PersonOptions & { reason: string }) => {
      const door = await AuthorityDoor.open(options, cli);
      const details = { name, reason: options.reason };
      await answerWith(
        cli,
        options,
        await door.act(options, { kind: 'withdraw-person', subject: door.anchor, details }),
      );
    });
}

function addDecisions(authority: Command, cli: Cli): void {
  for (const [kind, description] of [
    ['confirm', 'do what another person proposed'],
    ['refuse', 'end what another person proposed'],
  ] as const) {
    withPerson(authority.command(kind).description(description))
      .argument('<act>', 'digest of the proposal', digestText)
      .action(async (act: string, options: PersonOptions) => {
        const door = await AuthorityDoor.open(options, cli);
        await answerWith(cli, options, await door.act(options, { kind, subject: door.id, details: { act } }));
      });
  }
  withPerson(authority.command('vet').description('say what you found about a request for enrolment; it takes two'))
    .argument('<request>', 'digest of the request', digestText)
    .option('--approve', 'it is who it says it is')
    .option('--refuse', 'it is not: ends the request')
    .addOption(new Option('--assurance <level>', 'how well you looked').choices(ASSURANCE_LEVELS))
    .requiredOption('--finding <text>', 'what you looked at')
    .addHelpText('after', VET_HELP)
    .action(async (request: string, options: VetOptions) => cli.exit(await vet(request, options, cli)));
}

interface VetOptions extends PersonOptions {
  readonly approve?: boolean;
  readonly refuse?: boolean;
  readonly assurance?: string;
  readonly finding: string;
}

async function vet(request: string, options: VetOptions, cli: Cli): Promise<ExitCode> {
  const { approve = false, refuse = false, assurance, finding } = options;
  if (approve === refuse || approve !== (assurance !== undefined)) {
    throw new CliError('usage', 'either --approve with --assurance, or --refuse');
  }
  const door = await AuthorityDoor.open(options, cli);
  const verdict = approve ? 'approve' : 'refuse';
  const details = { request, verdict, finding, ...(assurance !== undefined && { assurance }) };
  await answerWith(cli, options, await door.act(options, { kind: 'vet', subject: door.id, details }));
  return EXIT.ok;
}

async function send(
  cli: Cli,
  options: PersonOptions,
  act: { readonly kind: ActKind; readonly subject: string; readonly details: JsonObject },
): Promise<void> {
  const door = await AuthorityDoor.open(options, cli);
  await answerWith(cli, options, await door.act(options, act));
}

async function answerWith(cli: Cli, options: PersonOptions, answer: ActAnswer): Promise<void> {
  const { state, act, result } = answer;
  if (options.json === true) printJson(cli.terminal, { state, act, result });
  else if (state === 'proposed') {
    cli.terminal.out([bold('proposed    '), act]);
    cli.terminal.out('nothing has changed; it is done when another person confirms it:');
    cli.terminal.out(`  comity authority confirm ${act} --person OTHER --key FILE`);
  } else {
    cli.terminal.out([bold('done        '), act]);
    for (const [name, value] of Object.entries(result)) {
      if (typeof value !== 'object') cli.terminal.out(`${name.padEnd(12)}${String(value)}`);
    }
  }
  cli.exit(state === 'proposed' ? EXIT.pending : EXIT.ok);
}

async function objectIn(file: string): Promise<JsonObject> {
  const value = await readJsonInput(file);
  if (isJsonObject(value)) return value;
  throw new CliError('usage', `\`${file}\` is not one JSON object`);
}
