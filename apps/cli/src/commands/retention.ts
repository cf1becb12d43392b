import { InvalidArgumentError, type Command } from 'commander';
import { verifyEvidence } from '#exchange';
import { LedgerEvidenceBody, digestOf, isJsonObject, parseMessage, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { withAnchors, type AnchorOptions } from '../anchors-file.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { numberIn, objectIn, objectsIn, textIn, textsIn } from '../json-reading.js';
import { ledgerToVerify, type LedgerToVerify } from '../ledger-to-verify.js';
import { signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { table, type Cell } from '../table.js';
import { bad, bold, good } from '../terminal.js';

interface CertificatesOptions extends SessionOptions, AnchorOptions {
  readonly before?: string;
}

export function addRetention(program: Command, cli: Cli): void {
  const retention = program
    .command('retention')
    .description('how long data is kept, and the proof that it was deleted');
  const status = retention
    .command('status')
    .description('the limits that hold, what is held beyond them, and what was deleted')
    .action(async (options: SessionOptions) => cli.exit(await showStatus(options, cli)));
  withSession(status);
  const certificates = retention
    .command('certificates')
    .description('what was deleted, newest first, with the proof of each')
    .option('--before <position>', 'those before this position', position)
    .addHelpText('after', HELP)
    .action(async (options: CertificatesOptions) => cli.exit(await showCertificates(options, cli)));
  withAnchors(withSession(certificates));
  const run = retention
    .command('run')
    .description('delete now what may be kept no longer, and rewrite the pages it lay in')
    .action(async (options: SessionOptions) => cli.exit(await runNow(options, cli)));
  withSession(run);
}

const HELP = `
With --anchors each certificate is held against the agency's ledger: its digest stands in a signed receipt that the ledger holds.
Without, it is shown as the node tells it.

Exit code: 0, or 6 where a certificate is not the one in the ledger.

Examples:
  $ comity retention certificates --as supervisor --anchors anchors.json`;

async function showStatus(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const status = await (await signedIn(options, cli)).get('/retention');
  if (options.json === true) {
    printJson(cli.terminal, status);
    return EXIT.ok;
  }
  const limits = objectIn(status, 'limits');
  const lines: [string, string][] = [
    ['reads', kept(limits['reads_seconds'])],
    ['hits', kept(limits['hits_seconds'])],
    ['asks, requests', kept(limits['records_seconds'])],
    ['oldest read', text(status['oldest_read'])],
    ['holds', `${numberIn(status, 'holds_open')} open, ${numberIn(status, 'reads_held')} reads`],
    ['certificates', `${numberIn(status, 'certificates')}, the newest ${text(status['newest_certificate'])}`],
    ['to be rewritten', `${numberIn(status, 'tables_to_rewrite')} tables`],
  ];
  for (const [name, value] of lines) cli.terminal.out([bold(name.padEnd(16)), value]);
  return EXIT.ok;
}

async function showCertificates(options: CertificatesOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  // Before what is shown, so that wrong anchors are named although there is nothing to prove yet.
  const toVerify = options.anchors === undefined ? undefined : await ledgerToVerify(client.url, options, cli);
  const answer = await client.get(
    `/retention/certificates${options.before === undefined ? '' : `?before=${options.before}`}`,
  );
  const certificates = objectsIn(answer, 'certificates');
  const proven = toVerify === undefined ? undefined : await provenDigests(toVerify, answer);
  const states = certificates.map((certificate) => stateOf(certificate, proven));
  const isWhole = !states.includes('not in the ledger');
  if (options.json === true) printJson(cli.terminal, { ...answer, proven: states });
  else if (certificates.length === 0) cli.terminal.out('nothing was deleted yet');
  else {
    const rows = certificates.map((certificate, index): Cell[] => [
      String(numberIn(certificate, 'position')),
      `${textIn(certificate, 'made_at').slice(0, 19)}Z`,
      textIn(certificate, 'what'),
      textIn(certificate, 'basis'),
      String(numberIn(certificate, 'count')),
      textIn(certificate, 'method'),
      String(numberIn(certificate, 'held')),
      states[index] === 'proven' ? good('proven') : states[index] === 'not proven here' ? '' : bad('not in the ledger'),
    ]);
    const headers = ['position', 'made (UTC)', 'what', 'limit', 'count', 'how', 'held', 'proof'];
    for (const line of table(headers, rows)) cli.terminal.out(line);
  }
  return isWhole ? EXIT.ok : EXIT.unverified;
}

/** The digests that the agency's own ledger commits to, as signed and proven by chain and tree. */
async function provenDigests({ ledger }: LedgerToVerify, answer: JsonObject): Promise<ReadonlySet<string>> {
  if (!isJsonObject(answer['evidence'])) return new Set();
  if (ledger.signer === undefined) throw new CliError('usage', 'anchors are needed to know whose receipts these are');
  const evidence = parseMessage(LedgerEvidenceBody, answer['evidence']);
  const identity = {
    keeper: ledger.signer.entityId,
    origin: ledger.origin,
    vkey: ledger.vkey,
    receiptKeys: ledger.signer.keys,
  };
  const expected = evidence.receipts.map(() => ({ kind: 'deletion', fields: { agency: identity.keeper } }));
  const { receipts } = await verifyEvidence(evidence, identity, expected);
  return new Set(receipts.flatMap(({ opened }) => (typeof opened['digest'] === 'string' ? [opened['digest']] : [])));
}

function stateOf(
  certificate: JsonObject,
  proven: ReadonlySet<string> | undefined,
): 'proven' | 'not in the ledger' | 'not proven here' {
  const { position: _position, digest, ...document } = certificate;
  const isItself = digest === digestOf(document);
  if (proven === undefined) return isItself ? 'not proven here' : 'not in the ledger';
  return isItself && typeof digest === 'string' && proven.has(digest) ? 'proven' : 'not in the ledger';
}

async function runNow(options: SessionOptions, cli: Cli): Promise<ExitCode> {
  const answer = await (await signedIn(options, cli)).post('/retention/run');
  const failed = textsIn(answer, 'failed');
  if (options.json === true) printJson(cli.terminal, answer);
  else {
    for (const certificate of objectsIn(answer, 'certificates')) {
      cli.terminal.out(
        `${numberIn(certificate, 'count')} ${textIn(certificate, 'what')} deleted, ${numberIn(certificate, 'held')} held`,
      );
    }
    cli.terminal.out(`rewritten: ${textsIn(answer, 'rewritten').join(', ') || 'nothing'}`);
    for (const what of failed) cli.terminal.out([bad(`${what} could not be deleted`)]);
  }
  return failed.length === 0 ? EXIT.ok : EXIT.other;
}

function kept(seconds: JsonValue | undefined): string {
  if (typeof seconds !== 'number') return 'no limit is set and none is attested';
  if (seconds >= 86_400) return `${Math.round(seconds / 8_640) / 10} days`;
  return `${seconds} seconds`;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : 'none';
}

function position(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  throw new InvalidArgumentError('A position is a whole number, as the first column shows it.');
}
