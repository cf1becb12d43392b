import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#protocol';
import { parseRuleText, parseRuleYaml } from './parse-rule.js';
import { PolicyError } from './policy-error.js';
import { ruleDigest } from './rule.js';
import { parseYaml } from './yaml.js';

const json = readFileSync(new URL('../rules/juniper-bend-police.json', import.meta.url), 'utf8');
const yaml = stringify(parseStrictJson(json), { aliasDuplicateObjects: false });

function problemOf(text: string | Uint8Array): string {
  try {
    parseYaml(text, 64 * 1024);
  } catch (error) {
    if (error instanceof PolicyError && error.code === 'rule_malformed') return error.problems[0]?.message ?? '';
    throw error;
  }
  return 'accepted';
}

describe('a rule in YAML', () => {
  test('is the rule in JSON, down to its digest', () => {
    expect(ruleDigest(parseRuleYaml(`# approved by the council\n${yaml}`))).toBe(ruleDigest(parseRuleText(json)));
  });

  test('J07: a key that stands twice is refused, with its line', () => {
    expect(problemOf('version: 1\nversion: 2\n')).toContain('Map keys must be unique at line 2');
    expect(problemOf('a: {b: 1, b: 2}')).toContain('Map keys must be unique');
  });

  test('P24: anchors, aliases and tags are refused, so that no few lines stand for gigabytes', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [*${'abcdefg'[i]}, *${'abcdefg'[i]}]`),
    ];
    for (const text of [
      bomb.join('\n'),
      'a: &a 1',
      'a: !!str 1',
      'a: !x y',
      '!!map {a: 1}',
      'a: &b\n  c: 1\nd:\n  <<: *b',
    ]) {
      expect({ [text.slice(0, 20)]: problemOf(text) }).toEqual({
        [text.slice(0, 20)]: expect.stringMatching(/anchors, aliases and tags|[Uu]nresolved|not acceptable/) as unknown,
      });
    }
  });

  test('P24: what is nested without end, or too large, is refused in a moment', () => {
    const started = performance.now();
    for (const text of ['['.repeat(60_000), '- '.repeat(30_000), '{a: '.repeat(15_000), 'x'.repeat(70_000)]) {
      expect(problemOf(text)).not.toBe('accepted');
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('directives, several documents and other encodings are refused', () => {
    expect(problemOf('%YAML 1.1\n---\na: no\n')).toBe('directives are not allowed');
    expect(problemOf('a: 1\n---\nb: 2\n')).not.toBe('accepted');
    expect(problemOf(Buffer.from('a: \xff', 'latin1'))).toBe('not UTF-8');
    expect(problemOf(Buffer.from('\ufeffa: 1', 'utf16le'))).not.toBe('accepted');
  });

  test('only what JSON has: no dates, no other truths, no numbers without a value', () => {
    expect(parseYaml('a: no\nb: 2026-04-01\nc: ~\nd: 1.5\ne: true\n12: x', 1024)).toEqual({
      a: 'no',
      b: '2026-04-01',
      c: null,
      d: 1.5,
      e: true,
      '12': 'x',
    });
    for (const number of ['.nan', '.inf', '-.inf', '1e400', '9007199254740993']) {
      expect({ [number]: problemOf(`a: ${number}`) }).toEqual({ [number]: 'a number that JSON does not have' });
    }
  });

  test('`__proto__` is a member like another, and unknown', () => {
    expect(() => parseRuleYaml(`${yaml}\n__proto__: {x: 1}`)).toThrow('unknown member `__proto__`');
  });

  test('a code that looks like a number says that it has to stand in quotes', () => {
    expect(() => parseRuleYaml(yaml.replace('- "120"', '- 120'))).toThrow('write `120` in quotes');
  });
});
