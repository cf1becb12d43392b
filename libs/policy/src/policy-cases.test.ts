import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { decide, type Decision } from './decide.js';
import { parseInstant } from './instant.js';
import { parseFacts } from './parse-facts.js';
import { parseRule } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import { QUERY_KINDS, type RuleSide } from './rule.js';
import { VOCABULARY } from './vocabulary.js';

/** One case as a lawyer writes it; the format is described in the README beside the cases. */
interface PolicyCase {
  readonly description: string;
  readonly facts: string;
  readonly facts_changes?: JsonObject;
  readonly rule: string;
  readonly rule_changes?: JsonObject;
  readonly side?: RuleSide;
  readonly now: string;
  readonly decision: string;
  /** Requirement to code: all of them, and no other. */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly undetermined?: readonly string[];
  readonly expires_at?: string;
  /** What is owed after an exception: the duty and the instant by which. */
  readonly duties?: readonly (readonly [duty: string, dueBy: string])[];
}

/** The attacks that a rule decides; the others are about what a node counts, searches or hides. */
const CATALOGUE = 'P01 P02 P03 P04 P05 P06 P07 P08 P09 P10 P11 P12 P16 P19 P20 P21 P24'.split(' ');

const REMOVED = '(removed)';
const here = new URL('../', import.meta.url);

function read(path: string): JsonValue {
  return parseStrictJson(readFileSync(new URL(path, here)), { maxBytes: 1024 * 1024 });
}

/** `a.b.c`: members by name, entries of a list by their place or by the protection that they are about. */
function change(document: JsonValue, path: string, value: JsonValue): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = document;
  for (const name of names) at = memberOf(at, name, path);
  if (Array.isArray(at)) throw new Error(`\`${path}\` changes a list entry as a whole`);
  if (!isJsonObject(at)) throw new Error(`\`${path}\` leads nowhere`);
  if (value === REMOVED) {
    if (!Object.hasOwn(at, last)) throw new Error(`\`${path}\` is not there to be removed`);
    delete at[last];
  } else at[last] = structuredClone(value);
}

function memberOf(value: JsonValue, name: string, path: string): JsonValue {
  const found = Array.isArray(value)
    ? value.find((entry) => isJsonObject(entry) && entry['protection'] === name)
    : isJsonObject(value)
      ? value[name]
      : undefined;
  if (found === undefined) throw new Error(`\`${path}\` leads nowhere at \`${name}\``);
  return found;
}

function changed(path: string, changes: JsonObject | undefined): JsonValue {
  const document = read(path);
  for (const [at, value] of Object.entries(changes ?? {})) change(document, at, value);
  return document;
}

/** A rule that was written for cases, or one of the demonstration. */
function rulePath(name: string): string {
  const forCases = `cases/rules/${name}.json`;
  return existsSync(new URL(forCases, here)) ? forCases : `rules/${name}.json`;
}

function decisionOf(policyCase: PolicyCase): Decision | PolicyError {
  try {
    const facts = parseFacts(changed(`cases/facts/${policyCase.facts}.json`, policyCase.facts_changes));
    const rule = parseRule(changed(rulePath(policyCase.rule), policyCase.rule_changes));
    return decide(facts, { rule, side: policyCase.side ?? 'release' }, parseInstant(policyCase.now));
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

const files = readdirSync(new URL('cases/', here)).filter((name) => name.endsWith('.json'));
let count = 0;

for (const file of files) {
  describe(file, () => {
    for (const policyCase of read(`cases/${file}`) as unknown as PolicyCase[]) {
      count += 1;
      test(policyCase.description, () => {
        const decision = decisionOf(policyCase);
        if (decision instanceof PolicyError) {
          expect(decision.message).not.toBe('');
          expect(decision.code).toBe(policyCase.decision);
          return;
        }
        const reasons = decision.outcome === 'deny' ? decision.reasons : [];
        expect(Object.fromEntries(reasons.map(({ requirement, code }) => [requirement, code]))).toEqual(
          policyCase.reasons ?? {},
        );
        expect(decision.outcome).toBe(policyCase.decision);
        const undetermined = decision.outcome === 'permit' ? [] : decision.undetermined;
        expect(undetermined.map(({ requirement }) => requirement)).toEqual(policyCase.undetermined ?? []);
        if (policyCase.expires_at !== undefined) {
          expect(decision).toMatchObject({ obligations: { expires_at: policyCase.expires_at } });
        }
        if (policyCase.duties !== undefined) {
          const duties = decision.outcome === 'permit' ? decision.duties : [];
          expect(duties.map(({ duty, due_by: dueBy }) => [duty, dueBy])).toEqual(policyCase.duties);
        }
      });
    }
  });
}

const all = files.flatMap((file) => read(`cases/${file}`) as unknown as PolicyCase[]);
const described = (words: string): PolicyCase[] => all.filter(({ description }) => description.includes(words));

describe('the cases together', () => {
  test('are at least 150, each with a description of its own', () => {
    expect(count).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map(({ description }) => description)).size).toBe(all.length);
  });

  test.each([...VOCABULARY.protections.keys()])('hold one that %s permits and one that it denies', (id) => {
    const about = all.filter(({ reasons, rule_changes: changes }) => {
      const names = Object.keys(reasons ?? {});
      return names.some((name) => name.endsWith(`.${id}`)) || JSON.stringify(changes ?? {}).includes(`"${id}"`);
    });
    const decisions = about.map(({ decision }) => decision);
    expect(decisions).toContain('permit');
    expect(decisions).toContain('deny');
  });

  test.each([...VOCABULARY.exceptions.keys()])('hold one with the exception `%s` that is permitted', (exception) => {
    const claims = (one: PolicyCase): boolean => (one.facts_changes?.['request.exception'] ?? 'none') === exception;
    expect(all.filter((one) => claims(one) && one.decision === 'permit')).not.toEqual([]);
  });

  test.each(QUERY_KINDS)('hold one of the kind `%s`', (kind) => {
    const asks = (one: PolicyCase): boolean => (one.facts_changes?.['request.kind'] ?? 'plate_history') === kind;
    expect(all.filter(asks)).not.toEqual([]);
  });

  test.each(CATALOGUE)('hold one of the attack %s', (id) => {
    expect(described(`${id}:`)).not.toEqual([]);
  });
});
