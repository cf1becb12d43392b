import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { textIn } from '../json-reading.js';
import { agencyUrl, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';

interface ExportOptions extends SessionOptions {
  readonly owner: string;
  readonly case: string;
  readonly recipient?: string;
  readonly out: string;
}

export function addReadsExport(reads: Command, cli: Cli): void {
  const command = reads
    .command('export')
    .description('what an owner released, as a marked CSV file for your own case')
    .argument('<txn>', 'the transaction', transactionId)
    .requiredOption('--owner <entity>', 'whose reads', agencyUrl)
    .requiredOption('--case <number>', 'the case that they were asked for')
    .option(
      '--recipient <entity>',
      'for whom, where that is not your own agency: it is refused, and says why',
      agencyUrl,
    )
    .requiredOption('--out <file>', 'the file to write; readable by you alone, and never over another')
    .addHelpText('after', HELP)
    .action(async (txn: string, options: ExportOptions) => cli.exit(await exportReads(txn, options, cli)));
  withSession(command);
}

const HELP = `
The file says what binds it and until when it has to be gone, and carries marks by which a leak is traced to this export
(comity trace-mark). That it was made is logged first; so is a refusal, with its reasons.

Another agency gets nothing this way: it asks the owner by a request of its own, and cites what you received
(comity reads cite).

Examples:
  $ comity reads export TXN --owner https://node.other.example --case 26-01234 --out reads.csv --as officer`;

async function exportReads(txn: string, options: ExportOptions, cli: Cli): Promise<ExitCode> {
  const { owner, recipient, out } = options;
  const body = { txn, owner, case_number: options.case, ...(recipient === undefined ? {} : { recipient }) };
  const answer = await (await signedIn(options, cli)).post('/exports', body);
  await writeFile(out, textIn(answer, 'csv'), { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    throw new CliError(
      'usage',
      `the file \`${out}\` cannot be written`,
      { remedy: 'name one that is not there' },
      { cause },
    );
  });
  const { csv: _csv, ...told } = answer;
  if (options.json === true) printJson(cli.terminal, { ...told, file: out });
  else {
    cli.terminal.out(`export ${textIn(answer, 'export')} in ${out}`);
    cli.terminal.out(`delete it by ${textIn(answer, 'expires_at')}`);
  }
  return EXIT.ok;
}
