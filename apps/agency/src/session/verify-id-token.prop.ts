import { assert, asyncProperty, constantFrom, nat, pre } from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import type { JsonObject } from '#protocol';
import { OfficerTokenError, verifyOfficerIdToken } from './verify-id-token.js';

const NOW = 1_800_000_000_000;

it('W20: no ID token with a changed character verifies', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const provider = {
    issuer: 'https://login.example.gov',
    client_id: 'salish-point',
    jwks: { keys: [{ ...((await exportJWK(publicKey)) as JsonObject), kid: 'k' }] },
    acr_values: ['mfa'],
  };
  const idToken = await new SignJWT({ acr: 'mfa', amr: ['otp'], roles: ['officer'], auth_time: NOW / 1000 - 60 })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(provider.issuer)
    .setAudience(provider.client_id)
    .setSubject('officer-1')
    .setIssuedAt(NOW / 1000 - 60)
    .setExpirationTime(NOW / 1000 + 60)
    .sign(privateKey);
  const verify = (token: string) => verifyOfficerIdToken({ idToken: token, provider, now: NOW, approvedAt: NOW });
  await expect(verify(idToken)).resolves.toMatchObject({ sub: 'officer-1' });
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= '.split('');
  await assert(
    asyncProperty(nat(idToken.length - 1), constantFrom(...characters), async (at, character) => {
      pre(idToken[at] !== character);
      const changed = idToken.slice(0, at) + character + idToken.slice(at + 1);
      await expect(verify(changed)).rejects.toBeInstanceOf(OfficerTokenError);
    }),
    { numRuns: 300 },
  );
});
