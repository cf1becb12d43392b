import type { Command } from 'commander';
import { PolicyError, parseRule, ruleDigest, type Rule } from '#policy';
import type { JsonObject } from '#protocol';
import { CliError } from '../cli-error.js';
import { describeRule } from '../describe-rule.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { printJson } from '../json-output.js';
import { numberIn, textIn } from '../json-reading.js';
import { digestText, signedIn, withSession, type SessionOptions } from '../options.js';
import type { Cli } from '../ports.js';
import { bold } from '../terminal.js';
import { policyProblem } from './decide.js';
import { proposed } from './rule-show.js';

interface RulePublishOptions extends SessionOptions {
  readonly file?: string;
  readonly digest?: string;
}

export function addRulePublish(rule: Command, cli: Cli): void {
  const command = rule
    .command('publish')
    .description('change the sharing rule: one person proposes, another one publishes')
    .option('--file <rule.json>', 'propose this rule')
    .option('--digest <digest>', 'publish the version that another person proposed', digestText)
    .addHelpText('after', HELP)
    .action(async (options: RulePublishOptions) => cli.exit(await rulePublish(options, cli)));
  withSession(command);
}

const HELP = `
Both steps are logged and public. A narrower rule binds at once, also what is under way; a wider one helps only requests
that were signed after its notice period.

Examples:
  $ comity rule publish --agency https://node.agency.example --file rule.json --as one
  $ comity rule show    --agency https://node.agency.example --digest DIGEST
  $ comity rule publish --agency https://node.agency.example --digest DIGEST --as other`;

async function rulePublish(options: RulePublishOptions, cli: Cli): Promise<ExitCode> {
  const { file, digest } = options;
  if ((file === undefined) === (digest === undefined)) {
    throw new CliError('usage', 'either --file, to propose, or --digest, to publish', {
      remedy: 'comity rule publish --help',
    });
  }
  return file === undefined ? publish(digest ?? '', options, cli) : propose(file, options, cli);
}

async function propose(file: string, options: RulePublishOptions, cli: Cli): Promise<ExitCode> {
  const document = await readJsonInput(file);
  const rule = readRule(document);
  const client = await signedIn(options, cli);
  const answer = await client.post('/rules', { rule: document });
  const digest = textIn(answer, 'digest');
  if (digest !== ruleDigest(rule)) {
    throw new CliError('unverified', 'the node recorded another rule than the one in your file', {
      remedy: 'do not publish it; tell whoever runs the node',
    });
  }
  if (options.json === true) printJson(cli.terminal, { ...answer, state: 'proposed' });
  else {
    cli.terminal.out([bold(`proposed version ${numberIn(answer, 'version')}  `), digest]);
    cli.terminal.out('it takes effect when a second person publishes it:');
    cli.terminal.out(`  comity rule publish --agency ${client.url} --digest ${digest} --as OTHER`);
  }
  return EXIT.ok;
}

async function publish(digest: string, options: RulePublishOptions, cli: Cli): Promise<ExitCode> {
  const client = await signedIn(options, cli);
  // What is published is shown first, out of the very document that the digest is of.
  const { rule } = await proposed(client, digest);
  const answer = await client.post(`/rules/${digest}/publication`);
  if (options.json === true) printJson(cli.terminal, { ...answer, state: 'published' });
  else {
    for (const line of describeRule(rule as unknown as JsonObject, digest)) cli.terminal.out(line);
    cli.terminal.out([bold(`published version ${numberIn(answer, 'version')}`)]);
  }
  return EXIT.ok;
}

function readRule(document: Parameters<typeof parseRule>[0]): Rule {
  try {
    return parseRule(document);
  } catch (error) {
    if (error instanceof PolicyError) throw policyProblem(error);
    throw error;
  }
}
