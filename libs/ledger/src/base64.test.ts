import { expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.js';
import { LedgerError } from './ledger-error.js';

it.each(['', 'AA==', 'AAA=', 'AAAA', '+/+/'])('the one encoding `%s` is read', (text) => {
  expect(encodeBase64(decodeBase64(text))).toBe(text);
});

it.each(['A', 'AA', 'AA=', 'AAA', 'AB==', 'AAB=', '-_-_', 'AA==AA==', ' AA==', 'AA==\n', 'AAAA=', 'A=A=', '===='])(
  'any other text is refused: `%s`',
  (text) => {
    expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ code: 'malformed_base64' }) as LedgerError);
  },
);
