import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import type { Facts } from '../src/facts.js';
import { parseFacts } from '../src/parse-facts.js';
import { parseRule } from '../src/parse-rule.js';
import type { Rule, RuleSide } from '../src/rule.js';

/** One case as a lawyer writes it; the format is described in the README beside the cases. */
export interface PolicyCase {
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

/** What a case is decided from. @throws PolicyError where it is about a document that cannot be read */
export function readCase(policyCase: PolicyCase): { facts: Facts; rule: Rule } {
  const facts = parseFacts(changed(`cases/facts/${policyCase.facts}.json`, policyCase.facts_changes));
  return { facts, rule: parseRule(changed(rulePath(policyCase.rule), policyCase.rule_changes)) };
}

/** The cases of each file, by its name. */
export function policyCases(): ReadonlyMap<string, readonly PolicyCase[]> {
  const files = readdirSync(new URL('cases/', here)).filter((name) => name.endsWith('.json'));
  return new Map(files.map((file) => [file, read(`cases/${file}`) as unknown as PolicyCase[]]));
}
