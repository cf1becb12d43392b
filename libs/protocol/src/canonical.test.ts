import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, digestOfText, saltedDigest, sha256 } from './canonical.js';
import type { JsonValue } from './strict-json.js';

describe('RFC 8785', () => {
  it('writes the sample of §3.2.2', () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(sample) as JsonValue)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('orders members by UTF-16 code unit, as §3.2.3 shows', () => {
    const unordered = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const written = JSON.parse(canonicalJson(unordered)) as Record<string, string>;
    expect(canonicalJson(unordered)).toMatch(/^\{"\\r":.*"1":.*"\u0080":.*"ö":.*"€":.*"😀":.*"\ufb33":/u);
    expect(written).toEqual(unordered);
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalJson(undefined as unknown as JsonValue)).toThrow(TypeError);
    expect(() => canonicalJson([Number.NaN])).toThrow('NaN');
    expect(() => canonicalJson('\ud800')).toThrow('surrogate');
  });
});

it('takes digests as 43 characters of base64url of SHA-256', () => {
  const expected = createHash('sha256').update('{"a":1}').digest('base64url');
  expect(digestOf({ a: 1 })).toBe(expected);
  expect(digestOfText('{"a":1}')).toBe(expected);
  expect(Buffer.from(sha256('{"a":1}')).toString('base64url')).toBe(expected);
  expect(expected).toHaveLength(43);
});

it('gives a salted digest that changes with its label, its salt and its value', () => {
  const digests = new Set([
    saltedDigest('ask', 's1', { plate: 'ABC123' }),
    saltedDigest('leaf', 's1', { plate: 'ABC123' }),
    saltedDigest('ask', 's2', { plate: 'ABC123' }),
    saltedDigest('ask', 's1', { plate: 'ABC124' }),
  ]);
  expect(digests.size).toBe(4);
  expect(saltedDigest('ask', 's1', { b: 1, a: 2 })).toBe(digestOfText('ask\ns1\n{"a":2,"b":1}'));
});
