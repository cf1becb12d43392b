import { InvalidArgumentError, Option, type Command } from 'commander';
import { openCheckpoint, openCheckpointUnderPolicy, parseTlogPolicy, type TlogPolicy } from '#ledger';
import { ProtocolError } from '#protocol';
import { withAnchors } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readInput } from '../input-file.js';
import { ledgerToFollow, type LedgerChoice } from '../ledger-to-verify.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bad, good, warn } from '../terminal.js';
import { TiledLog } from '../tiled-log.js';
import { watchOnce, type WatchRound, type WatchedLog } from '../watch-ledger.js';
import { WatchedStateFile } from '../watched-state.js';

interface WatchOptions extends LedgerChoice, OutputOptions {
  readonly state: string;
  readonly policy?: string;
  readonly every: number;
  readonly once?: boolean;
}

export function addLedgerWatch(ledger: Command, cli: Cli): void {
  const command = ledger
    .command('watch')
    .description('follow a ledger from outside: every entry, every checkpoint, for as long as it runs')
    .argument('<url>', 'where its tiles lie: of a node its address and /ledger', logUrl)
    .requiredOption('--state <file>', 'what was processed is kept here, and gone on from')
    .option('--vkey <vkey>', "the log's public key, as you were given it")
    .option('--entity <id>', 'with --anchors: the node whose ledger it is; then its receipts are checked as well')
    .option('--policy <file>', 'a tlog-policy: which witnesses have to have cosigned')
    .addOption(new Option('--every <seconds>', 'between two looks').argParser(seconds).default(10))
    .option('--once', 'one look, then end')
    .addHelpText('after', HELP)
    .action(async (url: string, options: WatchOptions) => cli.exit(await watch(url, options, cli)));
  withJson(withAnchors(command));
}

const HELP = `
Any log of tiles can be watched (c2sp.org/tlog-tiles). Each look fetches the newest checkpoint and the entries since the last
one, a bundle at a time, and grows the tree that was verified before: it has to come out with the root that was signed. A log
that takes back, changes, hides or reorders anything is caught, and the notes that contradict each other are kept beside the
state. Only what was processed is written to the state; a watch that was stopped goes on where it was.

Exit code: 0 (with --once) everything verifies, 6 something does not, and the watch has ended, 7 (with --once) not reached.

Examples:
  $ comity ledger watch https://broker.example/ledger --entity https://broker.example --anchors anchors.json --state broker.json
  $ comity ledger watch https://log.example/2026 --vkey "log.example/2026+..." --policy witnesses.txt --state log.json --json`;

async function watch(url: string, options: WatchOptions, cli: Cli): Promise<ExitCode> {
  const watched = await watchedLog(url, options, cli);
  for (;;) {
    const round = await look(watched, options, cli);
    if (round?.outcome === 'broken') return EXIT.unverified;
    if (options.once === true) return round === undefined ? EXIT.unreachable : EXIT.ok;
    await cli.clock.sleep(options.every * 1_000);
  }
}

async function watchedLog(url: string, options: WatchOptions, cli: Cli): Promise<WatchedLog> {
  const ledger = await ledgerToFollow(url, options, cli);
  const policy = options.policy === undefined ? undefined : await policyFrom(options.policy);
  const open = (note: string) =>
    policy === undefined ? openCheckpoint(note, ledger.vkey, []) : openCheckpointUnderPolicy(note, policy);
  if (policy !== undefined && !policy.logs.some(({ key }) => key.vkey === ledger.vkey)) {
    throw new CliError('usage', 'the policy does not list this log', { remedy: 'add a line `log VKEY`' });
  }
  return {
    log: new TiledLog(cli.network, url),
    state: new WatchedStateFile(options.state),
    open,
    signer: ledger.signer,
    onProgress: (done, size) => cli.terminal.progress(`${done} of ${size} entries ...`),
  };
}

async function policyFrom(path: string): Promise<TlogPolicy> {
  const text = await readInput(path);
  try {
    return parseTlogPolicy(text);
  } catch (cause) {
    throw new CliError(
      'usage',
      `\`${path}\`: ${cause instanceof Error ? cause.message : 'not a policy'}`,
      {},
      { cause },
    );
  }
}

/** `undefined` where the log could not be reached: then nothing is concluded, and it is looked at again. */
async function look(watched: WatchedLog, options: WatchOptions, cli: Cli): Promise<WatchRound | undefined> {
  try {
    const round = await watchOnce(watched);
    cli.terminal.progress(undefined);
    await tell(round, watched, options, cli);
    return round;
  } catch (error) {
    cli.terminal.progress(undefined);
    const isAway = error instanceof ProtocolError || (error instanceof CliError && error.code === 'unreachable');
    if (!isAway) throw error;
    if (options.json === true) cli.terminal.out(JSON.stringify({ at: at(cli), outcome: 'unreachable' }));
    else cli.terminal.out([at(cli), '  ', warn('not reached'), `  ${error.message}`]);
    return undefined;
  }
}

async function tell(round: WatchRound, { state }: WatchedLog, options: WatchOptions, cli: Cli): Promise<void> {
  if (round.outcome === 'verified') {
    const { size, grownBy, witnesses } = round;
    if (options.json === true) {
      cli.terminal.out(JSON.stringify({ at: at(cli), outcome: 'verified', size, grown_by: grownBy, witnesses }));
    } else cli.terminal.out([at(cli), '  ', good('verified'), `  ${size} entries, ${grownBy} new`]);
    return;
  }
  const problems = round.problems.map((problem) => ({ ...problem }));
  const kept = await state.keepEvidence({ at: at(cli), problems, notes: [...round.notes] });
  if (options.json === true) {
    cli.terminal.out(JSON.stringify({ at: at(cli), outcome: 'broken', problems, evidence: kept }));
    return;
  }
  for (const { code, message } of problems) cli.terminal.out([at(cli), '  ', bad(code), `  ${message}`]);
  cli.terminal.out(`the signed notes are kept in ${kept}; do not rely on this ledger, and tell its authority`);
}

function at({ clock }: Cli): string {
  return new Date(clock.now()).toISOString();
}

function logUrl(text: string): string {
  if (/^https?:\/\/[^\s?#]+$/.test(text)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('It is the address below which `checkpoint` and `tile` lie.');
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of seconds.');
}
