import { describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { refusalOf } from '../test/refusal.js';

const REFUSED = {
  code: 'malformed_base64url',
  detail: undefined,
  message: 'a value is not canonical base64url',
};

it.each([
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
])('writes %j as %j and reads it back (RFC 4648 §10, without padding)', (text, encoded) => {
  expect(encodeBase64url(Buffer.from(text))).toBe(encoded);
  expect(Buffer.from(decodeBase64url(encoded)).toString()).toBe(text);
});

it('writes only the bytes of a view, not those of its buffer', () => {
  expect(encodeBase64url(new Uint8Array(Buffer.from('xfoox')).subarray(1, 4))).toBe('Zm9v');
});

describe('one spelling only (J12)', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  it('accepts one of the 16 last characters of a 64-byte signature that decode to the same bytes', async () => {
    const signature = encodeBase64url(Buffer.alloc(64, 0xa5));
    const last = alphabet.indexOf(signature.slice(-1));
    const variants = alphabet.split('').filter((_, at) => Math.floor(at / 16) === Math.floor(last / 16));
    expect(variants).toHaveLength(16);
    const codes = await Promise.all(
      variants.map(async (end) => (await refusalOf(() => decodeBase64url(signature.slice(0, -1) + end))).code),
    );
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1);
    expect(codes.filter((code) => code === 'malformed_base64url')).toHaveLength(15);
  });

  it.each([
    ['padding', 'Zg=='],
    ['one padding sign', 'Zm8='],
    ['padding where none is due', 'Zm9v='],
    ['a trailing space', 'Zm9v '],
    ['a leading space', ' Zm9v'],
    ['a line break', 'Zm9v\n'],
    ['a line break inside', 'Zm\n9v'],
    ['a tab', 'Zm9v\t'],
    ['the alphabet of base64', '-_+/'],
    ['a plus', 'Zm9+'],
    ['a slash', 'Zm9/'],
    ['a full stop', 'Zm9v.'],
    ['a length that no bytes have', 'Zm9vY'],
    ['a single character', 'Z'],
    ['trailing bits of one byte', 'Zh'],
    ['trailing bits of two bytes', 'Zm9'],
    ['a NUL', 'Zm9v\u0000'],
    ['a letter beyond ASCII', 'Zm9vé'],
    ['full-width digits', 'Zm９v'],
    ['the Kelvin sign', 'Zm9\u212a'],
  ])('refuses %s', async (_, text) => {
    expect(await refusalOf(() => decodeBase64url(text))).toEqual(REFUSED);
  });
});
