import {
  PolicyError,
  draftAuthority,
  parseRule,
  parseRuleText,
  parseRuleYaml,
  profiles,
  sourcePositions,
  startingRule,
  type Profile,
  type Rule,
  type SourcePosition,
} from '#policy';
import { CliError } from './cli-error.js';
import { readInput } from './input-file.js';

/** A rule as somebody wrote it, and where each of its clauses stands in the file. */
export interface RuleFile {
  readonly rule: Rule;
  readonly positionOf: (path: string) => SourcePosition | undefined;
}

/**
 * Reads a rule, YAML where the file says so by its name and strict JSON otherwise.
 *
 * @throws CliError `usage` with every problem of the document and its line
 */
export async function readRuleFile(path: string): Promise<RuleFile> {
  const text = await readInput(path);
  const positionOf = sourcePositions(text);
  try {
    const rule = /\.ya?ml$/iu.test(path) ? parseRuleYaml(text) : parseRuleText(text);
    return { rule, positionOf };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const details = error.problems.map(
      (problem) => `${at(path, positionOf(problem.path))} ${problem.path}: ${problem.message}`,
    );
    throw new CliError('usage', 'the rule cannot be read', { details, problem: error.code }, { cause: error });
  }
}

/** `rule.yaml:12:5` */
export function at(path: string, position: SourcePosition | undefined): string {
  return position === undefined ? `${path}:` : `${path}:${position.line}:${position.column}:`;
}

/** @throws CliError `usage` for a legal order whose law nobody has read */
export function profileOf(id: string): Profile {
  const profile = profiles().get(id);
  if (profile !== undefined) return profile;
  const known = [...profiles().keys()].join(' ');
  throw new CliError('usage', `no legal profile \`${id}\``, { remedy: `one of: ${known}` });
}

/** The starting rule of a profile, for dry runs: its owner and the authorities of its neighbours are placeholders. */
export function draftRule(profile: Profile, owner: string, effectiveFrom: string): Rule {
  const jurisdictions = new Map([...profiles().keys()].map((id) => [id, draftAuthority(id)]));
  return parseRule(startingRule({ profile, owner, version: 1, effectiveFrom, jurisdictions }));
}
