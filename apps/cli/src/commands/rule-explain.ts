import type { Command } from 'commander';
import { explainRule } from '#policy';
import type { JsonValue } from '#protocol';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { printPage, withPage, type PageOptions } from '../page.js';
import type { Cli } from '../ports.js';
import { readRuleFile } from '../rule-file.js';

export function addRuleExplain(rule: Command, cli: Cli): void {
  const command = rule
    .command('explain')
    .description('a rule as a page of plain language, for a council or anybody else')
    .argument('<file>', 'the rule, JSON or YAML')
    .addHelpText('after', HELP)
    .action(async (file: string, options: PageOptions) => cli.exit(await ruleExplain(file, options, cli)));
  withPage(command);
}

const HELP = `
Examples:
  $ comity rule explain rule.yaml
  $ comity rule explain rule.yaml --format markdown > rule.md`;

async function ruleExplain(file: string, options: PageOptions, cli: Cli): Promise<ExitCode> {
  const { rule } = await readRuleFile(file);
  const parts = explainRule(rule);
  printPage(parts, { parts: parts as unknown as JsonValue }, options, cli);
  return EXIT.ok;
}
