import { describe, expect, it } from 'vitest';
import { normalisePlate, normalisePlateState } from './plate.js';
import { refusalOf } from './refusal.fixture.js';

describe('a plate', () => {
  it.each([
    ['abc123', 'ABC123'],
    [' abc 12-3 ', 'ABC123'],
    ['P015783', 'P015783'],
    ['ABCDEF1234', 'ABCDEF1234'],
    ['A-B-C 1 2 3', 'ABC123'],
  ])('is stored and searched in one spelling: `%s`', (written, plate) => {
    expect(normalisePlate(written)).toBe(plate);
  });

  it.each(['A%C123', 'A_C123', 'ABC*', 'ABC?', 'AB.123', '[A-Z]BC1', 'A|B', '^ABC$', 'A\\d', 'A+', 'A(1)', 'A{2}'])(
    'with a wildcard or pattern character is refused, never widened (P12): `%s`',
    (text) => {
      expect(refusalOf(() => normalisePlate(text))).toBe('plate_wildcard');
    },
  );

  it.each([
    ['a full-width digit', 'ABC12３'],
    ['a full-width letter', 'ＡBC123'],
    ['a NUL', 'ABC\u0000123'],
    ['a tab', 'ABC\t123'],
    ['a line break', 'ABC123\n'],
    ['a no-break space', 'ABC\u00a0123'],
    ['a zero-width joiner', 'ABC\u200d123'],
    ['an en dash', 'ABC\u2013123'],
    ['a right-to-left override', '\u202eABC123'],
    ['a dotless i, which toUpperCase makes an I', 'ABı123'],
    ['a long s, which toUpperCase makes an S', 'ABſ123'],
    ['a Cyrillic A', '\u0410BC123'],
    ['a lone surrogate', 'ABC\ud800'],
    ['a quote', `ABC'123`],
  ])('with %s is refused (P12)', (_, text) => {
    expect(refusalOf(() => normalisePlate(text))).toBe('plate_character');
  });

  it('that is empty, or spaces and dashes only, is refused', () => {
    expect(['', ' ', '- -'].map((text) => refusalOf(() => normalisePlate(text)))).toEqual(Array(3).fill('plate_empty'));
  });

  it('longer than the wire carries is refused', () => {
    expect(refusalOf(() => normalisePlate('ABCDEF12345'))).toBe('plate_too_long');
  });

  it('of 100 kB is refused without trying every way to read it (W24)', () => {
    for (const hostile of ['A'.repeat(100_000), `${' '.repeat(100_000)}!`, '-A'.repeat(50_000), '%'.repeat(100_000)]) {
      const begun = performance.now();
      expect(refusalOf(() => normalisePlate(hostile))).toBe('plate_too_long');
      expect(performance.now() - begun).toBeLessThan(1_000);
    }
  });

  it('is never repeated by the refusal: error texts hold no personal data', () => {
    expect(() => normalisePlate('SECRET1%')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
    );
  });
});

describe('a plate state', () => {
  it('is two letters in capitals', () => {
    expect(normalisePlateState('wa')).toBe('WA');
  });

  it.each(['', 'W', 'WAX', 'W1', 'W%', 'us-wa'])('that is anything else is refused: `%s`', (text) => {
    expect(refusalOf(() => normalisePlateState(text))).toBe('plate_state_invalid');
  });
});
