import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#protocol';
import { parseRule } from './parse-rule.js';
import { ruleJsonSchema } from './rule-schema.js';

const here = new URL('../', import.meta.url);
const published = parseStrictJson(readFileSync(new URL('schema/rule.schema.json', here)), { maxBytes: 1024 * 1024 });

describe('the published JSON Schema of a rule', () => {
  test('is the one that is made of the shapes that the parser reads by', () => {
    expect(published, 'write it anew with `npm run rule-schema`').toEqual(ruleJsonSchema());
  });

  test('accepts the rules of the demonstration', () => {
    const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true }).compile(
      ruleJsonSchema(),
    );
    for (const file of readdirSync(new URL('rules/', here))) {
      const document = parseStrictJson(readFileSync(new URL(`rules/${file}`, here)));
      expect(parseRule(document)).toBeDefined();
      expect({ [file]: validate(document) ? [] : validate.errors }).toEqual({ [file]: [] });
    }
  });
});
