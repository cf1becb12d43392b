import { expect, it } from 'vitest';
import { publishableKeys } from './provider-keys.js';

const EC = { kty: 'EC', crv: 'P-256', kid: 'ec', x: 'AA', y: 'AA' };

it('keys are published by their public members only, whatever else a provider writes beside them', () => {
  const noisy = { ...EC, x5c: ['AAAA'], x5t: 'AAAA', 'https://vendor.example/note': 'text' };
  expect(publishableKeys({ keys: [noisy] })).toEqual([EC]);
});

it('keys that no officer token is verified with are left out: encryption, other algorithms, no kid', () => {
  const { kid: _kid, ...nameless } = EC;
  const others = [
    { ...EC, kid: 'enc', use: 'enc' },
    { ...EC, kid: 'p384', crv: 'P-384' },
    { kty: 'RSA', kid: 'ps', alg: 'PS256', n: 'AA', e: 'AQAB' },
    { kty: 'oct', kid: 'oct' },
    nameless,
  ];
  expect(publishableKeys({ keys: [EC, ...others] })).toEqual([EC]);
});

it('J14: a set with a private or shared secret is refused whole, also where that key would be left out', () => {
  for (const secret of [
    { ...EC, kid: 'enc', use: 'enc', d: 'AA' },
    { kty: 'oct', kid: 'oct', k: 'AA' },
  ]) {
    expect(() => publishableKeys({ keys: [EC, secret] })).toThrow('private key');
  }
});
