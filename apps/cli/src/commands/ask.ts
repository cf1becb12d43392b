import { Option, type Command } from 'commander';
import { VOCABULARY, type Code } from '#policy';
import { LEGAL_PROCESS_CLASSES, type JsonObject, type JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { citationIn } from '../citation.js';
import { enclosedProcess } from '../enclosed-process.js';
import { agencyUrl, secondsBetween, signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import {
  QUERY_OPTION_NAMES,
  checkedQuery,
  missingOf,
  queryOf,
  withQuery,
  type QueryOptions,
} from '../query-options.js';
import { readShownAsk } from '../shown-ask.js';
import { waitForEnd } from '../wait-for-end.js';
import { printAsk, withWait, type WaitOptions } from './show.js';

interface StatementOptions extends QueryOptions {
  readonly owner?: readonly string[];
  readonly case?: string;
  readonly offence?: string;
  readonly purpose?: string;
  readonly narrative?: string;
  readonly beneficiary?: string;
  readonly exception?: string;
  readonly legalProcess?: string;
  readonly reference?: string;
  readonly respondWithin?: number;
}

interface AskOptions extends StatementOptions, SessionOptions, WaitOptions {
  readonly file?: string;
  readonly warrant?: string;
  readonly provenance?: string;
  readonly approveAfterwards?: boolean;
}

export function addAsk(program: Command, cli: Cli): void {
  const described = program.command('ask').description('ask other agencies for their reads; a supervisor approves it');
  const command = withQuery(described)
    .option('--owner <entity...>', 'a holding agency, by its address', collectOwner)
    .option('--case <number>', "case number, in your agency's form")
    .option('--offence <code>', 'offence, as an NIBRS code: 120 is robbery')
    .option('--purpose <code>', 'why, as a code of the list below')
    .option('--narrative <text>', 'why, in your words; sealed to the owners')
    .option('--beneficiary <who>', 'on whose behalf: `none`, or the address of an agency', beneficiary)
    .option('--exception <code>', 'none (as when it is left out), emergency, stolen or missing')
    .option('--approve-afterwards', 'of an exception: it goes out at once, and a supervisor looks at it afterwards')
    .addOption(new Option('--legal-process <class>', 'what you hold').choices(LEGAL_PROCESS_CLASSES))
    .option('--warrant <file>', 'order or warrant as its court signed it, or as comity warrant attest made it')
    .option('--provenance <file>', 'what another agency received and told of, as comity reads cite wrote it')
    .option('--reference <text>', 'docket or order number; sealed to the owners')
    .addOption(
      new Option('--respond-within <seconds>', 'how long owners may take; 900 when left out').argParser(
        secondsBetween(5, 900),
      ),
    )
    .option('--file <ask.json>', 'all of it from a file, in place of the options above')
    .addHelpText('after', HELP)
    .action(async (options: AskOptions) => cli.exit(await ask(options, cli)));
  withWait(withSession(command), 'wait for the supervisor and the owners, and show what came of it');
}

const codes = (list: ReadonlyMap<string, Code>) =>
  [...list.values()].map(({ id, text }) => `  ${id.padEnd(24)} ${text}`).join('\n');

const HELP = `
Your agency's own rule is applied first: what it refuses goes nowhere, and you see every reason at once. Otherwise the
ask waits for a supervisor (comity approve). Nobody but the named owners can read plates, narrative and case number.

Purposes:
${codes(VOCABULARY.purposes)}

Legal process, weakest first:
${codes(VOCABULARY.legalProcess)}

With --warrant the class is that of the document, the owners get it sealed, and the supervisor sees what it allows.

With --approve-afterwards nobody has to approve first, where your agency's rule and the owner's let an approval follow
such an exception. You have one such ask at a time; a supervisor approves it in the hours that comity duty list names, or
disapproves, and then what came is deleted.

With --provenance you ask the owner for what another agency received from it: that owner alone, which decides anew for you,
and gives of what you ask at most what that release held. Without it you ask for whatever the owner has.

Exit code: 0 it waits for a supervisor (with --wait: as comity show), 3 your agency's own rule refuses it.

Examples:
  $ comity ask --plate 7ABC123:OR --from 2026-11-01T00:00:00-07:00 --until 2026-11-08T00:00:00-07:00 \\
      --owner https://node.other.example --case 26-01234 --offence 120 --purpose criminal-investigation \\
      --narrative "Robbery; a witness read this plate" --beneficiary none --legal-process documented-purpose
  $ comity ask --file ask.json --as officer --wait

One of each kind; owner, case and the rest as above:
  $ comity ask --kind latest --plate 7ABC123:OR --from ... --until ...
  $ comity ask --kind near-scene --area circle:44.0582,-121.3153,400 --from ... --until ...
  $ comity ask --kind near-scene --area-file scene.geojson --from ... --until ...
  $ comity ask --kind vehicle --make ford --colour blue --area box:44,-121.4,44.1,-121.3 --from ... --until ...
  $ comity ask --kind partial --pattern "7AB?12?:OR" --from ... --until ...
  $ comity ask --kind together --plate 7ABC123:OR --within 60 --from ... --until ...
Who travelled along is told by a pseudonym. Plates of some of them are another ask, with its own approval; the release
is in comity show TXN --json:
  $ comity ask --kind together --plate 7ABC123:OR --within 60 --reveal RELEASE --companion PSEUDONYM --from ... --until ...

  ask.json: {"query": {"kind": "plate_history", "plates": [{"text": "7ABC123", "state": "OR"}],
             "from": "2026-11-01T00:00:00-07:00", "until": "2026-11-08T00:00:00-07:00"},
             "owners": ["https://node.other.example"], "case_number": "26-01234", "offence": "120",
             "purpose": "criminal-investigation", "narrative": "...", "beneficiary": "none", "exception": "none",
             "legal_process": {"class": "documented-purpose"}}`;

async function ask(options: AskOptions, cli: Cli): Promise<ExitCode> {
  const enclosed = options.warrant === undefined ? undefined : await enclosedProcess(options.warrant);
  const stated = { ...(enclosed && { legalProcess: enclosed.class }), ...options };
  const statement = {
    ...(options.file === undefined ? await statementOf(stated) : await statementFile(options.file, options)),
    ...(enclosed && { legal_process_documents: [enclosed.token] }),
    ...(options.approveAfterwards === true && { approve_afterwards: true }),
    ...(options.provenance !== undefined && { provenance: await citationIn(options.provenance) }),
  };
  const client = await signedIn(options, cli);
  const answer = await client.post('/asks', statement);
  const shown = { answer, ask: readShownAsk(answer) };
  const waiting = shown.ask.state === 'awaiting_approval';
  if (options.wait !== true || !waiting) {
    printAsk(shown, options, cli);
    return shown.ask.state === 'refused_here' ? EXIT.denied : EXIT.ok;
  }
  cli.terminal.err(`transaction ${shown.ask.txn} waits for a supervisor: comity approve ${shown.ask.txn}`);
  return printAsk(await waitForEnd(shown.ask.txn, client, options.timeout, cli), options, cli);
}

const REQUIRED = {
  from: '--from',
  until: '--until',
  owner: '--owner',
  case: '--case',
  offence: '--offence',
  purpose: '--purpose',
  narrative: '--narrative',
  beneficiary: '--beneficiary',
  legalProcess: '--legal-process',
} as const satisfies Partial<Record<keyof StatementOptions, string>>;

/** The ask as the node wants it; names everything that is missing at once. @throws CliError `usage` */
async function statementOf(options: StatementOptions): Promise<JsonObject> {
  const unstated = Object.entries(REQUIRED).filter(([name]) => !(name in options));
  const missing = [...missingOf(options), ...unstated.map(([, flag]) => flag)];
  if (missing.length > 0) {
    throw new CliError('usage', `missing: ${missing.join(', ')}`, {
      remedy: 'comity ask --help, or --file ask.json',
    });
  }
  const { legalProcess, reference, respondWithin } = options;
  return {
    query: await queryOf(options),
    owners: [...(options.owner ?? [])],
    case_number: options.case ?? '',
    offence: options.offence ?? '',
    purpose: options.purpose ?? '',
    narrative: options.narrative ?? '',
    beneficiary: options.beneficiary ?? '',
    exception: options.exception ?? 'none',
    legal_process: { class: legalProcess ?? '', ...(reference === undefined ? {} : { reference }) },
    ...(respondWithin === undefined ? {} : { respond_within_seconds: respondWithin }),
  };
}

async function statementFile(path: string, options: StatementOptions): Promise<JsonObject> {
  const also = Object.keys(options).filter((name) => name in REQUIRED || OPTIONAL.includes(name));
  if (also.length > 0) throw new CliError('usage', '--file stands for the whole ask', { remedy: 'leave the rest out' });
  const statement: JsonValue = await readJsonInput(path);
  if (typeof statement !== 'object' || statement === null || Array.isArray(statement)) {
    throw new CliError('usage', `\`${path}\` is no ask`, { remedy: 'comity ask --help shows one' });
  }
  return { ...statement, query: checkedQuery(statement['query'] ?? null) };
}

const OPTIONAL: readonly string[] = ['exception', 'reference', 'respondWithin', ...QUERY_OPTION_NAMES];

function collectOwner(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, agencyUrl(text)];
}

function beneficiary(text: string): string {
  return text === 'none' ? text : agencyUrl(text);
}
