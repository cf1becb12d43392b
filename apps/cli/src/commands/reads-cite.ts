import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { objectsIn, textsIn } from '../json-reading.js';
import { agencyUrl, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';

interface CiteOptions extends SessionOptions {
  readonly owner: string;
  readonly page: number;
}

export function addReadsCite(reads: Command, cli: Cli): void {
  const command = reads
    .command('cite')
    .description('say which release another agency may ask the owner for; holds no read')
    .argument('<txn>', 'the transaction', transactionId)
    .requiredOption('--owner <entity>', 'whose reads', agencyUrl)
    .option('--page <number>', 'of several pages, which', pageNumber, 1)
    .addHelpText('after', HELP)
    .action(async (txn: string, options: CiteOptions) => cli.exit(await cite(txn, options, cli)));
  withSession(command);
}

const HELP = `
What you received you pass on to nobody. Give the other agency this instead: it asks the owner by a request of its own
(comity ask --provenance), and the owner decides by its rule whether that agency gets the same reads.

Example:
  $ comity reads cite TXN --owner https://node.other.example --as officer > citation.json`;

async function cite(txn: string, { owner, page, ...options }: CiteOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const asked = objectsIn(await client.get(`/asks/${txn}`), 'owners').find((each) => each['owner'] === owner);
  const releases = asked === undefined ? [] : textsIn(asked, 'releases');
  const release = releases[page - 1];
  if (release === undefined) {
    throw new CliError('refused', 'nothing was received of that owner in this transaction', {
      remedy: `comity show ${txn} says what came of it`,
    });
  }
  printJson(cli.terminal, { release, txn, recipient: client.url });
  return EXIT.ok;
}

function pageNumber(text: string): number {
  const page = Number(text);
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw new CliError('usage', `\`${text}\` is no page`, { remedy: 'count from 1' });
  return page;
}
