import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { ProtocolError } from './errors.js';

it('reads back the bytes it wrote', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
    }),
  );
});

it('accepts no two texts for the same bytes (J12)', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'AZaz09-_=+/ \n'.split('')) }),
    fc.base64String().map((padded) => padded.replaceAll('=', '')),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      try {
        expect(encodeBase64url(decodeBase64url(candidate))).toBe(candidate);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        expect(error.code).toBe('malformed_base64url');
      }
    }),
    { numRuns: 1000 },
  );
});
