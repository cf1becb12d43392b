import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confusables } from './confusables.js';
import { normalisePlate } from './plate.js';
import { refusalOf } from './refusal.fixture.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const plate = fc.string({ unit: fc.constantFrom(...Array.from(ALPHABET)), minLength: 1, maxLength: 10 });

describe('any plate', () => {
  it('is left as it is once it is normalised', () => {
    fc.assert(fc.property(plate, (text) => normalisePlate(text) === text));
  });

  it('is found however it is spaced, dashed and cased', () => {
    const separators = fc.array(fc.constantFrom('', ' ', '-'), { minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(plate, separators, fc.infiniteStream(fc.boolean()), (text, between, lower) => {
        let written = between[0] ?? '';
        for (let index = 0; index < text.length; index += 1) {
          const character = text.charAt(index);
          written += (lower.next().value ? character.toLowerCase() : character) + (between[index + 1] ?? '');
        }
        expect(normalisePlate(written)).toBe(text);
      }),
    );
  });

  it('holds capitals and digits only, whatever was written, or is refused (P12)', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(anyText, (text) => {
        const refused = refusalOf(() => expect(normalisePlate(text)).toMatch(/^[A-Z0-9]{1,10}$/));
        // What was accepted held nothing but ASCII letters, digits, spaces and dashes.
        expect(refused !== 'accepted' || /^[A-Za-z0-9 -]+$/.test(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is a look-alike of each of its look-alikes, which differ from it in one character', () => {
    fc.assert(
      fc.property(plate, (text) => {
        for (const other of confusables(text)) {
          expect(other).toHaveLength(text.length);
          const differing = Array.from(text).filter((character, index) => character !== other.charAt(index));
          expect(differing).toHaveLength(1);
          expect(confusables(other)).toContain(text);
        }
      }),
    );
  });
});
