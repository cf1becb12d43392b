import type { Command } from 'commander';
import { ExchangeError, readTrace, verifyTrace, type TraceReport } from '#exchange';
import type { PinnedAnchor } from '#trust';
import type { AgencyClient } from '../agency-client.js';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { collectedTrace } from '../collected-trace.js';
import { describeTrace, traceDocument } from '../describe-trace.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';

export function addTrace(program: Command, cli: Cli): void {
  const command = program
    .command('trace')
    .description('every hop of a transaction from every ledger, verified here')
    .argument('<txn>', 'the transaction', transactionId)
    .addHelpText('after', HELP)
    .action(async (txn: string, options: SessionOptions & AnchorOptions) => cli.exit(await trace(txn, options, cli)));
  withSession(withAnchors(command));
}

const HELP = `
Your node collects the receipts; nothing of it is believed. This machine checks, from the anchors you were given: each
node's chain, each ledger's signed checkpoint, each receipt's signature, place in the tree and opened fields, their
numbering, and that the ledgers tell one story: one request everywhere, the release cites the grant, the broker logged
that release and that ciphertext, it was sent after that, it is what arrived, and every grant has an end.
What is missing is named, with the party that owes it. A release without \`sent\` is unconfirmed.

Exit code: 0 the whole way is proven, 5 something may still come, 6 something is missing or does not verify.

Examples:
  $ comity trace 0f0e0d0c-0b0a-4908-8706-050403020100 --anchors anchors.json
  $ COMITY_ANCHORS=anchors.json comity trace TXN --as supervisor --json`;

/** An owner states \`sent\` after the answer has left, so that it may come a moment after all else. */
const SETTLING_MS = 5_000;
const PAUSE_MS = 250;

async function trace(txn: string, options: SessionOptions & AnchorOptions, cli: Cli): Promise<ExitCode> {
  const anchors = await readAnchors(options, cli);
  const client = await signedIn(options, cli);
  const until = cli.clock.now() + SETTLING_MS;
  let report = await verified(txn, client, anchors, cli);
  while (isSettling(report) && cli.clock.now() < until) {
    cli.terminal.progress('waiting for the owner to state that it sent ...');
    await cli.clock.sleep(PAUSE_MS);
    report = await verified(txn, client, anchors, cli);
  }
  cli.terminal.progress(undefined);
  if (options.json === true) printJson(cli.terminal, traceDocument(report));
  else for (const line of describeTrace(report)) cli.terminal.out(line);
  return exitOfTrace(report);
}

async function verified(
  txn: string,
  client: AgencyClient,
  anchors: readonly PinnedAnchor[],
  cli: Cli,
): Promise<TraceReport> {
  try {
    const asked = (ledgers: number) => cli.terminal.progress(`${ledgers} ledgers have been asked ...`);
    const bundle = readTrace(await collectedTrace(txn, client, asked));
    if (bundle.txn === txn) return await verifyTrace(bundle, { anchors, now: cli.clock.now() });
  } catch (cause) {
    if (!(cause instanceof ExchangeError)) throw cause;
    throw new CliError('unverified', 'the node’s answer is no trace', {}, { cause });
  }
  throw new CliError('unverified', 'the node answered with another transaction');
}

function isSettling({ checks }: TraceReport): boolean {
  const open = checks.filter(({ state }) => state !== 'holds');
  return open.length > 0 && open.every(({ code, state }) => code === 'sent' && state !== 'broken');
}

function exitOfTrace({ verdict }: TraceReport): ExitCode {
  switch (verdict) {
    case 'holds':
      return EXIT.ok;
    case 'pending':
      return EXIT.pending;
    case 'missing':
    case 'broken':
      return EXIT.unverified;
  }
}
