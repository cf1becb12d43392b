import type { Command } from 'commander';
import { AgencyClient } from '../agency-client.js';
import { withAnchors } from '../anchors-file.js';
import { auditLedger, type LedgerAudit } from '../audit-ledger.js';
import { counted } from '../describe-ask.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { LedgerMemory } from '../ledger-memory.js';
import { ledgerToVerify, type LedgerChoice } from '../ledger-to-verify.js';
import { agencyUrl, withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bad, bold, good, warn, type Line } from '../terminal.js';

interface LedgerVerifyOptions extends LedgerChoice, OutputOptions {
  readonly fromFile?: string;
}

export function addLedgerVerify(ledger: Command, cli: Cli): void {
  const command = ledger
    .command('verify')
    .description('read a whole public ledger and compute its tree anew')
    .argument('[url]', 'address of the node that keeps it', agencyUrl)
    .option('--vkey <vkey>', "the ledger's public key, as you were given it")
    .option('--entity <id>', 'with --anchors: the node whose ledger it is; the url where it is left out', agencyUrl)
    .option('--from-file <state>', 'what was seen before; begun where it is not there, kept up where all verifies')
    .addHelpText('after', HELP)
    .action(async (url: string | undefined, options: LedgerVerifyOptions) =>
      cli.exit(await ledgerVerify(url, options, cli)),
    );
  withJson(withAnchors(command));
}

const HELP = `
Every entry is read; the tree over them must have the root that the ledger signed, each receipt must be signed by the
ledger's keeper (with anchors), numbered without a gap, and name the one before it. With --from-file the ledger must also
continue what you saw last time: keep that file, since a ledger that shows you another history is caught only by memory.

Exit code: 0 everything verifies, 6 something does not, 7 the node cannot be reached.

Examples:
  $ comity ledger verify --anchors anchors.json --entity https://broker.example --from-file ledgers.json
  $ comity ledger verify https://broker.example --vkey "broker.example/ledger+1a2b3c4d+AbC..."`;

async function ledgerVerify(url: string | undefined, options: LedgerVerifyOptions, cli: Cli): Promise<ExitCode> {
  const { ledger, endpoint } = await ledgerToVerify(url, options, cli);
  const memory = options.fromFile === undefined ? undefined : new LedgerMemory(options.fromFile);
  const audit = await auditLedger({
    client: new AgencyClient(cli.network, endpoint),
    vkey: ledger.vkey,
    signer: ledger.signer,
    remembered: await memory?.checkpointOf(ledger.origin),
    onProgress: (done, size) => cli.terminal.progress(`${done} of ${size} entries ...`),
  });
  cli.terminal.progress(undefined);
  if (audit.problems.length === 0) await memory?.remember(ledger.origin, audit.checkpoint);
  if (options.json === true) printJson(cli.terminal, documentOf(audit));
  else for (const line of describe(audit, memory !== undefined)) cli.terminal.out(line);
  return audit.problems.length === 0 ? EXIT.ok : EXIT.unverified;
}

function describe(audit: LedgerAudit, hasMemory: boolean): Line[] {
  const { origin, size, kinds, rememberedSize, problems } = audit;
  const total = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  const seen =
    rememberedSize === undefined ? 'nothing was seen before' : `continues the ${rememberedSize} entries seen before`;
  const details: Line[] =
    size === undefined
      ? []
      : [
          `entries     ${size}, all read`,
          `receipts    ${total}: ${Object.entries(kinds)
            .map(([kind, count]) => `${count} ${kind}`)
            .join(', ')}`,
          [
            'signatures  ',
            audit.signatures === 'verified' ? 'checked' : warn('not checked: give --anchors to check them'),
          ],
          `memory      ${hasMemory ? seen : 'none: give --from-file to be able to notice another history'}`,
        ];
  const verdict =
    problems.length === 0
      ? good('everything verifies')
      : bad(`${counted(problems.length, 'problem')}: do not rely on this ledger`);
  return [
    [bold('ledger      '), origin],
    ...(problems.length === 0 ? details : []),
    ...problems.map(({ code, message }): Line => ['  ', bad(code), `  ${message}`]),
    [bold('verdict     '), verdict],
  ];
}

function documentOf(audit: LedgerAudit) {
  return {
    origin: audit.origin,
    verdict: audit.problems.length === 0 ? 'verified' : 'broken',
    size: audit.size ?? null,
    root: audit.root ?? null,
    checkpoint: audit.checkpoint,
    signatures: audit.signatures,
    kinds: { ...audit.kinds },
    remembered_size: audit.rememberedSize ?? null,
    problems: audit.problems.map((problem) => ({ ...problem })),
  };
}
