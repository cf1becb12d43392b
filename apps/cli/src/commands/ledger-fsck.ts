import type { Command } from 'commander';
import { LedgerError, openCheckpoint, type VerifiedCheckpoint } from '#ledger';
import { withAnchors } from '../anchors-file.js';
import type { AuditProblem } from '../audit-ledger.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { fsckTiles } from '../fsck-tiles.js';
import { printJson } from '../json-output.js';
import { ledgerToFollow, type LedgerChoice } from '../ledger-to-verify.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bad, bold, good, type Line } from '../terminal.js';
import { TiledLog } from '../tiled-log.js';

interface FsckOptions extends LedgerChoice, OutputOptions {
  readonly database?: boolean;
}

interface Checked {
  readonly origin: string;
  readonly size: number | undefined;
  readonly problems: readonly AuditProblem[];
}

export function addLedgerFsck(ledger: Command, cli: Cli): void {
  const command = ledger
    .command('fsck')
    .description('hash a whole log again: its tiles as they are served, or its tables')
    .argument('[url]', 'where its tiles lie: of a node its address and /ledger')
    .option('--vkey <vkey>', "the log's public key")
    .option('--entity <id>', 'with --anchors: the node whose ledger it is')
    .option('--database', 'check the tables instead, in the database of DATABASE_URL')
    .addHelpText('after', HELP)
    .action(async (url: string | undefined, options: FsckOptions) => cli.exit(await fsck(url, options, cli)));
  withJson(withAnchors(command));
}

const HELP = `
Over tiles: every entry bundle and every tile of every level, full and partial, against the tree that the bundles make, and
its root against the signed checkpoint. Over the database: state, edge, every entry, tile and row of the index as well.
Nothing is written. The first thing that differs is named with its entry.

Exit code: 0 everything fits, 6 something does not, 7 not reached.

Examples:
  $ comity ledger fsck https://broker.example/ledger --vkey "broker.example/ledger+1a2b3c4d+AbC..."
  $ DATABASE_URL=postgres://... comity ledger fsck --database --vkey "broker.example/ledger+1a2b3c4d+AbC..."`;

async function fsck(url: string | undefined, options: FsckOptions, cli: Cli): Promise<ExitCode> {
  const checked = options.database === true ? await overDatabase(options, cli) : await overTiles(url, options, cli);
  cli.terminal.progress(undefined);
  if (options.json === true) {
    const problems = checked.problems.map((problem) => ({ ...problem }));
    const verdict = problems.length === 0 ? 'verified' : 'broken';
    printJson(cli.terminal, { origin: checked.origin, size: checked.size ?? null, verdict, problems });
  } else for (const line of describe(checked)) cli.terminal.out(line);
  return checked.problems.length === 0 ? EXIT.ok : EXIT.unverified;
}

async function overTiles(url: string | undefined, options: FsckOptions, cli: Cli): Promise<Checked> {
  if (url === undefined) throw new CliError('usage', 'which log?', { remedy: 'give its address, or --database' });
  const ledger = await ledgerToFollow(url, options, cli);
  const log = new TiledLog(cli.network, url.replace(/\/$/, ''));
  const head = opened(await log.checkpoint(), ledger.vkey);
  if ('code' in head) return { origin: ledger.origin, size: undefined, problems: [head] };
  const onProgress = (done: number, size: number) => cli.terminal.progress(`${done} of ${size} entries ...`);
  return { origin: ledger.origin, size: head.size, problems: await fsckTiles(log, head, onProgress) };
}

function opened(note: string, vkey: string): VerifiedCheckpoint | AuditProblem {
  try {
    return openCheckpoint(note, vkey, []);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { code: 'checkpoint_invalid', message: `its checkpoint is refused: ${error.message}` };
  }
}

async function overDatabase(options: FsckOptions, cli: Cli): Promise<Checked> {
  const { vkey } = options;
  const url = cli.environment['DATABASE_URL'] ?? '';
  if (vkey === undefined || url === '') {
    throw new CliError('usage', 'the tables are checked with --vkey, in the database of DATABASE_URL');
  }
  const [{ checkDatabase }, { createDataSource }] = await Promise.all([import('#ledger/io'), import('#postgres/io')]);
  const dataSource = await createDataSource({ url, entities: [], migrations: [], poolSize: 2 })
    .initialize()
    .catch((cause: unknown) => {
      throw new CliError('unreachable', 'the database of DATABASE_URL cannot be reached', {}, { cause });
    });
  const onProgress = (done: number, size: number) => cli.terminal.progress(`${done} of ${size} entries ...`);
  try {
    return { ...(await checkDatabase({ dataSource, vkey, onProgress })), problems: [] };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { index } = error.evidence;
    const problem: AuditProblem = { code: 'database_doubtful', message: error.message };
    const problems = [typeof index === 'number' ? { ...problem, index } : problem];
    return { origin: vkey.split('+')[0] ?? '', size: undefined, problems };
  } finally {
    await dataSource.destroy();
  }
}

function describe({ origin, size, problems }: Checked): Line[] {
  return [
    [bold('ledger      '), origin],
    ...(size === undefined ? [] : [`entries     ${size}`]),
    ...problems.map(({ code, message, index }): Line => {
      return ['  ', bad(code), `  ${message}${index === undefined ? '' : ` (entry ${index})`}`];
    }),
    [bold('verdict     '), problems.length === 0 ? good('everything fits') : bad('damaged: do not go on with it')],
  ];
}
