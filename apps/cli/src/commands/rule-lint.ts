import type { Command } from 'commander';
import { lintRule, parseInstant, type LintFinding, type LintSeverity } from '#policy';
import type { JsonValue } from '#protocol';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { instantOption } from '../instant-option.js';
import { printJson } from '../json-output.js';
import { withJson, type OutputOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { at, profileOf, readRuleFile, type RuleFile } from '../rule-file.js';
import { bad, dim, good, warn, type Line } from '../terminal.js';

interface RuleLintOptions extends OutputOptions {
  readonly profile?: string;
  readonly now?: string;
}

export function addRuleLint(rule: Command, cli: Cli): void {
  const command = rule
    .command('lint')
    .description('clauses that contradict each other, that nothing reaches, that give more than your own law')
    .argument('<file>', 'the rule, JSON or YAML')
    .option('--profile <id>', 'your own law: WA, OR, MD ...; without it nothing is said of clauses weaker than it')
    .option('--now <instant>', 'of which day the law is taken; today when left out', instantOption)
    .addHelpText('after', HELP)
    .action(async (file: string, options: RuleLintOptions) => cli.exit(await ruleLint(file, options, cli)));
  withJson(command);
}

const HELP = `
Every finding has a place in the file, a code and what to do. A rule without findings is not therefore a good rule.
Exit code: 0 no errors (warnings and notes are printed), 3 errors, 2 the file cannot be read.

Examples:
  $ comity rule lint rule.yaml --profile WA
  $ comity rule lint rule.json --profile MD --json`;

async function ruleLint(file: string, options: RuleLintOptions, cli: Cli): Promise<ExitCode> {
  const read = await readRuleFile(file);
  const own = options.profile === undefined ? undefined : profileOf(options.profile);
  const now = options.now === undefined ? cli.clock.now() : parseInstant(options.now);
  const findings = lintRule(read.rule, { own, now });
  if (options.json === true) printJson(cli.terminal, { findings: findings.map((each) => documentOf(each, read)) });
  else {
    for (const finding of findings) for (const line of linesOf(finding, file, read)) cli.terminal.out(line);
    cli.terminal.out([totals(findings)]);
    if (own === undefined) cli.terminal.out(dimmed('not compared with any law: name yours with --profile'));
  }
  return findings.some(({ severity }) => severity === 'error') ? EXIT.denied : EXIT.ok;
}

function documentOf(finding: LintFinding, { positionOf }: RuleFile): JsonValue {
  const { line, column } = positionOf(finding.path) ?? { line: null, column: null };
  return { ...finding, line, column };
}

function linesOf({ code, severity, path, message, remedy, source }: LintFinding, file: string, read: RuleFile): Line[] {
  return [
    [`${at(file, read.positionOf(path))} `, styled(severity), ` ${message} `, dim(`(${code} at ${path})`)],
    [`    → ${remedy}`, ...(source === undefined ? [] : [dim(`  [${source}]`)])],
  ];
}

function styled(severity: LintSeverity) {
  switch (severity) {
    case 'error':
      return bad('error:');
    case 'warning':
      return warn('warning:');
    case 'note':
      return dim('note:');
  }
}

function totals(findings: readonly LintFinding[]) {
  if (findings.length === 0) return good('nothing found');
  const count = (wanted: LintSeverity) => {
    const found = findings.filter(({ severity }) => severity === wanted).length;
    return `${found} ${wanted}${found === 1 ? '' : 's'}`;
  };
  return warn(`${count('error')}, ${count('warning')}, ${count('note')}`);
}

function dimmed(text: string): Line {
  return [dim(text)];
}
