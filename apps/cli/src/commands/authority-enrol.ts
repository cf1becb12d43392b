import { Option, type Command } from 'commander';
import { isJsonObject, newIdentifier, ProtocolError, type JsonObject, type SigningKey } from '#protocol';
import { signPossession } from '#trust';
import { AuthorityDoor, withAuthority, type AuthorityOptions } from '../authority-door.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { textIn } from '../json-reading.js';
import { agencyUrl } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';

interface EnrolOptions extends AuthorityOptions {
  readonly entity: string;
  readonly federationKey: string;
  readonly request: string;
}

interface RollOptions extends AuthorityOptions {
  readonly entity: string;
  readonly federationKey: string;
  readonly newKey: string;
}

/** What an applicant and an enrolled entity do for themselves; their keys are their only credential. */
export function addAuthorityEnrol(authority: Command, cli: Cli): void {
  withAuthority(authority.command('enrol').description('ask an authority to enrol your node'))
    .addOption(entityOption())
    .requiredOption('--federation-key <file>', 'its private federation key: to prove that you hold it, and not sent')
    .requiredOption('--request <file>', 'entity_type, name, and what belongs to the type')
    .addHelpText('after', ENROL_HELP)
    .action(async (options: EnrolOptions) => cli.exit(await enrol(options, cli)));
  withAuthority(authority.command('roll-key').description('add a new federation key beside the one that is enrolled'))
    .addOption(entityOption())
    .requiredOption('--federation-key <file>', 'the key that is enrolled')
    .requiredOption('--new-key <file>', 'the one that is to follow it')
    .addHelpText('after', ROLL_HELP)
    .action(async (options: RollOptions) => cli.exit(await rollKey(options, cli)));
}

const ENROL_HELP = `
Two persons of the authority look at the request; until both approve nothing is stated about you. The request is public.

A request of an agency:
  { "entity_type": "comity_agency", "name": "Cedar Hollow Police", "agency_class": "municipal-police", "ori": "OR0990300",
    "fips": "4111111", "access": { "agreement_287g": "none", "task_forces": [], "shared_centres": [],
    "shared_sign_ins": [], "controlling_bodies": [] } }
A list in "access" that is left out counts as the worst: every request of the agency is refused until it is stated. Whoever
comes to what the agency receives stands on its list as { "name": "regional task force", "parties": [{ "entity_id": ID }] }, or
with { "name": NAME } in place of the id where it is enrolled nowhere.
A request of a broker:
  { "entity_type": "comity_broker", "name": "Example broker", "ledger": { "origin": ORIGIN, "vkey": VKEY } }
A request of an auditor (role: oversight, defence or witness):
  { "entity_type": "comity_auditor", "name": "Review board", "role": "oversight", "scope": { "jurisdictions": [ID] },
    "expires_at": "2027-06-30T00:00:00Z" }
A court or prosecutor makes its request with \`comity court init\`.

Exit code: 5 asked, and two persons look at it; 2 the request is not in its form; 7 the authority cannot be reached.

Example:
  $ comity authority enrol --authority https://authority.example/jurisdictions/or --entity https://node.cedar.example \\
      --federation-key keys/federation.jwk --request request.json`;

const ROLL_HELP = `
Prove both keys; the old one stays valid for a day. Then put the new one in place of the old and restart the node.

Example:
  $ comity authority roll-key --authority https://authority.example/jurisdictions/or --entity https://node.cedar.example \\
      --federation-key keys/federation.jwk --new-key keys/federation.next.jwk`;

function entityOption(): Option {
  return new Option('--entity <id>', 'entity id of your node').argParser(agencyUrl).makeOptionMandatory();
}

async function enrol(options: EnrolOptions, cli: Cli): Promise<ExitCode> {
  const door = await AuthorityDoor.open(options, cli);
  const request = await readJsonInput(options.request);
  if (!isJsonObject(request)) throw new CliError('usage', `\`${options.request}\` is not one JSON object`);
  const key = await keyIn(options.federationKey);
  const body = { ...request, ...(await possession(door, options.entity, [key], cli)) };
  const answer = await door.post('/federation/enrolment', body);
  const id = textIn(answer, 'request');
  if (options.json === true) printJson(cli.terminal, answer);
  else {
    cli.terminal.out([bold('request     '), id]);
    cli.terminal.out('two persons of the authority look at it:');
    cli.terminal.out(`  comity authority vet ${id} --approve --assurance LEVEL --finding TEXT`);
  }
  return EXIT.pending;
}

async function rollKey(options: RollOptions, cli: Cli): Promise<ExitCode> {
  const door = await AuthorityDoor.open(options, cli);
  const keys = [await keyIn(options.federationKey), await keyIn(options.newKey)];
  const answer = await door.post('/federation/key-rollover', await possession(door, options.entity, keys, cli));
  const retires = answer['others_retire_at'];
  if (options.json === true) printJson(cli.terminal, answer);
  else {
    const until = typeof retires === 'number' ? new Date(retires * 1_000).toISOString() : 'tomorrow';
    cli.terminal.out([bold('done        '), `the old key is good until ${until}`]);
  }
  return EXIT.ok;
}

async function possession(
  door: AuthorityDoor,
  entityId: string,
  keys: readonly SigningKey[],
  cli: Cli,
): Promise<JsonObject> {
  const { systemRandomness } = await import('#protocol/io');
  const nonce = textIn(await door.get('/federation/challenge'), 'nonce');
  const issuedAt = cli.clock.now();
  const proofs = keys.map((key) =>
    signPossession({ entityId, authority: door.id, nonce, jti: newIdentifier(systemRandomness), issuedAt, key }),
  );
  const jwks = { keys: keys.map(({ publicJwk }) => publicJwk) };
  return { entity_id: entityId, jwks, nonce, proofs: await Promise.all(proofs) };
}

async function keyIn(file: string): Promise<SigningKey> {
  const { readSigningKeyFile } = await import('#protocol/io');
  return readSigningKeyFile(file).catch((cause: unknown) => {
    const why = cause instanceof ProtocolError ? (cause.detail ?? cause.message) : 'it cannot be read';
    const remedy = 'the private JWK that signs your node’s statements, of mode 0600';
    throw new CliError('usage', `\`${file}\` is no key to sign with: ${why}`, { remedy }, { cause });
  });
}
