import type { Command } from 'commander';
import { ruleJsonSchema } from '#policy';
import { EXIT } from '../exit-codes.js';
import { printJson } from '../json-output.js';
import type { Cli } from '../ports.js';

export function addRuleSchema(rule: Command, cli: Cli): void {
  rule
    .command('schema')
    .description('the JSON Schema of a rule, for editors that complete and check as you write; offline')
    .addHelpText('after', HELP)
    .action(() => {
      printJson(cli.terminal, ruleJsonSchema());
      cli.exit(EXIT.ok);
    });
}

const HELP = `
It says all that the parser checks, but for days that no calendar has, names that have to differ and the size of the whole;
comity rule lint checks those too.

Example:
  $ comity rule schema > rule.schema.json`;
