import type { Command } from 'commander';
import {
  VOCABULARY,
  comparedParties,
  diffParts,
  diffRules,
  draftParty,
  parseFacts,
  parseInstant,
  profiles,
  vocabularyByDigest,
  PolicyError,
  type NamedParty,
  type Rule,
} from '#policy';
import type { JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { instantOption } from '../instant-option.js';
import { printPage, withPage, type PageOptions } from '../page.js';
import type { Cli } from '../ports.js';
import { profileOf, readRuleFile } from '../rule-file.js';
import { policyProblem } from './decide.js';

interface RuleDiffOptions extends PageOptions {
  readonly profile: string;
  readonly party?: string[];
  readonly now?: string;
}

export function addRuleDiff(rule: Command, cli: Cli): void {
  const command = rule
    .command('diff')
    .description('who gains and who loses between two rules, by name')
    .argument('<before>', 'a rule, JSON or YAML')
    .argument('<after>', 'another version of it')
    .requiredOption('--profile <id>', "the owner's own law, for clauses that say: as strict as mine")
    .option('--party <name=facts.json...>', 'compare for the requester of these facts too', collected)
    .option('--now <instant>', 'of which day the law is taken; today when left out', instantOption)
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, options: RuleDiffOptions) =>
      cli.exit(await ruleDiff(before, after, options, cli)),
    );
  withPage(command);
}

const HELP = `
Both rules are asked, some thousand times for each party, with made-up requests that are as good as they can be but for
one thing: purpose, legal process, exception, offence, window, age, area ... at every limit that either rule names. The
parties are police of each legal order whose law was read, the classes of agency that laws keep out, and those you name.
Exit code: 0 nobody gains or loses, 4 somebody does, 2 a file cannot be read.

Examples:
  $ comity rule diff rule-1.yaml rule-2.yaml --profile WA
  $ comity rule diff rule-1.yaml rule-2.yaml --profile WA --party "Salish Point=facts.json" --format markdown`;

function collected(text: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

async function ruleDiff(first: string, second: string, options: RuleDiffOptions, cli: Cli): Promise<ExitCode> {
  const [{ rule: before }, { rule: after }] = [await readRuleFile(first), await readRuleFile(second)];
  const own = profileOf(options.profile);
  const now = options.now === undefined ? cli.clock.now() : parseInstant(options.now);
  const named = await Promise.all((options.party ?? []).map(namedParty));
  const owner = draftParty(own, { entityId: after.owner, agencyClass: 'municipal-police', sideDoors: 'none_attested' });
  const parties = [...named, ...comparedParties(profiles().values())];
  cli.terminal.progress(`comparing for ${parties.length} parties`);
  const diff = diffRules({ before, after, parties, owner, now });
  cli.terminal.progress(undefined);
  const vocabulary = vocabularyByDigest(after.vocabulary) ?? VOCABULARY;
  printPage(diffParts(titleOf(before, after), diff, vocabulary), diff as unknown as JsonValue, options, cli);
  return diff.parties.length === 0 ? EXIT.ok : EXIT.mixed;
}

function titleOf(before: Rule, after: Rule): string {
  return `From version ${before.version} to version ${after.version} of the rule of ${after.owner}`;
}

async function namedParty(text: string): Promise<NamedParty> {
  const split = text.indexOf('=');
  if (split < 1) throw new CliError('usage', '--party is NAME=facts.json', { remedy: 'comity rule diff --help' });
  try {
    return { name: text.slice(0, split), party: parseFacts(await readJsonInput(text.slice(split + 1))).requester };
  } catch (error) {
    throw error instanceof PolicyError ? policyProblem(error) : error;
  }
}
