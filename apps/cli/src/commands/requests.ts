import type { Command } from 'commander';
import { ownerState, stateOfAsk } from '../describe-ask.js';
import { queryWords } from '../describe-query.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { objectsIn } from '../json-reading.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { readShownAsk, verdictOf, type ShownAsk } from '../shown-ask.js';
import { table, type Cell } from '../table.js';

export function addRequests(program: Command, cli: Cli): void {
  const command = program
    .command('requests')
    .description("your agency's last 100 asks, newest first")
    .addHelpText('after', HELP)
    .action(async (options: SessionOptions) => cli.exit(await requests(options, cli)));
  withSession(command);
}

const HELP = `
Examples:
  $ comity requests
  $ comity requests --as supervisor --json`;

async function requests(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).get('/asks');
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return EXIT.ok;
  }
  const asks = objectsIn(answer, 'asks').map(readShownAsk);
  const rows = asks.map((ask): Cell[] => [
    ask.txn,
    `${ask.createdAt.slice(0, 19)}Z`,
    typeof ask.ask['case_number'] === 'string' ? ask.ask['case_number'] : '',
    summaryOf(ask),
    queryWords(ask.ask),
  ]);
  if (asks.length === 0) cli.terminal.out('nobody has asked yet: comity ask --help');
  else for (const line of table(['transaction', 'asked', 'case', 'state', 'query'], rows)) cli.terminal.out(line);
  return EXIT.ok;
}

/** Where an ask stands, in a few words. */
function summaryOf(ask: ShownAsk): Cell {
  const [only] = ask.owners;
  if (ask.state === 'awaiting_approval') return 'waits for a supervisor';
  if (ask.state === 'refused_here') return 'refused by own rule';
  if (ask.state !== 'ended') return stateOfAsk(ask);
  if (ask.owners.length === 1 && only !== undefined) return ownerState(only, ask);
  const count = (verdict: string) => ask.owners.filter((owner) => verdictOf(owner) === verdict).length;
  return `${count('permitted')} permitted, ${count('denied')} refused, ${count('ended')} without answer`;
}
