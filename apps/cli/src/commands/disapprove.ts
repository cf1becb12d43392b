import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { readShownAsk } from '../shown-ask.js';
import { printAsk } from './show.js';

interface DisapproveOptions extends SessionOptions {
  readonly reason: string;
}

export function addDisapprove(program: Command, cli: Cli): void {
  const command = program
    .command('disapprove')
    .description('say of an emergency that went out before anybody approved it that it was none')
    .argument('<txn>', 'the transaction', transactionId)
    .requiredOption('--reason <text>', 'why; the owners read it')
    .addHelpText('after', HELP)
    .action(async (txn: string, options: DisapproveOptions) => cli.exit(await disapprove(txn, options, cli)));
  withSession(command);
}

const HELP = `
What came of it is deleted, every owner is told, and your agency gets no exception for thirty days where the owner's rule has
such. There is no way back. Whoever asked cannot disapprove. To approve: comity approve.

Example:
  $ comity disapprove TXN --reason "nobody was in danger" --as supervisor`;

async function disapprove(txn: string, options: DisapproveOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const answer = await client.post(`/asks/${txn}/disapproval`, { reason: options.reason });
  printAsk({ answer, ask: readShownAsk(answer) }, options, cli);
  return EXIT.ok;
}
