import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { PolicyError, parseRule, startingRule } from '#policy';
import { isJsonObject, type JsonObject } from '#protocol';
import { parseEntityId } from '#trust';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readJsonInput } from '../input-file.js';
import { jsonText } from '../json-output.js';
import { instantOption } from '../instant-option.js';
import type { Cli } from '../ports.js';
import { profileOf } from '../rule-file.js';
import { policyProblem } from './decide.js';

interface RuleInitOptions {
  readonly profile: string;
  readonly owner: string;
  readonly from: string;
  readonly jurisdictions?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addRuleInit(rule: Command, cli: Cli): void {
  rule
    .command('init')
    .description('a starting rule out of what the law of a state demands of an agency that holds reads')
    .requiredOption('--profile <id>', 'whose law: WA, OR, CA, MD ..., GBR, DEU')
    .requiredOption('--owner <url>', "your agency's entity id: https://node.agency.example")
    .requiredOption('--from <instant>', 'from when it is in effect: 2026-12-01T00:00:00-08:00', instantOption)
    .option('--jurisdictions <map.json>', 'entity ids of other legal orders: {"MA": "https://ma.example"}')
    .option('--out <file>', 'write it there; a name in .yaml makes it YAML')
    .option('--json', 'JSON instead of YAML where it is printed')
    .addHelpText('after', HELP)
    .action(async (options: RuleInitOptions) => cli.exit(await ruleInit(options, cli)));
}

const HELP = `
What is law carries its citation as source; everything else says that it is a starting value. A profile is a draft, read
from public sources: no legal advice, and no law until its authority has corrected and signed it. Recipients of other
legal orders are left out unless --jurisdictions says which entity id is theirs.

Examples:
  $ comity rule init --profile WA --owner https://node.agency.example --from 2026-12-01T00:00:00-08:00 --out rule.yaml
  $ comity rule lint rule.yaml --profile WA
  $ comity rule explain rule.yaml`;

async function ruleInit(options: RuleInitOptions, cli: Cli): Promise<ExitCode> {
  const profile = profileOf(options.profile);
  const jurisdictions = await jurisdictionsOf(options.jurisdictions);
  const owner = entityId(options.owner);
  const document = startingRule({ profile, owner, version: 1, effectiveFrom: options.from, jurisdictions });
  checked(document);
  const yaml = options.out === undefined ? options.json !== true : /\.ya?ml$/iu.test(options.out);
  const text = yaml
    ? `# ${profile.notice}\n${stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })}`
    : `${jsonText(document)}\n`;
  if (options.out === undefined) for (const line of text.trimEnd().split('\n')) cli.terminal.out(line);
  else {
    await writeFile(options.out, text, { flag: 'wx' }).catch((cause: unknown) => {
      throw new CliError('usage', `\`${options.out}\` cannot be written, or is there already`, {}, { cause });
    });
    cli.terminal.out(`wrote ${options.out}; next: comity rule lint ${options.out} --profile ${profile.id}`);
  }
  return EXIT.ok;
}

function checked(document: JsonObject): void {
  try {
    parseRule(document);
  } catch (error) {
    throw error instanceof PolicyError ? policyProblem(error) : error;
  }
}

function entityId(text: string): string {
  try {
    return parseEntityId(text).id;
  } catch (cause) {
    throw new CliError('usage', `\`${text}\` is no entity id`, { remedy: 'https://HOST' }, { cause });
  }
}

async function jurisdictionsOf(path: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (path === undefined) return new Map();
  const document = await readJsonInput(path);
  if (!isJsonObject(document)) throw new CliError('usage', `\`${path}\` is no object of ids`);
  return new Map(
    Object.entries(document).map(([id, value]) => {
      profileOf(id);
      return [id, entityId(typeof value === 'string' ? value : '')];
    }),
  );
}
