import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonLiteral } from './python-literal.js';
import { refusalReason } from './refusal-reason.fixture.js';

const parsed = (text: string) => parsePythonLiteral(text, 'cell');

describe('a cell as Python writes it', () => {
  it.each<[string, unknown]>([
    ["{'a': 1, \"b\": [0.5, -2, 1e-3,], 'c': None}", { a: 1, b: [0.5, -2, 0.001], c: null }],
    ["(True, False, 'it\\'s', \"it's\")", [true, false, "it's", "it's"]],
    [' [ ] ', []],
    ['{}', {}],
  ])('%s is read', (text, value) => {
    expect(parsed(text)).toEqual(value);
  });

  it.each([
    '',
    '{',
    "{'a' 1}",
    "{'a': 1 'b': 2}",
    "{'a': 1, 'a': 2}",
    "{'__proto__': 1}",
    "{'constructor': 1}",
    '{1: 2}',
    '[1] [2]',
    "'open",
    "'\\x41'",
    'nan',
    'inf',
    "__import__('os')",
    '1 + 1',
    '['.repeat(50),
    `[${'0,'.repeat(20_000)}]`,
  ])('%# is refused', (text) => {
    expect(refusalReason(() => parsed(text))).toBe('member_malformed');
  });

  it('what JSON can say comes back', () => {
    const value = fc
      .jsonValue({ maxDepth: 3, noUnicodeString: true })
      .filter((json) => !JSON.stringify(json).includes('\\u'));
    fc.assert(
      fc.property(value, (json) => {
        const python = JSON.stringify(json).replaceAll(
          /"(?:[^"\\]|\\.)*"|true|false|null/g,
          (token) => ({ true: 'True', false: 'False', null: 'None' })[token] ?? token,
        );
        try {
          expect(parsed(python)).toEqual(JSON.parse(JSON.stringify(json)));
        } catch (error) {
          // Names that every object has, escapes that Python has not, and dictionaries deeper than any cell are refused.
          expect(error).toMatchObject({ reason: 'member_malformed' });
        }
      }),
    );
  });
});
