import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { decide, type Decision } from './decide.js';
import { parseInstant } from './instant.js';
import { parseFacts } from './parse-facts.js';
import { parseRule } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import type { RuleSide } from './rule.js';

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
}

const REMOVED = '(removed)';
const here = new URL('../', import.meta.url);

function read(path: string): JsonValue {
  return parseStrictJson(readFileSync(new URL(path, here)));
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

function decisionOf(policyCase: PolicyCase): Decision | PolicyError {
  try {
    const facts = parseFacts(changed(`cases/facts/${policyCase.facts}.json`, policyCase.facts_changes));
    const rule = parseRule(changed(`rules/${policyCase.rule}.json`, policyCase.rule_changes));
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
      });
    }
  });
}

test('at least forty cases are there to be decided', () => {
  expect(count).toBeGreaterThanOrEqual(40);
});
