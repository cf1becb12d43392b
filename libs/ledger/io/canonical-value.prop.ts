import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type JsonValue } from '#protocol';
import { canonicalValue } from '../src/index.js';

it('the canonical text that commitments are made over is that of the protocol (RFC 8785)', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const texts = JSON.stringify(value);
      fc.pre(texts.isWellFormed() && !texts.includes('\\u0000') && !/\\ud[89a-f]/i.test(texts));
      expect(canonicalValue(JSON.parse(texts) as JsonValue)).toBe(canonicalJson(JSON.parse(texts) as JsonValue));
    }),
    { numRuns: 500 },
  );
  const hard = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: [1e21, 1e-7, -0, 0.1] };
  expect(canonicalValue(hard)).toBe(canonicalJson(hard));
});
