import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrativeSigns } from './narrative-signs.js';

interface Cases {
  readonly signs: readonly { readonly narrative: string; readonly signs: readonly string[] }[];
  readonly none: readonly string[];
}
const cases = JSON.parse(readFileSync(new URL('../narrative/cases.json', import.meta.url), 'utf8')) as Cases;

const found = (narrative: string): string[] =>
  narrativeSigns(narrative)
    .map(({ kind, sign }) => `${kind} ${sign}`)
    .toSorted();

describe('P05 a narrative shows signs, for a person to look at', () => {
  it.each(cases.signs.map(({ narrative, signs }) => [narrative, signs] as const))('%j', (narrative, signs) => {
    expect(found(narrative)).toEqual([...signs].toSorted());
  });
});

describe('P05 a near miss shows none', () => {
  it.each(cases.none)('%j', (narrative) => {
    expect(found(narrative)).toEqual([]);
  });

  it('nor does its every capital form, unless only the capitals told them apart', () => {
    expect(cases.none.filter((narrative) => found(narrative.toUpperCase()).length > 0)).toEqual([]);
  });
});

describe('P05 no disguise hides a sign', () => {
  const plain = fc.constantFrom('assist hsi', 'immigration', 'protest', 'abortion', 'my ex wife');
  const invisible = fc.constantFrom(
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\u00ad',
    '\ufeff',
    '\u034f',
    '\u202e',
    '\u{e0041}',
  );

  it('invisible characters, wherever they stand', () => {
    fc.assert(
      fc.property(plain, invisible, fc.nat(), (text, character, place) => {
        const at = place % (text.length + 1);
        expect(narrativeSigns(text.slice(0, at) + character + text.slice(at))).toEqual(
          expect.arrayContaining([...narrativeSigns(text)]),
        );
      }),
    );
  });

  it('marks over letters, full-width and mathematical letters, capitals', () => {
    for (const text of ['immigration', 'protest', 'abortion', 'deport']) {
      const kinds = narrativeSigns(text).map(({ kind }) => kind);
      const wide = [...text].map((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)).join('');
      const bold = [...text]
        .map((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 97 + 0x1d41a))
        .join('');
      const marked = [...text].join('\u0336');
      for (const disguised of [wide, bold, marked, text.toUpperCase()]) {
        expect(narrativeSigns(disguised).map(({ kind }) => kind)).toEqual(kinds);
      }
    }
  });

  it('Cyrillic look-alikes of any of its letters', () => {
    const cyrillic: Record<string, string> = { a: 'а', e: 'е', i: 'і', o: 'о', p: 'р', c: 'с', x: 'х', s: 'ѕ' };
    fc.assert(
      fc.property(plain, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (text, swapped) => {
        const disguised = [...text].map((letter, at) => (swapped[at] ? (cyrillic[letter] ?? letter) : letter)).join('');
        const kinds = new Set(narrativeSigns(disguised).map(({ kind }) => kind));
        expect(narrativeSigns(text).every(({ kind }) => kinds.has(kind))).toBe(true);
      }),
    );
  });
});

describe('P24 reading a narrative', () => {
  it('ends in time whatever it holds, and looks at its first 4000 characters', () => {
    for (const unit of ['i ', 'I.C.', 'a_', 'ice ', 'ice for ', '\u200b', 'A/', 'ex ', 'QUFB']) {
      const started = performance.now();
      narrativeSigns(unit.repeat(50_000));
      // Generous: what is guarded against is a pattern whose time doubles with each character.
      expect(performance.now() - started).toBeLessThan(5_000);
    }
    expect(found(`${'x'.repeat(4_000)} protest`)).toEqual([]);
  });

  it('never throws, and never repeats the words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const { kind, sign } of narrativeSigns(text)) expect(`${kind} ${sign}`).toMatch(/^[a-z0-9 -]+$/);
      }),
    );
  });
});
