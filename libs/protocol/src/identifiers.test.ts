import { expect, it } from 'vitest';
import { seededRandomness } from '../../../test/support/fakes.js';
import { newIdentifier, newSalt, newTransactionId } from './identifiers.js';

it('draws a message identifier of 128 bits and a salt of 256 bits', () => {
  const randomness = seededRandomness('identifiers');
  expect(newIdentifier(randomness)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(newSalt(randomness)).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

it('draws a transaction id that is a UUID of version 4 (RFC 9562 §5.4)', () => {
  const randomness = seededRandomness('transactions');
  const ids = Array.from({ length: 100 }, () => newTransactionId(randomness));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});

it('draws the same for the same source and nothing from elsewhere', () => {
  expect(newTransactionId(seededRandomness('a'))).toBe(newTransactionId(seededRandomness('a')));
  expect(newSalt(seededRandomness('a'))).not.toBe(newSalt(seededRandomness('b')));
});

it('sets only the version and the variant of a transaction id, whatever was drawn', () => {
  expect(newTransactionId({ bytes: (length) => new Uint8Array(length) })).toBe('00000000-0000-4000-8000-000000000000');
  expect(newTransactionId({ bytes: (length) => new Uint8Array(length).fill(0xff) })).toBe(
    'ffffffff-ffff-4fff-bfff-ffffffffffff',
  );
});
