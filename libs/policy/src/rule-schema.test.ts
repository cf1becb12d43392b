import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, parseStrictJson, type JsonObject, type JsonValue } from '#protocol';
import { runsOf } from '../../../test/support/how-much.js';
import { EVERYTHING, everything } from '../test/rule-with-everything.js';
import { parseRule } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import type { Problem } from './problem.js';
import { ruleJsonSchema } from './rule-schema.js';

const here = new URL('../', import.meta.url);
const published = parseStrictJson(readFileSync(new URL('schema/rule.schema.json', here)), { maxBytes: 1024 * 1024 });
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(ruleJsonSchema());

function problemsOf(document: JsonValue): readonly Problem[] {
  try {
    parseRule(document);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
}

function ruleFile(name: string): JsonObject {
  const document = parseStrictJson(readFileSync(new URL(`rules/${name}`, here)));
  if (!isJsonObject(document)) throw new Error('an object is expected');
  return document;
}

/** Every place of a document, as its holder and the name or position there. */
function places(value: JsonValue): { holder: JsonObject | JsonValue[]; at: string }[] {
  if (value === null || typeof value !== 'object') return [];
  const holder = value;
  return Object.keys(holder).flatMap((at) => [{ holder, at }, ...places((holder as JsonObject)[at] ?? null)]);
}

const WRONG: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  2,
  1e9,
  '',
  ' ',
  'x',
  'all',
  'own',
  'none',
  'warrant',
  'emergency',
  'https://x.example',
  '120',
  'a\u202eb',
  'x'.repeat(301),
  [],
  {},
  ['x'],
  ['120'],
  ['120', '120'],
  [{}],
  { source: 'x' },
];

/** One thing changed: a member taken out, put in, or replaced by what belongs elsewhere. */
function mutated(document: JsonObject, pick: number, wrong: number, how: number): JsonObject {
  const copy = structuredClone(document);
  const all = places(copy);
  const { holder, at } = all[pick % all.length] ?? { holder: copy, at: 'title' };
  const other = all[(pick * 7919) % all.length];
  const foreign = other === undefined ? null : structuredClone((other.holder as JsonObject)[other.at] ?? null);
  const members = holder as JsonObject;
  if (how === 0 && !Array.isArray(holder)) delete members[at];
  else if (how === 1 && Array.isArray(holder)) holder.push(structuredClone(holder[0] ?? null));
  else if (how === 1) members[other?.at ?? 'unless'] = foreign;
  else if (how === 2) members[at] = foreign;
  else members[at] = structuredClone(WRONG[wrong % WRONG.length] ?? null);
  return copy;
}

/** What no schema says: which days there are, that names have to differ, and how large a document may be. */
function isBeyondSchema({ path, message }: Problem): boolean {
  if (message === 'is that of another entry' || path === 'document') return true;
  return /^effective_(from|until)$/.test(path) && message.startsWith('an instant');
}

describe('the published JSON Schema of a rule', () => {
  test('is the one that is made of the shapes that the parser reads by', () => {
    expect(published, 'write it anew: `comity rule schema > libs/policy/schema/rule.schema.json`').toEqual(
      ruleJsonSchema(),
    );
  });

  test('accepts the rules of the demonstration, and one that uses every clause', () => {
    const files = readdirSync(new URL('rules/', here)).map((name) => [name, ruleFile(name)] as const);
    for (const [name, document] of [...files, ['everything', EVERYTHING] as const]) {
      expect(parseRule(document)).toBeDefined();
      expect({ [name]: validate(document) ? [] : validate.errors }).toEqual({ [name]: [] });
    }
  });

  test('accepts what the parser accepts and refuses what it refuses, wherever one thing is changed', () => {
    const documents = [
      ruleFile('juniper-bend-police.json'),
      everything(['plate_history']),
      everything(['hot_list_alert']),
      everything(['passed_twice', 'near_scene']),
    ];
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...documents),
        fc.nat(),
        fc.nat(WRONG.length - 1),
        fc.nat(3),
        (document, pick, wrong, how) => {
          const changed = mutated(document, pick, wrong, how);
          const problems = problemsOf(changed);
          const valid = validate(changed);
          if (problems.length === 0) accepted += 1;
          if (valid === (problems.length === 0)) return;
          const said = { parser: problems, schema: validate.errors ?? [] };
          expect(valid && problems.every(isBeyondSchema) ? 'the same' : said).toBe('the same');
        },
      ),
      { numRuns: runsOf(1500), endOnFailure: true },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});
