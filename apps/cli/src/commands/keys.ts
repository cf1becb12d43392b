import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import type { JsonObject } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';
import { whyNotWritten } from '../why-not-written.js';

interface NodeOptions extends OutputOptions {
  readonly entity: string;
  readonly broker?: boolean;
}

/** Keys of a node: made on the machine that will use them, and shown to nobody. */
export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('make the keys of a node');
  const node = keys
    .command('node')
    .description('every key that a new node starts with')
    .argument('<directory>', 'new folder for them: COMITY_KEYS')
    .requiredOption('--entity <id>', 'entity id of the node, which is its public address', agencyUrl)
    .option('--broker', 'of a broker; else of an agency')
    .addHelpText('after', NODE_HELP)
    .action(async (directory: string, options: NodeOptions) => cli.exit(await makeNode(directory, options, cli)));
  withJson(node);
  const one = keys
    .command('one')
    .description('one key to sign with, to follow a federation key or a signing key')
    .argument('<file>', 'where it goes; nothing is overwritten')
    .addHelpText('after', ONE_HELP)
    .action(async (file: string, options: OutputOptions) => cli.exit(await makeOne(file, options, cli)));
  withJson(one);
}

const NODE_HELP = `
Each key has one job and one file of mode 0600; docs/operator-guide.md says what each is and what is lost with it. What is
printed may be shown to anybody: the thumbprint of the federation key, to be read aloud to your superior, and the ledger that
it states of you, which goes into the request of \`comity authority enrol\`.

Examples:
  $ comity keys node ./keys --entity https://node.cedar.example
  $ comity keys node ./keys --entity https://broker.example --broker --json`;

const ONE_HELP = `
Examples:
  $ comity keys one keys/federation.next.jwk
  $ comity authority roll-key --authority https://authority.example/jurisdictions/or --entity https://node.cedar.example \\
      --federation-key keys/federation.jwk --new-key keys/federation.next.jwk`;

async function makeNode(directory: string, options: NodeOptions, cli: Cli): Promise<ExitCode> {
  const { entity: entityId, broker = false } = options;
  const [{ writeNodeKeys }, { systemRandomness }] = await Promise.all([import('#exchange/io'), import('#protocol/io')]);
  await mkdir(directory, { mode: 0o700 }).catch((cause: unknown) => {
    throw new CliError('usage', `\`${directory}\` cannot be made: ${whyNotWritten(cause)}`, {}, { cause });
  });
  const type = broker ? 'broker' : 'agency';
  const { federation, ledger, files } = await writeNodeKeys(directory, { entityId, type }, systemRandomness);
  const thumbprint = thumbprintOf(federation);
  if (options.json === true) {
    printJson(cli.terminal, { directory, entity_id: entityId, thumbprint, federation, ledger, files: [...files] });
    return EXIT.ok;
  }
  cli.terminal.out([bold('thumbprint  '), thumbprint]);
  cli.terminal.out(`keys        ${directory}: ${files.join(', ')}`);
  cli.terminal.out(`ledger      ${JSON.stringify(ledger)}`);
  return EXIT.ok;
}

async function makeOne(file: string, options: OutputOptions, cli: Cli): Promise<ExitCode> {
  const { generatePrivateJwk, writeKeyFile } = await import('#protocol/io');
  const jwk = await generatePrivateJwk('sig');
  await writeKeyFile(file, jwk).catch((cause: unknown) => {
    throw new CliError('usage', `\`${file}\` cannot be written: ${whyNotWritten(cause)}`, {}, { cause });
  });
  const thumbprint = thumbprintOf(jwk);
  if (options.json === true) printJson(cli.terminal, { file, thumbprint });
  else cli.terminal.out([bold('thumbprint  '), thumbprint]);
  return EXIT.ok;
}

function thumbprintOf(jwk: JsonObject): string {
  return typeof jwk['kid'] === 'string' ? jwk['kid'] : '';
}
