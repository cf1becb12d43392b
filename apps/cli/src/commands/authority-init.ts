import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { isJsonObject, keySetFrom, ProtocolError, type JsonObject } from '#protocol';
import { KEY_FILES, ledgerOrigin, witnessName } from '../../../authority/src/authority-keys.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bold, warn, type Line } from '../terminal.js';
import { whyNotWritten } from '../why-not-written.js';

interface InitOptions extends OutputOptions {
  readonly anchor: string;
  readonly name: string;
  readonly jurisdiction?: readonly Named[];
  readonly person?: readonly Named[];
}

interface Named {
  readonly id: string;
  readonly text: string;
}

export function addAuthorityInit(authority: Command, cli: Cli): void {
  const init = authority
    .command('init')
    .description('make keys, register and anchors file of a new authority, in a ceremony')
    .argument('<directory>', 'new folder for all of it')
    .requiredOption('--anchor <id>', 'entity id, which is its public address', agencyUrl)
    .requiredOption('--name <text>', 'name of the authority')
    .option('--jurisdiction <id=name>', 'a jurisdiction below it, as or=Oregon; several times', jurisdictionNamed)
    .option('--person <name=file>', 'somebody who acts, with their public JWK; two at least', personNamed)
    .addHelpText('after', INIT_HELP)
    .action(async (directory: string, options: InitOptions) => cli.exit(await initialise(directory, options, cli)));
  withJson(init);
  const key = authority
    .command('person-key')
    .description('make your own key to act with; the private half never leaves your machine')
    .argument('<file>', 'where the private key goes; nothing is overwritten')
    .addHelpText('after', KEY_HELP)
    .action(async (file: string, options: OutputOptions) => cli.exit(await personKey(file, options, cli)));
  withJson(key);
}

const INIT_HELP = `
Do it on a machine without a network, with the persons present; docs/operate-authority.md has the ceremony. Nothing that
exists is overwritten. Read the thumbprint of the anchor's key aloud and write it down: it is what every node pins.

Example:
  $ comity authority init ./authority --anchor https://authority.example --name "Authority of Example" \\
      --jurisdiction or=Oregon --jurisdiction wa=Washington --person alice=alice.public.jwk --person bob=bob.public.jwk`;

const KEY_HELP = `
Hand over FILE.public.jwk, and read its thumbprint aloud.

Example:
  $ comity authority person-key alice.jwk`;

async function initialise(directory: string, options: InitOptions, cli: Cli): Promise<ExitCode> {
  const { anchor, name, jurisdiction = [], person = [] } = options;
  if (person.length < 2) {
    throw new CliError('usage', 'an authority needs two persons at least', {
      remedy: 'comity authority person-key FILE makes the key of one; give --person NAME=FILE for each',
    });
  }
  const people = await Promise.all(person.map(async ({ id, text }) => ({ name: id, jwk: await publicKey(text) })));
  requireDistinct(
    people.map((each) => each.name),
    'two persons have one name',
  );
  // One person with two names could widen trust alone.
  requireDistinct(
    people.map(({ jwk }) => thumbprintOf(jwk)),
    'two persons have one key',
  );
  requireDistinct(
    jurisdiction.map(({ id }) => id),
    'two jurisdictions have one id',
  );
  const { generatePrivateJwk, systemRandomness, writeKeyFile, writeSecretFile } = await import('#protocol/io');
  const { generateNoteKey } = await import('#ledger/io');
  const keys = join(directory, 'keys');
  await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
    throw new CliError('usage', `\`${directory}\` cannot be made: ${whyNotWritten(cause)}`, {}, { cause });
  });
  await mkdir(keys, { mode: 0o700 });
  const made: { readonly file: string; readonly kid: string }[] = [];
  const signing = async (file: string): Promise<JsonObject> => {
    const jwk = await generatePrivateJwk('sig');
    await writeKeyFile(join(keys, file), jwk);
    const { d: _, ...published } = jwk;
    made.push({ file, kid: thumbprintOf(published) });
    return published;
  };
  const anchorJwk = await signing(KEY_FILES.anchor);
  for (const { id } of jurisdiction) await signing(KEY_FILES.jurisdiction(id));
  await signing(KEY_FILES.receipts);
  const noteKeys = [
    [KEY_FILES.witness, witnessName(anchor), 'cosignature'],
    [KEY_FILES.ledger, ledgerOrigin(anchor), 'note'],
  ] as const;
  for (const [file, origin, type] of noteKeys) {
    await writeKeyFile(join(keys, file), generateNoteKey(origin, type, systemRandomness).privateJwk);
  }
  await writeSecretFile(join(keys, KEY_FILES.sideRecords), systemRandomness);
  const jurisdictions = jurisdiction.map(({ id, text }) => ({ id, name: text, attests: [] }));
  const register = { schema: 'comity-register/v1', name, people, jurisdictions, agencies: [], brokers: [] };
  await writeJson(join(directory, 'register.json'), register);
  await writeJson(join(directory, 'anchors.json'), [{ entity_id: anchor, jwks: { keys: [anchorJwk] } }]);
  if (options.json === true) printJson(cli.terminal, { directory, anchor, keys: made.map((each) => ({ ...each })) });
  else for (const line of describe(directory, made)) cli.terminal.out(line);
  return EXIT.ok;
}

function describe(directory: string, made: readonly { readonly file: string; readonly kid: string }[]): Line[] {
  return [
    ...made.map(({ file, kid }): Line => [bold(file.padEnd(32)), kid]),
    '',
    `${directory}/keys           COMITY_AUTHORITY_KEYS; one copy, and one more in a safe`,
    `${directory}/register.json  COMITY_REGISTER of the first start`,
    `${directory}/anchors.json   what every node pins`,
    ['', warn('read the thumbprint of anchor.jwk.json aloud; every operator compares it')],
  ];
}

async function personKey(file: string, options: OutputOptions, cli: Cli): Promise<ExitCode> {
  const { generatePrivateJwk, writeKeyFile } = await import('#protocol/io');
  const jwk = await generatePrivateJwk('sig');
  const { d: _, ...published } = jwk;
  const publicFile = `${file.replace(/\.jwk$/, '')}.public.jwk`;
  await writeKeyFile(file, jwk).catch((cause: unknown) => {
    throw new CliError('usage', `\`${file}\` cannot be written: ${whyNotWritten(cause)}`, {}, { cause });
  });
  await writeJson(publicFile, published);
  const thumbprint = thumbprintOf(published);
  if (options.json === true) printJson(cli.terminal, { private: file, public: publicFile, thumbprint });
  else {
    cli.terminal.out([bold('thumbprint  '), thumbprint]);
    cli.terminal.out(`public      ${publicFile}, to hand over`);
    cli.terminal.out(`private     ${file}, which stays with you`);
  }
  return EXIT.ok;
}

async function publicKey(file: string): Promise<JsonObject> {
  const jwk = await readJsonInput(file);
  if (!isJsonObject(jwk) || 'd' in jwk) {
    throw new CliError('usage', `\`${file}\` is no public key`, {
      remedy: 'a person hands over the public half alone',
    });
  }
  try {
    await keySetFrom({ keys: [jwk] }, 'sig');
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const remedy = 'comity authority person-key FILE makes one';
    throw new CliError('usage', `the key in \`${file}\` is refused: ${cause.message}`, { remedy }, { cause });
  }
  return jwk;
}

function requireDistinct(values: readonly string[], problem: string): void {
  const twice = values.find((value, place) => values.indexOf(value) !== place);
  if (twice !== undefined) throw new CliError('usage', `${problem}: \`${twice}\``);
}

function thumbprintOf(jwk: JsonObject): string {
  return typeof jwk['kid'] === 'string' ? jwk['kid'] : '';
}

/** As the register reads it: the last part of its entity id and of the name of its key file. */
function jurisdictionNamed(text: string, earlier?: readonly Named[]): Named[] {
  return named(
    /^([a-z0-9]{1,16})=(.+)$/,
    'or=Oregon, the id of at most 16 lower-case letters and digits',
    text,
    earlier,
  );
}

function personNamed(text: string, earlier?: readonly Named[]): Named[] {
  return named(/^([a-z0-9][a-z0-9-]{0,62})=(.+)$/, 'alice=alice.public.jwk', text, earlier);
}

function named(form: RegExp, example: string, text: string, earlier: readonly Named[] = []): Named[] {
  const [, id, rest] = form.exec(text) ?? [];
  if (id === undefined || rest === undefined) throw new InvalidArgumentError(`It looks like ${example}.`);
  return [...earlier, { id, text: rest }];
}

async function writeJson(path: string, value: JsonObject | JsonObject[]): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}
