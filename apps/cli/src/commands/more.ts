import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { agencyUrl, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { readShownAsk } from '../shown-ask.js';
import { waitForEnd } from '../wait-for-end.js';
import { printAsk, withWait, type WaitOptions } from './show.js';

interface MoreOptions extends SessionOptions, WaitOptions {
  readonly owner?: string;
}

export function addMore(program: Command, cli: Cli): void {
  const command = program
    .command('more')
    .description('ask for the next page of what was answered, under the same approval')
    .argument('<txn>', 'the transaction', transactionId)
    .option('--owner <entity>', 'of this holding agency alone, by its address', agencyUrl)
    .addHelpText('after', HELP)
    .action(async (txn: string, options: MoreOptions) => cli.exit(await more(txn, options, cli)));
  withWait(withSession(command), 'wait until every owner has ended, and show what came of it');
}

const HELP = `
For the officer who asked, within an hour. Each page is decided anew by the owner's rule; where that has changed since,
the ask has to be made anew. How many reads all pages together may hold is the owner's to say.

Exit code: 0 asked (with --wait: as comity show), 1 there is no other page.

Examples:
  $ comity more TXN --as officer --wait
  $ comity more TXN --owner https://node.other.example --as officer`;

async function more(txn: string, options: MoreOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const answer = await client.post(`/asks/${txn}/more`, options.owner === undefined ? {} : { owner: options.owner });
  if (options.wait === true) return printAsk(await waitForEnd(txn, client, options.timeout, cli), options, cli);
  printAsk({ answer, ask: readShownAsk(answer) }, options, cli);
  return EXIT.ok;
}
