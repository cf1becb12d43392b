import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { objectsIn, textIn } from '../json-reading.js';
import { agencyUrl, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table } from '../table.js';
import { bold, dim } from '../terminal.js';

interface ReportOptions extends SessionOptions {
  readonly owner: string;
  readonly text?: string;
  readonly file?: string;
}

/** What is owed after an exception. */
export function addDuty(program: Command, cli: Cli): void {
  const duty = program.command('duty').description('what is owed after an exception, to others and by others');
  withSession(duty.command('list').description('what is owed, until when, and what is late'))
    .addHelpText('after', LIST_HELP)
    .action(async (options: SessionOptions) => cli.exit(await list(options, cli)));
  withSession(duty.command('report').description('report to an owner after an exception; a supervisor does'))
    .argument('<txn>', 'the transaction', transactionId)
    .requiredOption('--owner <entity>', 'to whom it is owed, by its address', agencyUrl)
    .option('--text <text>', 'what made it urgent, what was found, what was done')
    .option('--file <text file>', 'the same from a file')
    .addHelpText('after', REPORT_HELP)
    .action(async (txn: string, options: ReportOptions) => cli.exit(await report(txn, options, cli)));
}

const LIST_HELP = `
Whoever is late gets no further exception from that owner until the report is there, and the owner's ledger says so.

Example:
  $ comity duty list --as supervisor`;

const REPORT_HELP = `
The report is signed by your node and sealed to that owner alone. Late is better than never.

Example:
  $ comity duty report TXN --owner https://node.other.example --as supervisor \\
      --text "child found at 21:40 at the address of the registered keeper; two reads used"`;

async function list(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).get('/duties');
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return EXIT.ok;
  }
  const parts = [
    ['owed by your agency', 'owner', objectsIn(answer, 'owed_by_us')],
    ['owed to your agency', 'requester', objectsIn(answer, 'owed_to_us')],
  ] as const;
  for (const [title, who, duties] of parts) {
    cli.terminal.out([bold(title)]);
    const rows = duties.map((duty) =>
      ['txn', who, 'duty', 'exception', 'due_by', 'state'].map((member) => textIn(duty, member)),
    );
    const headers = ['transaction', who, 'duty', 'exception', 'due by', 'state'];
    if (rows.length === 0) cli.terminal.out([dim('  nothing')]);
    else for (const line of table(headers, rows, '  ')) cli.terminal.out(line);
  }
  return EXIT.ok;
}

async function report(txn: string, options: ReportOptions, cli: Cli): Promise<ExitCode> {
  const { owner, text, file } = options;
  if ((text === undefined) === (file === undefined)) {
    throw new CliError('usage', 'give the report once', { remedy: '--text TEXT or --file FILE' });
  }
  const words = text ?? (await readInput(file ?? '')).trim();
  const client = await signedIn(options, cli);
  const answer = await client.post(`/duties/${txn}/report`, { owner, report: words });
  if (options.json === true) printJson(cli.terminal, answer);
  else cli.terminal.out([bold(`${textIn(answer, 'state')}  `), "the owner's ledger says that the report is there"]);
  return EXIT.ok;
}
