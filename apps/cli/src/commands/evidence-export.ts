import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { DISCLOSURE_LEVELS, disclose, type DisclosureLevel } from '#exchange';
import type { JsonObject } from '#protocol';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { collectedEvidence } from '../collected-trace.js';
import { describeEvidence, evidenceDocument } from '../describe-evidence.js';
import { makeBundle } from '../evidence-bundle.js';
import { EXIT } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';

interface ExportOptions extends SessionOptions, AnchorOptions {
  readonly level: DisclosureLevel;
  readonly plate?: readonly string[];
  readonly out?: string;
}

export function addEvidenceExport(evidence: Command, cli: Cli): void {
  const command = evidence
    .command('export')
    .description('one file with all that proves a transaction')
    .argument('<txn>', 'the transaction', transactionId)
    .addOption(new Option('--level <level>', 'how much of it to show').choices([...DISCLOSURE_LEVELS]).default('full'))
    .option('--plate <text...>', 'with --level defence: the plates of the person it is for')
    .option('--out <file>', 'where to write it (TXN.zip)')
    .addHelpText('after', HELP)
    .action((txn: string, options: ExportOptions) => exportEvidence(txn, options, cli));
  withSession(withAnchors(command));
}

const HELP = `
The bundle holds the requests, what was asked, the rules and attestations, the receipts of every hop with their proofs,
checkpoints that witnesses cosigned, the chains to the anchor, a report for people, and hashes. The same evidence is the same
file, byte for byte. It is checked before it is written, and anybody can check it again without a network.

Levels:
  full     all that your agency knows of it
  defence  for one person: what was asked only where it names no other plate than --plate
  public   no officer, no purpose, no request: who exchanged under which rule

Exit code: 0 written and verified, 6 written, and something is missing or does not verify (it says what).

Examples:
  $ comity evidence export TXN --anchors anchors.json --as supervisor
  $ comity evidence export TXN --level defence --plate ABC123 --out for-counsel.zip`;

/** Witnesses cosign some seconds later than an answer leaves. */
const SETTLING_MS = 12_000;
const PAUSE_MS = 500;

async function exportEvidence(txn: string, options: ExportOptions, cli: Cli): Promise<void> {
  const anchors = await readAnchors(options, cli);
  const client = await signedIn(options, cli);
  const until = cli.clock.now() + SETTLING_MS;
  const asked = (ledgers: number) => cli.terminal.progress(`${ledgers} ledgers have been asked ...`);
  const bundle = async () => {
    const answer = await collectedEvidence(txn, client, asked);
    return makeBundle(atLevel(answer, options), { anchors, now: cli.clock.now() });
  };
  let made = await bundle();
  while (made.report.verdict === 'incomplete' && cli.clock.now() < until) {
    cli.terminal.progress('waiting for the witnesses, and for what may still come ...');
    await cli.clock.sleep(PAUSE_MS);
    made = await bundle();
  }
  cli.terminal.progress(undefined);
  const { archive, report, sha256 } = made;
  const path = options.out ?? `${txn}.zip`;
  await write(path, archive);
  if (options.json === true) printJson(cli.terminal, { file: path, ...evidenceDocument(report, sha256, []) });
  else for (const line of [...describeEvidence(report, sha256, []), `written     ${path}`]) cli.terminal.out(line);
  cli.exit(report.verdict === 'verified' ? EXIT.ok : EXIT.unverified);
}

function atLevel(answer: JsonObject, { level, plate = [] }: ExportOptions): JsonObject {
  return { ...disclose(answer, level, plate), level };
}

async function write(path: string, archive: Uint8Array): Promise<void> {
  try {
    await writeFile(path, archive, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new CliError(
      'usage',
      `\`${path}\` cannot be written`,
      { remedy: 'name a file that is not there yet: --out' },
      { cause },
    );
  }
}
