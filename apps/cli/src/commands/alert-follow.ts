import { InvalidArgumentError, Option, type Command } from 'commander';
import { LEGAL_PROCESS_CLASSES, type JsonObject } from '#protocol';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import { agencyUrl, signedIn, transactionId, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { plateOf } from '../query-options.js';
import { readShownAsk } from '../shown-ask.js';
import { printAsk } from './show.js';

interface FollowOptions extends SessionOptions {
  readonly plate: JsonObject;
  readonly owner: readonly string[];
  readonly hours: number;
  readonly case: string;
  readonly offence: string;
  readonly purpose: string;
  readonly narrative: string;
  readonly beneficiary: string;
  readonly legalProcess: string;
}

/** Begins and ends a standing request: other agencies tell at once when they read a plate of an own, fresh list. */
export function addFollow(alert: Command, cli: Cli): void {
  const command = alert
    .command('follow')
    .description(
      'ask other agencies to tell at once when they read a plate of your own fresh list; a supervisor approves it',
    )
    .requiredOption('--plate <text>', 'the plate, or plate:state, as 7ABC123:OR', plateOf)
    .requiredOption('--owner <entity...>', 'a holding agency, by its address', collectOwner)
    .addOption(
      new Option('--hours <number>', 'for how long, a day at most; less where the entry of your list ends earlier')
        .default(24)
        .argParser(hours),
    )
    .requiredOption('--case <number>', "case number, in your agency's form")
    .requiredOption('--offence <code>', 'offence, as an NIBRS code')
    .requiredOption('--purpose <code>', 'why, as a code of comity ask --help')
    .requiredOption('--narrative <text>', 'why, in your words; sealed to the owners')
    .requiredOption('--beneficiary <who>', 'on whose behalf: `none`, or the address of an agency', beneficiary)
    .addOption(
      new Option('--legal-process <class>', 'what you hold').choices(LEGAL_PROCESS_CLASSES).makeOptionMandatory(),
    )
    .addHelpText('after', HELP)
    .action(async (options: FollowOptions) => cli.exit(await follow(options, cli)));
  withSession(command);
}

const HELP = `
The plate has to stand on a hot list of your own agency that is fresh: comity hotlist status. Once a supervisor has approved
(comity approve), each read of exactly that plate comes as an alert of its own: comity alert list. It ends by itself; going on
takes a new ask and a new approval. To end it earlier: comity alert end TXN.

Exit code: 0 it waits for a supervisor, 3 your agency's own rule refuses it.

Example:
  $ comity alert follow --plate 7ABC123:OR --owner https://node.other.example --hours 8 --case 26-01234 --offence 240 \\
      --purpose stolen-vehicle --narrative "stolen from the owner's drive" --beneficiary none --legal-process documented-purpose`;

async function follow(options: FollowOptions, cli: Cli): Promise<ExitCode> {
  const now = cli.clock.now();
  const answer = await (
    await signedIn(options, cli)
  ).post('/asks', {
    query: {
      kind: 'hot_list_alert',
      plates: [options.plate],
      from: new Date(now).toISOString(),
      until: new Date(now + options.hours * 3_600_000).toISOString(),
    },
    owners: [...options.owner],
    case_number: options.case,
    offence: options.offence,
    purpose: options.purpose,
    narrative: options.narrative,
    beneficiary: options.beneficiary,
    exception: 'none',
    legal_process: { class: options.legalProcess },
  });
  const ask = readShownAsk(answer);
  printAsk({ answer, ask }, options, cli);
  return ask.state === 'refused_here' ? EXIT.denied : EXIT.ok;
}

export function addEnd(alert: Command, cli: Cli): void {
  const command = alert
    .command('end')
    .description('end a standing request: its keys are destroyed, and nothing that still comes can be opened')
    .argument('<txn>', 'the transaction in which it was asked', transactionId)
    .action(async (txn: string, options: SessionOptions) => {
      const answer = await (await signedIn(options, cli)).post(`/alerts/subscriptions/${txn}/end`);
      if (options.json === true) printJson(cli.terminal, answer);
      else cli.terminal.out('ended; who follows it is told at the next hit, and lets it go');
      cli.exit(EXIT.ok);
    });
  withSession(command);
}

function collectOwner(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, agencyUrl(text)];
}

function beneficiary(text: string): string {
  return text === 'none' ? text : agencyUrl(text);
}

function hours(text: string): number {
  const value = Number(text);
  if (/^\d{1,2}$/.test(text) && value >= 1 && value <= 24) return value;
  throw new InvalidArgumentError('A whole number of hours from 1 to 24.');
}
