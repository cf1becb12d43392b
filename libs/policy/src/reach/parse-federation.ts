import type { JsonValue } from '#protocol';
import type { Party } from '../facts.js';
import { parseFacts } from '../parse-facts.js';
import { parseRule } from '../parse-rule.js';
import { PolicyError } from '../policy-error.js';
import type { Problem } from '../problem.js';
import type { Rule } from '../rule.js';
import { StrictReader } from '../strict-reader.js';

export const FEDERATION_SCHEMA = 'comity-federation/v1';

/** Enrolled agencies with what is attested of them, and owners' rules, as a file: for planning, and for tests. */
export interface FederationDocument {
  readonly parties: readonly Party[];
  /** By owner. */
  readonly rules: ReadonlyMap<string, Rule>;
}

const MAX_PARTIES = 50_000;

/**
 * `{schema, parties: [party as in facts], rules: [rule]}`.
 *
 * @throws PolicyError `reach_malformed`, with every problem and where it is
 */
export function parseFederation(document: JsonValue): FederationDocument {
  const reader = new StrictReader();
  const file = reader.object(document, 'federation', ['schema', 'parties', 'rules'], []);
  reader.code(file['schema'], 'schema', new Set([FEDERATION_SCHEMA]));
  const problems: Problem[] = [];
  const within = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` })));
      return undefined;
    }
  };
  const parties = reader.list(file['parties'], 'parties', 1, MAX_PARTIES).flatMap((value, index) => {
    const party = within(`parties[${index}]`, () => parseFacts({ requester: value, request: {} }).requester);
    return party ?? [];
  });
  const rules = reader.list(file['rules'], 'rules', 0, MAX_PARTIES).flatMap((value, index) => {
    const rule = within(`rules[${index}]`, () => parseRule(value));
    return rule ?? [];
  });
  noneTwice(
    reader,
    'parties',
    parties.map(({ entityId }) => entityId),
  );
  noneTwice(
    reader,
    'rules',
    rules.map(({ owner }) => owner),
  );
  const all = [...reader.problems, ...problems];
  if (all.length > 0) throw new PolicyError('reach_malformed', all.slice(0, 100));
  return { parties, rules: new Map(rules.map((rule) => [rule.owner, rule])) };
}

function noneTwice(reader: StrictReader, path: string, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) reader.problem(path, `\`${id}\` stands twice`);
    seen.add(id);
  }
}
