import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { MAX_EVIDENCE_BYTES } from '#exchange';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { describeEvidence, evidenceDocument } from '../describe-evidence.js';
import { checkBundle } from '../evidence-bundle.js';
import { EXIT } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';

export function addEvidenceVerify(evidence: Command, cli: Cli): void {
  const command = evidence
    .command('verify')
    .description('check a bundle, offline, with nothing but the anchors you were given')
    .argument('<file>', 'the bundle')
    .addHelpText('after', HELP)
    .action((file: string, options: AnchorOptions & OutputOptions) => verifyEvidence(file, options, cli));
  withJson(withAnchors(command));
}

const HELP = `
Nothing is asked of any network, and nothing in the file is believed: every chain is followed to an anchor that you were given,
every signature, place in a ledger, opened field, request, rule and cosignature is checked, and the report for people is made
again and compared. It says what follows, and what does not.

Exit code: 0 verified, 6 something is missing, altered or does not verify.

Examples:
  $ comity evidence verify 0f0e0d0c-0b0a-4908-8706-050403020100.zip --anchors anchors.json
  $ comity evidence verify for-counsel.zip --anchors anchors.json --json`;

async function verifyEvidence(file: string, options: AnchorOptions & OutputOptions, cli: Cli): Promise<void> {
  const anchors = await readAnchors(options, cli);
  const { report, sha256, altered } = await checkBundle(await readBundle(file), { anchors, now: cli.clock.now() });
  if (options.json === true) printJson(cli.terminal, evidenceDocument(report, sha256, altered));
  else for (const line of describeEvidence(report, sha256, altered)) cli.terminal.out(line);
  cli.exit(report.verdict === 'verified' && altered.length === 0 ? EXIT.ok : EXIT.unverified);
}

async function readBundle(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size <= MAX_EVIDENCE_BYTES) return await readFile(path);
  } catch (cause) {
    throw new CliError('usage', `\`${path}\` cannot be read`, {}, { cause });
  }
  throw new CliError('unverified', 'the file is no evidence bundle: it is too large');
}
