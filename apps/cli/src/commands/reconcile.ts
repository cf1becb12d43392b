import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { MAX_EVIDENCE_BYTES, isUndisclosed, unmatchedIn } from '#exchange';
import type { JsonObject } from '#protocol';
import { readAnchors, withAnchors, type AnchorOptions } from '../anchors-file.js';
import { CliError } from '../cli-error.js';
import { checkBundle } from '../evidence-bundle.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { numberIn, objectIn, objectsIn, optionalText, textIn } from '../json-reading.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table, type Cell } from '../table.js';
import { good, warn } from '../terminal.js';

interface ReconcileOptions extends SessionOptions, AnchorOptions {
  readonly all?: boolean;
}

export function addReconcile(program: Command, cli: Cli): void {
  const command = program
    .command('reconcile')
    .description('releases and hops that do not match between the ledgers, and who owes them')
    .argument('[bundles...]', 'evidence bundles to hold against themselves here, instead of asking your node')
    .option('--all', 'findings that were settled, too')
    .addHelpText('after', HELP)
    .action(async (bundles: string[], options: ReconcileOptions) =>
      cli.exit(bundles.length === 0 ? await atTheNode(options, cli) : await ofBundles(bundles, options, cli)),
    );
  withSession(withAnchors(command));
}

const HELP = `
Your node holds every transaction, two minutes after its time was over, against the ledgers of all its parties: what your agency
asked and what it released. A release that was not sent or did not arrive, and a hop that is missing, extra, late, reordered or
contradicted, is kept with the party that owes it, and looked at again until it matches.
An auditor without a node gives evidence bundles: each is verified here, from the anchors alone, without any network.

Exit code: 0 everything matches, 6 something does not.

Examples:
  $ comity reconcile --as supervisor
  $ comity reconcile --all --json
  $ comity reconcile *.zip --anchors anchors.json`;

interface Finding {
  readonly txn: string;
  readonly state: string;
  readonly code: string;
  readonly party: string;
  readonly text: string;
  readonly at: string;
}

async function atTheNode(options: ReconcileOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).get(`/reconciliation${options.all === true ? '?all=true' : ''}`);
  const open = numberIn(answer, 'open_findings');
  if (options.json === true) {
    printJson(cli.terminal, answer);
    return open === 0 ? EXIT.ok : EXIT.unverified;
  }
  const counts = objectIn(answer, 'transactions');
  print(objectsIn(answer, 'findings').map(readFinding), cli);
  const matched = `${numberIn(counts, 'matched')} transactions match`;
  cli.terminal.out(open === 0 ? [good(matched)] : [warn(`${matched}, ${numberIn(counts, 'unmatched')} do not`)]);
  return open === 0 ? EXIT.ok : EXIT.unverified;
}

function readFinding(of: JsonObject): Finding {
  const settled = of['settled_at'] === null ? undefined : optionalText(of, 'settled_at');
  const found = `${textIn(of, 'found_at').slice(0, 19)}Z`;
  return {
    txn: textIn(of, 'txn'),
    state: settled === undefined ? textIn(of, 'state') : 'settled',
    code: textIn(of, 'code'),
    party: textIn(of, 'party'),
    text: textIn(of, 'text'),
    at: found,
  };
}

async function ofBundles(paths: readonly string[], options: ReconcileOptions, cli: Cli): Promise<ExitCode> {
  const anchors = await readAnchors(options, cli);
  const findings: Finding[] = [];
  for (const [nth, path] of paths.entries()) {
    cli.terminal.progress(`verifying ${nth + 1} of ${paths.length} bundles ...`);
    const { report, altered } = await checkBundle(await readBundle(path), { anchors, now: cli.clock.now() });
    const at = `${new Date(report.exportedAt).toISOString().slice(0, 19)}Z`;
    for (const { code, state, party, text } of unmatchedIn(report.trace, 'asked')) {
      // Nobody owes what a public bundle leaves out.
      if (isUndisclosed(code, state, report.level)) continue;
      findings.push({ txn: report.txn, state, code, party: party ?? '', text, at });
    }
    for (const file of altered) {
      findings.push({
        txn: report.txn,
        state: 'broken',
        code: 'bundle',
        party: '',
        text: `\`${file}\` was altered`,
        at,
      });
    }
  }
  cli.terminal.progress(undefined);
  if (options.json === true)
    printJson(cli.terminal, { bundles: paths.length, findings: findings.map((each) => ({ ...each })) });
  else {
    print(findings, cli);
    const line = `${paths.length} bundles held against themselves`;
    cli.terminal.out(findings.length === 0 ? [good(`${line}: everything matches`)] : [warn(line)]);
  }
  return findings.length === 0 ? EXIT.ok : EXIT.unverified;
}

function print(findings: readonly Finding[], cli: Cli): void {
  if (findings.length === 0) return;
  const rows = findings.map(({ txn, at, state, code, party, text }): Cell[] => [txn, at, state, code, party, text]);
  for (const line of table(['transaction', 'found', 'state', 'what', 'who owes it', ''], rows)) cli.terminal.out(line);
  cli.terminal.out('');
}

async function readBundle(path: string): Promise<Uint8Array> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new CliError(
      'usage',
      `\`${path}\` cannot be read`,
      { remedy: 'name files that `comity evidence export` made' },
      { cause },
    );
  });
  if (size > MAX_EVIDENCE_BYTES) throw new CliError('unverified', `\`${path}\` is no evidence bundle: it is too large`);
  return readFile(path).catch((cause: unknown) => {
    throw new CliError('usage', `\`${path}\` cannot be read`, {}, { cause });
  });
}
