import { describe, expect, test } from 'vitest';
import { CASE_NUMBER_FORM, matchesCaseNumber } from './case-number.js';

describe('a case number', () => {
  test('fits where every digit, letter and other character stands in its place', () => {
    expect(matchesCaseNumber('##-####', '26-0132')).toBe(true);
    expect(matchesCaseNumber('@@##-####', 'OR26-0132')).toBe(true);
    expect(matchesCaseNumber('##-####', '26-01321')).toBe(false);
    expect(matchesCaseNumber('##-####', '26-013')).toBe(false);
    expect(matchesCaseNumber('##-####', '26_0132')).toBe(false);
    expect(matchesCaseNumber('@#', 'a1')).toBe(false);
    expect(matchesCaseNumber('@#', '11')).toBe(false);
    expect(matchesCaseNumber('##-####', '')).toBe(false);
  });

  test('P07: full-width and other digits are no digits', () => {
    expect(matchesCaseNumber('##', '\uff12\uff16')).toBe(false);
    expect(matchesCaseNumber('##', '\u0662\u0666')).toBe(false);
  });

  test('W24: a hostile number costs one look at its length', () => {
    expect(matchesCaseNumber('#'.repeat(32), '1'.repeat(100_000))).toBe(false);
  });

  test('P24: a form is short, of few characters, and has a place to fill', () => {
    for (const pattern of ['##-####', '@@##-######', '#']) expect(CASE_NUMBER_FORM.test(pattern)).toBe(true);
    for (const pattern of ['', 'ABC', '(a+)+#', '.*#\\d', '#'.repeat(33), '\uff03#', '#\n']) {
      expect(CASE_NUMBER_FORM.test(pattern)).toBe(false);
    }
  });
});
