import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { readShownAsk } from '../shown-ask.js';
import { waitForEnd } from '../wait-for-end.js';
import { printAsk, withWait, type WaitOptions } from './show.js';

export function addApprove(program: Command, cli: Cli): void {
  const command = program
    .command('approve')
    .description('approve what another person asked; from here on the owners are asked')
    .argument('<txn>', 'the transaction', transactionId)
    .addHelpText('after', HELP)
    .action(async (txn: string, options: SessionOptions & WaitOptions) => cli.exit(await approve(txn, options, cli)));
  withWait(withSession(command), 'wait until every owner has ended, and show what came of it');
}

const HELP = `
You approve the ask as it stands: its plates, its window, its reasons and its owners. Read it first with comity show.
Whoever asked cannot approve, and the agency's own rule is applied once more.

Exit code: 0 approved (with --wait: as comity show), 3 the agency's own rule refuses by now.

Examples:
  $ comity show TXN --as supervisor
  $ comity approve TXN --as supervisor --wait`;

async function approve(txn: string, options: SessionOptions & WaitOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const answer = await client.post(`/asks/${txn}/approval`);
  const ask = readShownAsk(answer);
  if (options.wait === true) return printAsk(await waitForEnd(txn, client, options.timeout, cli), options, cli);
  printAsk({ answer, ask }, options, cli);
  return ask.state === 'refused_here' ? EXIT.denied : EXIT.ok;
}
