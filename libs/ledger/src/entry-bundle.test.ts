import { expect, it } from 'vitest';
import { MAX_ENTRY_BYTES, decodeBundle, encodeBundle } from './entry-bundle.js';
import { LedgerError } from './ledger-error.js';

const failure = expect.objectContaining({ code: 'malformed_bundle' }) as LedgerError;

it('a bundle gives back its entries, empty and largest ones included', () => {
  const entries = [Uint8Array.of(), Uint8Array.of(1, 2, 3), new Uint8Array(MAX_ENTRY_BYTES).fill(7)];
  expect(decodeBundle(encodeBundle(entries))).toEqual(entries);
  expect(decodeBundle(Uint8Array.of())).toEqual([]);
  expect(encodeBundle([Uint8Array.of(9)])).toEqual(Uint8Array.of(0, 1, 9));
});

it('an entry whose length does not fit in 16 bits is refused', () => {
  expect(() => encodeBundle([new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(failure);
});

it('a bundle that ends inside an entry or a length is refused', () => {
  expect(() => decodeBundle(Uint8Array.of(0, 2, 9))).toThrow(failure);
  expect(() => decodeBundle(Uint8Array.of(0, 1, 9, 0))).toThrow(failure);
});
