import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64url } from '#protocol';
import { seededRandomness } from '../../../test/support/fakes.js';
import { commitToOwners, ownerIsCommitted } from './ask.js';

const owners = (count: number, seed: string) => {
  const randomness = seededRandomness(seed);
  return Array.from({ length: count }, (_, index) => ({
    owner: `https://owner-${index}.example`,
    salt: encodeBase64url(randomness.bytes(32)),
  }));
};

test('every owner of an ask can check that it was approved, and nobody else can', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.string(), (count, seed) => {
      const named = owners(count, seed);
      const { commitment, openings } = commitToOwners(named);
      for (const { owner } of named) {
        const opening = openings.get(owner);
        if (opening === undefined) throw new Error('an owner has no opening');
        expect(ownerIsCommitted(owner, opening, commitment)).toBe(true);
        expect(ownerIsCommitted(`${owner}x`, opening, commitment)).toBe(false);
        expect(ownerIsCommitted(owner, { ...opening, index: opening.index + 1 }, commitment)).toBe(false);
        expect(ownerIsCommitted(owner, { ...opening, path: [...opening.path, opening.salt] }, commitment)).toBe(false);
      }
    }),
    { numRuns: 40 },
  );
});

test('an opening shows nothing of the other owners but their number and hashes', () => {
  const named = owners(9, 'shown');
  const { openings } = commitToOwners(named);
  const shown = JSON.stringify(openings.get('https://owner-4.example'));
  expect(shown).not.toContain('owner-');
  for (const { owner, salt } of named) {
    if (owner !== 'https://owner-4.example') expect(shown).not.toContain(salt);
  }
});

test('an ask that goes to nobody cannot be committed to', () => {
  expect(() => commitToOwners([])).toThrow(RangeError);
});
