import type { Command } from 'commander';
import {
  VOCABULARY,
  draftAttestations,
  draftAuthority,
  draftParty,
  parseInstant,
  pastSearches,
  profiles,
  simulate,
  summarise,
  summaryParts,
  vocabularyByDigest,
  type AuditExport,
  type OrganisationList,
  type Profile,
  type Rule,
  type Simulation,
  type SimulationSummary,
} from '#policy';
import type { JsonValue } from '#protocol';
import { readAuditExport } from '../audit-export-file.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { instantOption } from '../instant-option.js';
import { readOrganisations } from '../organisations-file.js';
import { printPage, withPage, type PageOptions } from '../page.js';
import type { Cli } from '../ports.js';
import { profileOption, withAgency, type AgencyOptions } from '../options.js';
import { draftRule, profileOf, readRuleFile } from '../rule-file.js';
import { simulateAtNode } from '../simulate-at-node.js';

interface RuleSimulateOptions extends PageOptions, AgencyOptions {
  readonly as?: string;
  readonly rule?: string;
  readonly profile?: string;
  readonly organisations?: string;
  readonly now?: string;
  readonly each?: boolean;
}

export function addRuleSimulate(rule: Command, cli: Cli): void {
  const command = rule
    .command('simulate')
    .description(
      "what a rule would have said: to searches in a vendor's audit export, or to past requests of your node",
    )
    .argument('[export...]', 'CSV files, plain or gzip; the same search in several of them is counted once')
    .option('--rule <file>', 'the rule, JSON or YAML; without it the starting rule of --profile')
    .option('--profile <id>', "the owner's own law: WA, CA ...")
    .option('--organisations <csv>', 'who searched: slug or name, state, class or agency_role and agency_type')
    .option('--now <instant>', 'of which day the law is taken; today when left out', instantOption)
    .addOption(profileOption('without an export: whose session at the node, as named at `comity login --as`'))
    .option('--each', 'with --json: also every search, by its id and lines')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: RuleSimulateOptions) => cli.exit(await ruleSimulate(files, options, cli)));
  withPage(withAgency(command));
}

const HELP = `
What the export shows decides; what it hides (a mask, a column that is not published, what the vendor never asked for) is
named and never guessed. Counted by search, not by row. Rows that are shifted, malformed or contradict each other are
reported with their lines and judged by nothing. No plate, name, reason or case number is printed.

Layouts: network and organisation audits with 13 columns and their older forms, with and without a header, search date
and time in one column or two, transparency portals, and several exports in one file.

Without an export, --rule is tried on the newest 1,000 requests that your node has decided, on what was in the clear; a
rule administrator has to be signed in.

Exit code: 0 the export was read, also where rows were reported; 2 a file.

Examples:
  $ comity rule simulate audit.csv --profile WA --organisations agencies.csv
  $ comity rule simulate 2026-03.csv 2026-04.csv.gz --rule rule.yaml --profile WA --format markdown
  $ comity rule simulate audit.csv --rule rule.json --json --each
  $ comity rule simulate --rule rule.yaml --agency https://node.agency.example --as rules-one`;

async function ruleSimulate(files: readonly string[], options: RuleSimulateOptions, cli: Cli): Promise<ExitCode> {
  if (files.length === 0) return simulateAtNode(options, cli);
  const now = options.now === undefined ? cli.clock.now() : parseInstant(options.now);
  const own = options.profile === undefined ? undefined : profileOf(options.profile);
  const rule = await ruleOf(options, own, now);
  const organisations: OrganisationList =
    options.organisations === undefined ? new Map() : await readOrganisations(options.organisations);
  const exports: AuditExport[] = [];
  for (const file of files) exports.push(await readAuditExport(file, cli.terminal));
  const past = pastSearches({
    rows: exports.flatMap(({ rows }) => rows),
    problems: exports.flatMap(({ problems }) => problems),
  });
  cli.terminal.progress(`deciding ${past.searches.length.toLocaleString('en-US')} searches`);
  const simulation = simulate({ ...past, rule, organisations, lawOf, owner: ownerOf(own, rule), now });
  cli.terminal.progress(undefined);
  const summary = summarise(simulation);
  const vocabulary = vocabularyByDigest(rule.vocabulary) ?? VOCABULARY;
  const parts = summaryParts(`What this rule would have said: ${rule.title}`, summary, vocabulary);
  printPage(parts, documentOf(summary, simulation, options.each === true), options, cli);
  return EXIT.ok;
}

async function ruleOf({ rule: file }: RuleSimulateOptions, own: Profile | undefined, now: number): Promise<Rule> {
  if (file !== undefined) return inEffect((await readRuleFile(file)).rule);
  if (own !== undefined) return draftRule(own, 'https://owner.simulation.invalid', new Date(now).toISOString());
  throw new CliError('usage', '--rule or --profile is missing', { remedy: 'comity rule simulate --help' });
}

/** The question is what the rule says, not from when on. */
function inEffect(rule: Rule): Rule {
  const { effective_until: _until, ...rest } = rule;
  return { ...rest, effective_from: '1970-01-01T00:00:00Z' };
}

function lawOf(state: string) {
  const profile = profiles().get(state);
  return profile === undefined ? [] : draftAttestations(profile, draftAuthority(state));
}

function ownerOf(own: Profile | undefined, rule: Rule) {
  if (own === undefined) return undefined;
  return draftParty(own, { entityId: rule.owner, agencyClass: 'municipal-police', sideDoors: 'none_attested' });
}

function documentOf(summary: SimulationSummary, { problems, verdicts }: Simulation, each: boolean): JsonValue {
  const document = {
    ...summary,
    notes: Object.fromEntries(summary.notes),
    problems: Object.fromEntries(summary.problems),
    reported: problems,
    ...(each ? { each: verdicts } : {}),
  };
  return JSON.parse(JSON.stringify(document)) as JsonValue;
}
