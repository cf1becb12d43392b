import { Option, type Command } from 'commander';
import { describeAsk } from '../describe-ask.js';
import type { ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { secondsBetween, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { exitOfAsk } from '../shown-ask.js';
import { WAIT_SECONDS, look, waitForEnd, type Waited } from '../wait-for-end.js';

export interface WaitOptions {
  readonly wait?: boolean;
  readonly timeout: number;
}

export function withWait(command: Command, description: string): Command {
  return command
    .option('--wait', description)
    .addOption(
      new Option('--timeout <seconds>', 'with --wait: at most so long')
        .argParser(secondsBetween(1, 86_400))
        .default(WAIT_SECONDS),
    );
}

export function addShow(program: Command, cli: Cli): void {
  const command = program
    .command('show')
    .description('what came of an ask: reads, or every reason why not')
    .argument('<txn>', 'the transaction', transactionId)
    .addHelpText('after', HELP)
    .action(async (txn: string, options: SessionOptions & WaitOptions) => cli.exit(await show(txn, options, cli)));
  withWait(withSession(command), 'wait until every owner has ended');
}

const HELP = `
For each owner: its end state; for a refusal each requirement that is not met, with what was required, what was found,
the law behind it and what helps; for reads a table, with what binds you and until when.

A hit is no ground to act: a person checks the image, the plate and the list first.

Exit code: 0 all permitted, 3 all denied, 4 different, 5 not all ended.

Examples:
  $ comity show 0f0e0d0c-0b0a-4908-8706-050403020100
  $ comity show 0f0e0d0c-0b0a-4908-8706-050403020100 --wait --json`;

async function show(txn: string, options: SessionOptions & WaitOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  const shown = options.wait === true ? await waitForEnd(txn, client, options.timeout, cli) : await look(txn, client);
  return printAsk(shown, options, cli);
}

/** The ask as it is now, and the exit code that goes with it. */
export function printAsk({ answer, ask }: Waited, options: { readonly json?: boolean }, cli: Cli): ExitCode {
  cli.terminal.progress(undefined);
  if (options.json === true) printJson(cli.terminal, answer);
  else for (const line of describeAsk(ask)) cli.terminal.out(line);
  return exitOfAsk(ask);
}
