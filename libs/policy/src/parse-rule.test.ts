import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { digestOf, parseStrictObject, type JsonObject, type JsonValue } from '#protocol';
import { parseRule, parseRuleText, ruleFromClaims } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import { ruleDigest } from './rule.js';

const rules = new URL('../rules/', import.meta.url);
const text = (name: string) => readFileSync(new URL(`${name}.json`, rules), 'utf8');
const document = () => parseStrictObject(text('juniper-bend-police'));

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof PolicyError) {
      expect(error.code).toBe('rule_malformed');
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

/** Every place in the document, as the object and the name of the member. */
function places(value: JsonValue, path = ''): { holder: JsonObject; name: string; path: string }[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => places(entry, `${path}[${index}]`));
  return Object.keys(value).flatMap((name) => [
    { holder: value, name, path: `${path}.${name}` },
    ...places(value[name] ?? null, `${path}.${name}`),
  ]);
}

// A rule answers as many kinds as it likes: one section less is another rule, and no mistake.
const OPTIONAL = ['source', 'deny', 'max_fan_out', 'coarsen', 'release', 'ask', 'plate_history', 'near_scene'];

describe('reading a rule', () => {
  test('the rules of the demonstration can be read', () => {
    for (const file of readdirSync(rules)) {
      expect(problemsOf(() => parseRuleText(readFileSync(new URL(file, rules))))).toEqual([]);
    }
  });

  test('what is read is the document, frozen through and through', () => {
    const given = document();
    const rule = parseRule(given);
    expect(rule).toEqual(given);
    expect(ruleDigest(rule)).toBe(digestOf(given));
    const fields = (rule.release?.plate_history?.fields ?? []) as string[];
    expect(() => fields.push('plate')).toThrow(TypeError);
    (given['release'] as JsonObject)['plate_history'] = null;
    expect(rule.release?.plate_history).not.toBeNull();
  });

  test('the digest does not depend on the order of members, and does on every value', () => {
    const given = document();
    const turned = Object.fromEntries(Object.entries(given).reverse());
    expect(ruleDigest(parseRule(turned))).toBe(ruleDigest(parseRule(given)));
    expect(ruleDigest(parseRule({ ...given, version: 2 }))).not.toBe(ruleDigest(parseRule(given)));
  });

  test('P01: a member that is missing is a problem, wherever it is missing', () => {
    const count = places(document()).length;
    for (let index = 0; index < count; index += 1) {
      const changed = document();
      const place = places(changed)[index];
      if (!place || OPTIONAL.includes(place.name)) continue;
      delete place.holder[place.name];
      expect({ [place.path]: problemsOf(() => parseRule(changed)).length }).not.toEqual({ [place.path]: 0 });
    }
  });

  test('P01: null, a list, an object or an empty text in place of a value is a problem, wherever it stands', () => {
    const count = places(document()).length;
    for (let index = 0; index < count; index += 1) {
      for (const wrong of [null, [], {}, '', false, -1]) {
        const changed = document();
        const place = places(changed)[index];
        if (!place) continue;
        place.holder[place.name] = wrong;
        expect({ [`${place.path} ${JSON.stringify(wrong)}`]: problemsOf(() => parseRule(changed)).length }).not.toEqual(
          {
            [`${place.path} ${JSON.stringify(wrong)}`]: 0,
          },
        );
      }
    }
  });

  test('an unknown member is a problem, wherever it stands', () => {
    const holders = new Set(places(document()).map(({ path }) => path.replace(/\.[^.]+$/, '')));
    for (const holder of holders) {
      const changed = document();
      const place = places(changed).find(({ path }) => path.replace(/\.[^.]+$/, '') === holder);
      if (place) place.holder['unless'] = true;
      expect({ [holder]: problemsOf(() => parseRule(changed)).some((p) => p.includes('`unless`')) }).toEqual({
        [holder]: true,
      });
    }
  });

  test('everything that is wrong is listed, with its place', () => {
    const changed = document();
    const release = (changed['release'] as JsonObject)['plate_history'] as JsonObject;
    changed['version'] = 1.5;
    changed['owner'] = 'https://juniper\u0432end.example';
    release['purposes'] = { allow: ['investigation', 'missing-person', 'missing-person'] };
    release['scope'] = { max_window_hours: 0, max_plates: 5 };
    expect(problemsOf(() => parseRule(changed))).toEqual([
      'owner: an entity id is expected',
      'version: a whole number from 1 to 1000000 is expected',
      'release.plate_history.purposes.allow[0]: unknown value `investigation`',
      'release.plate_history.purposes.allow[2]: `missing-person` is named twice',
      'release.plate_history.scope.max_window_hours: a whole number from 1 to 87840 is expected',
    ]);
  });

  test('P03: a protection that is required twice could be read either way, and is refused', () => {
    const changed = document();
    const release = (changed['release'] as JsonObject)['plate_history'] as JsonObject;
    const requirements = release['require'] as JsonObject[];
    release['require'] = [...requirements, { protection: 'retention', at_least: 'unlimited', basis: ['statute'] }];
    expect(problemsOf(() => parseRule(changed))).toEqual([
      'release.plate_history.require[4]: `retention` is required twice',
    ]);
  });

  test('P24: ten thousand branches, a hundred thousand levels and long lists are refused in a moment', () => {
    const start = performance.now();
    let deep: JsonValue = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(problemsOf(() => parseRule({ ...document(), ask: deep }))).toEqual(['document: nested deeper than 12']);
    const wide = { ...document(), ask: Array.from({ length: 10_000 }, () => ({})) };
    expect(problemsOf(() => parseRule(wide))).toEqual(['document: more than 4000 values']);
    const long = { ...document(), title: 'x'.repeat(70_000) };
    expect(problemsOf(() => parseRule(long))).toEqual(['document: larger than 65536 bytes']);
    const hostile = document();
    const conditions = (hostile['release'] as JsonObject)['plate_history'] as JsonObject;
    conditions['offences'] = { allow: Array.from({ length: 3000 }, (_, index) => `X${index}`) };
    expect(problemsOf(() => parseRule(hostile)).length).toBe(100);
    expect(problemsOf(() => parseRuleText(`{"a":${'['.repeat(60_000)}`))).toEqual(['document: not acceptable JSON']);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('J07: a member that stands twice in the text is refused', () => {
    const twice = text('juniper-bend-police').replace('"version": 1,', '"version": 1, "version": 2,');
    expect(problemsOf(() => parseRuleText(twice))).toEqual(['document: not acceptable JSON']);
  });

  test('P07: a title or source that shows a person another text is refused', () => {
    for (const title of ['share\u202ewith nobody', 'none\u200b', 'one\ntwo', '\u2028']) {
      expect(problemsOf(() => parseRule({ ...document(), title }))).toHaveLength(1);
    }
  });

  test('the rule of a token is its claims without the envelope, and its owner is the issuer', () => {
    const rule = document();
    const claims = { ...rule, iss: 'https://juniper-bend.example', iat: 1, jti: 'x' };
    expect(ruleFromClaims(claims)).toEqual(rule);
    expect(problemsOf(() => ruleFromClaims({ ...claims, iss: 'https://mesa-clara.example' }))).toEqual([
      'owner: is not the issuer of the token',
    ]);
    expect(problemsOf(() => ruleFromClaims({ ...claims, exp: 2 }))).toEqual(['rule: unknown member `exp`']);
  });
});
