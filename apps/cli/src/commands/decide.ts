import { Option, type Command } from 'commander';
import { PolicyError, decideFromJson, explainDecision, type Decision, type RuleSide } from '#policy';
import type { JsonValue } from '#protocol';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { withJson } from '../options.js';
import type { Cli } from '../ports.js';
import { bad, good, warn, type Line } from '../terminal.js';

interface DecideOptions {
  readonly rule: string;
  readonly facts: string;
  readonly now: string;
  readonly side: RuleSide;
  readonly json?: boolean;
}

export function addDecide(program: Command, cli: Cli): void {
  const command = program
    .command('decide')
    .description('what a rule says about facts; offline, and the same decision as in an exchange')
    .requiredOption('--rule <file>', 'the rule, as JSON or YAML')
    .requiredOption('--facts <file>', 'the facts, as JSON; a member that is left out is an absent fact')
    .requiredOption('--now <instant>', 'the instant to decide at: 2026-11-22T08:00:00-08:00')
    .addOption(
      new Option('--side <side>', 'release: what is given to others; ask: what own officers may ask')
        .choices(['release', 'ask'])
        .default('release'),
    )
    .addHelpText('after', HELP)
    .action(async (options: DecideOptions) => cli.exit(await decide(options, cli)));
  withJson(command);
}

const HELP = `
Exit code: 0 permitted, 3 denied, 5 nothing denies and something is sealed, which the owner judges, 2 a file that cannot
be read.

Examples:
  $ comity decide --rule rule.yaml --facts facts.json --now 2026-11-22T08:00:00-08:00
  $ comity decide --rule rule.json --facts facts.json --now 2026-11-22T08:00:00-08:00 --side ask --json`;

async function decide(options: DecideOptions, cli: Cli): Promise<ExitCode> {
  const { now, side } = options;
  const [rule, facts] = [await readInput(options.rule), await readInput(options.facts)];
  const decision = decided({ rule, facts, now, side });
  if (options.json === true) printJson(cli.terminal, documentOf(decision));
  else for (const line of explained(decision)) cli.terminal.out(line);
  return exitOfDecision(decision);
}

function decided(input: { rule: string; facts: string; now: string; side: RuleSide }): Decision {
  try {
    return decideFromJson(input);
  } catch (error) {
    if (error instanceof PolicyError) throw policyProblem(error);
    throw error;
  }
}

/** Every problem of a document at once. */
export function policyProblem(error: PolicyError): CliError {
  const texts = {
    rule_malformed: 'the rule cannot be read',
    facts_malformed: 'the facts cannot be read',
    profile_malformed: 'the legal profile cannot be read',
    instant_malformed: 'the instant cannot be read',
    reach_malformed: 'who shares with whom cannot be read',
    owner_unknown: 'the owner is not among those that were read',
  } as const satisfies Record<PolicyError['code'], string>;
  const details = error.problems.map(({ path, message }) => `${path}: ${message}`);
  return new CliError('usage', texts[error.code], { details, problem: error.code }, { cause: error });
}

function explained(decision: Decision): Line[] {
  const [first = '', ...rest] = explainDecision(decision);
  return [[headline(decision, first)], ...rest];
}

function headline({ outcome }: Decision, text: string) {
  switch (outcome) {
    case 'permit':
      return good(text);
    case 'deny':
      return bad(text);
    case 'undetermined':
      return warn(text);
  }
}

/** A fault that a rule ran into is for the log of whoever decides, and no JSON. */
function documentOf(decision: Decision): JsonValue {
  const { fault: _fault, ...document } = { fault: undefined, ...decision };
  return document as unknown as JsonValue;
}

function exitOfDecision({ outcome }: Decision): ExitCode {
  switch (outcome) {
    case 'permit':
      return EXIT.ok;
    case 'deny':
      return EXIT.denied;
    case 'undetermined':
      return EXIT.pending;
  }
}
