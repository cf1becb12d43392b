import { existsSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { LedgerError, noteKeyFromJwk, parseTlogPolicy, type NoteKey, type TlogPolicy } from '#ledger';
import { parseStrictObject } from '#protocol';
import { CliError } from '../cli-error.js';
import { readInput } from '../input-file.js';
import type { Cli } from '../ports.js';
import { untilStopped } from '../until-stopped.js';

interface WitnessOptions {
  readonly policy: string;
  readonly name: string;
  readonly key: string;
  readonly newKey?: boolean;
  readonly host: string;
  readonly port: number;
  readonly data: string;
}

export function addWitness(program: Command, cli: Cli): void {
  program
    .command('witness')
    .description('cosign the ledgers of a policy file, for as long as it runs')
    .requiredOption('--policy <file>', 'a tlog-policy: its `log` lines are the ledgers to follow')
    .requiredOption('--name <name>', 'the name in its signatures, such as witness.example')
    .requiredOption('--key <file>', 'its private key, used for nothing else')
    .option('--new-key', 'make the key, where the file is not there yet')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .addOption(new Option('--port <port>', 'where it listens').argParser(port).default(4900))
    .option('--data <directory>', 'for the embedded database; with DATABASE_URL another one', '.comity/witness')
    .addHelpText('after', HELP)
    .action((options: WitnessOptions) => witness(options, cli));
}

const HELP = `
A witness says of a ledger: this is the largest tree that I have seen, and it continues the one before. With two honest ones
nobody can be shown a history of his own. It speaks c2sp.org/tlog-witness below /witness: POST add-checkpoint, and GET
<hex SHA-256 of an origin>/checkpoint. It needs no place in a federation. What it remembers has to last: a witness whose memory
was lost or restored from a backup begins anew under another name and key.

Examples:
  $ comity witness --policy ledgers.txt --name witness.example --key witness.jwk --new-key --port 4900
  $ cat ledgers.txt
  log broker.example/ledger+1a2b3c4d+AbC...
  quorum none`;

async function witness(options: WitnessOptions, cli: Cli): Promise<void> {
  const policy = await policyFrom(options.policy);
  if (policy.logs.length === 0) throw new CliError('usage', `\`${options.policy}\` lists no log to follow`);
  const key = await keyFrom(options);
  const [{ startWitness }, { createDataSource, openDatabase, runMigrations }, { migrations }, { systemClock }] =
    await Promise.all([
      import('../../../witness/src/start-witness.js'),
      import('#postgres/io'),
      import('../../../../migrations/ledger/index.js'),
      import('#protocol/io'),
    ]);
  const database = await openDatabase({
    url: cli.environment['DATABASE_URL'] === '' ? undefined : cli.environment['DATABASE_URL'],
    dataDirectory: options.data,
    environment: 'development',
    log: (line) => cli.terminal.err(line),
  });
  const dataSource = await createDataSource({
    url: database.url,
    entities: [],
    migrations: [...migrations],
  }).initialize();
  await runMigrations(dataSource);
  const { host, port: listen } = options;
  const running = await startWitness({ policy, key, host, port: listen, dataSource, clock: systemClock });
  cli.terminal.out(`witness     ${running.url}/witness`);
  cli.terminal.out(`key         ${key.vkey}`);
  cli.terminal.out(`follows     ${policy.logs.map(({ key: { name } }) => name).join(', ')}`);
  await untilStopped();
  await running.close();
  await dataSource.destroy();
  await database.close();
}

async function policyFrom(path: string): Promise<TlogPolicy> {
  try {
    return parseTlogPolicy(await readInput(path));
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    throw new CliError('usage', `\`${path}\`: ${cause.message}`, {}, { cause });
  }
}

async function keyFrom({ name, key: path, newKey }: WitnessOptions): Promise<NoteKey> {
  const [{ readPrivateText, systemRandomness, writeKeyFile }, { generateNoteKey }] = await Promise.all([
    import('#protocol/io'),
    import('#ledger/io'),
  ]);
  try {
    if (newKey === true && !existsSync(path)) {
      await writeKeyFile(path, generateNoteKey(name, 'cosignature', systemRandomness).privateJwk);
    }
    return noteKeyFromJwk(name, 'cosignature', parseStrictObject(await readPrivateText(path)));
  } catch (cause) {
    const remedy = 'make one with --new-key; it may be read by its owner alone';
    throw new CliError('usage', `\`${path}\` is no key of a witness`, { remedy }, { cause });
  }
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('A port.');
}
