import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { encodeBase64url } from '#protocol';
import { boundsClaims } from '#trust';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { textIn } from '../json-reading.js';
import { secondsBetween, signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { PROCESS_FORM, readProcessFile } from '../process-file.js';
import { bold } from '../terminal.js';

interface AttestOptions extends SessionOptions {
  readonly paper: string;
  readonly court: string;
  readonly file: string;
  readonly out: string;
  readonly lifetime: number;
}

const DAY_SECONDS = 24 * 60 * 60;

export function addWarrant(program: Command, cli: Cli): void {
  const warrant = program.command('warrant').description('legal process of a court that signs nothing itself');
  const attest = warrant
    .command('attest')
    .description('attest for your agency what an order or warrant on paper allows; a supervisor does')
    .requiredOption('--paper <file>', 'the paper as a file; it is hashed here and goes nowhere')
    .requiredOption('--court <name>', 'the court, by name')
    .requiredOption('--file <warrant.json>', 'what it allows, in the form below')
    .requiredOption('--out <attestation.jwt>', 'where the attestation goes; nothing is overwritten')
    .option('--lifetime <seconds>', 'a day at most', secondsBetween(60, DAY_SECONDS), DAY_SECONDS)
    .addHelpText('after', HELP)
    .action(async (options: AttestOptions) => cli.exit(await attestWarrant(options, cli)));
  withSession(attest);
}

const HELP = `
The form of --file:
${PROCESS_FORM}

An owner's rule says whether your agency's word will do, or only the signature of an enrolled court. An attestation holds
for a day: attest anew while the paper holds, and no more once it was taken back.

Example:
  $ comity warrant attest --paper warrant.pdf --court "Circuit Court of Juniper County" --file warrant.json \\
      --out attestation.jwt --as supervisor
  $ comity ask --warrant attestation.jwt ...`;

async function attestWarrant(options: AttestOptions, cli: Cli): Promise<ExitCode> {
  const { bounds } = await readProcessFile(options.file);
  const paper = encodeBase64url(
    createHash('sha256')
      .update(await paperIn(options.paper))
      .digest(),
  );
  const client = await signedIn(options, cli);
  const answer = await client.post('/warrant-attestations', {
    paper,
    court: options.court,
    bounds: boundsClaims(bounds),
    lifetime_seconds: options.lifetime,
  });
  await writeFile(options.out, `${textIn(answer, 'token')}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    throw new CliError(
      'usage',
      `\`${options.out}\` cannot be written: it exists, or its folder does not`,
      {},
      { cause },
    );
  });
  if (options.json === true) printJson(cli.terminal, { digest: textIn(answer, 'digest'), paper, file: options.out });
  else cli.terminal.out([bold('attested    '), options.out]);
  return EXIT.ok;
}

async function paperIn(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new CliError('usage', `\`${path}\` cannot be read`, {}, { cause });
  });
}
