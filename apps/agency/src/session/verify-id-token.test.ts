// Long because every claim of an ID token has its own refusals, and they share one signed token.
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { messageDigest, type JsonObject, type JsonValue } from '#protocol';
import { OfficerTokenError, verifyOfficerIdToken, type VerifyOfficerIdTokenInput } from './verify-id-token.js';

const APPROVED_AT = 1_800_000_000_000;
const SECONDS = APPROVED_AT / 1000;
const HOUR = 3600;
const ISSUER = 'https://login.example.gov';
const CLIENT = 'salish-point';
const ACR = 'urn:comity:acr:mfa';

interface Provider {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JsonObject;
  readonly alg: string;
}

async function newProvider(alg: string, kid: string): Promise<Provider> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    privateKey: pair.privateKey,
    publicJwk: { ...((await exportJWK(pair.publicKey)) as JsonObject), kid },
  };
}

describe('the ID token of an officer', () => {
  let provider: Provider;

  beforeAll(async () => {
    provider = await newProvider('ES256', 'key-1');
  });

  const mint = (
    change: Record<string, unknown> = {},
    options: { header?: Record<string, unknown>; by?: Provider } = {},
  ): Promise<string> => {
    const by = options.by ?? provider;
    const claims: Record<string, unknown> = {
      iss: ISSUER,
      aud: CLIENT,
      sub: 'officer-1',
      iat: SECONDS - HOUR,
      exp: SECONDS + HOUR,
      auth_time: SECONDS - HOUR,
      acr: ACR,
      amr: ['pwd', 'otp'],
      roles: ['officer'],
      nonce: 'n',
      ...change,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: by.alg, kid: by.kid, ...options.header }).sign(by.privateKey);
  };

  const verify = (
    idToken: string,
    change: Partial<Omit<VerifyOfficerIdTokenInput, 'provider'>> & { jwks?: JsonValue; acr_values?: string[] } = {},
  ) =>
    verifyOfficerIdToken({
      idToken,
      provider: {
        issuer: ISSUER,
        client_id: CLIENT,
        jwks: change.jwks ?? { keys: [provider.publicJwk] },
        acr_values: change.acr_values ?? [ACR],
      },
      now: change.now ?? APPROVED_AT,
      approvedAt: change.approvedAt ?? APPROVED_AT,
    });

  it('says who acted, in which roles, at which level', async () => {
    const token = await mint({ roles: ['supervisor', 'officer', 'janitor'] });
    expect(await verify(token)).toEqual({
      sub: 'officer-1',
      roles: ['officer', 'supervisor'],
      acr: ACR,
      digest: messageDigest(token),
      authTimeMs: APPROVED_AT - HOUR * 1000,
      expiresAtMs: APPROVED_AT + HOUR * 1000,
    });
  });

  it('is accepted under Ed25519, EdDSA, ES256 and RS256', async () => {
    for (const alg of ['Ed25519', 'EdDSA', 'ES256', 'RS256']) {
      const by = await newProvider(alg, `key-${alg}`);
      const token = await mint({}, { by });
      expect(await codeOf(verify(token, { jwks: { keys: [provider.publicJwk, by.publicJwk] } }))).toBe('accepted');
    }
  });

  it('counts as evidence long after it expired', async () => {
    expect(await codeOf(verify(await mint(), { now: APPROVED_AT + 400 * 24 * HOUR * 1000 }))).toBe('accepted');
  });

  it('must have been valid when the person acted', async () => {
    expect(await codeOf(verify(await mint({ exp: SECONDS })))).toBe('not_valid_at_approval');
    expect(await codeOf(verify(await mint({ iat: SECONDS + 11, auth_time: SECONDS })))).toBe('not_valid_at_approval');
    expect(await codeOf(verify(await mint({ nbf: SECONDS + 11 })))).toBe('not_valid_at_approval');
    expect(await codeOf(verify(await mint({ iat: SECONDS + 10, auth_time: SECONDS + 10 })))).toBe('accepted');
  });

  it('needs a sign-in at most 12 h before the approval and none after it', async () => {
    const early = { iat: SECONDS - 12 * HOUR };
    expect(await codeOf(verify(await mint({ ...early, auth_time: SECONDS - 12 * HOUR })))).toBe('accepted');
    expect(await codeOf(verify(await mint({ ...early, auth_time: SECONDS - 12 * HOUR - 1 })))).toBe(
      'auth_time_refused',
    );
    expect(await codeOf(verify(await mint({ iat: SECONDS, auth_time: SECONDS + 11 })))).toBe('auth_time_refused');
    expect(await codeOf(verify(await mint({ iat: SECONDS + 5, auth_time: SECONDS + 12 })))).toBe('auth_time_refused');
    expect(await codeOf(verify(await mint({ auth_time: SECONDS })))).toBe('auth_time_refused');
    for (const auth_time of [undefined, null, '1', 1.5, -1, 1e12]) {
      expect(await codeOf(verify(await mint({ auth_time })))).toBe('auth_time_refused');
    }
  });

  it('vouches for no approval of the future', async () => {
    expect(await codeOf(verify(await mint(), { now: APPROVED_AT - 11_000 }))).toBe('approval_in_future');
  });

  it('N04, W20: is refused below the level that the agency named', async () => {
    for (const acr of [undefined, null, '', '0', 'urn:comity:acr:password', [ACR]]) {
      expect(await codeOf(verify(await mint({ acr })))).toBe('acr_refused');
    }
    expect(await codeOf(verify(await mint(), { acr_values: [] }))).toBe('acr_refused');
  });

  it('N04: is refused without a second factor that says what it was, and for a text message', async () => {
    for (const amr of [
      undefined,
      null,
      [],
      'otp',
      ['pwd'],
      ['pwd', 'sms'],
      ['pwd', 'mfa'],
      ['pwd', 'tel'],
      [['otp']],
    ]) {
      expect(await codeOf(verify(await mint({ amr })))).toBe('second_factor_missing');
    }
    expect(await codeOf(verify(await mint({ amr: ['hwk', 'user'] })))).toBe('accepted');
  });

  it('J17: is for one audience, this agency', async () => {
    for (const aud of [undefined, 'juniper-bend', [CLIENT], [CLIENT, 'juniper-bend'], `${CLIENT}/`]) {
      expect(await codeOf(verify(await mint({ aud })))).toBe('audience_mismatch');
    }
    expect(await codeOf(verify(await mint({ azp: 'juniper-bend' })))).toBe('audience_mismatch');
  });

  it('W20: is of this issuer, character by character', async () => {
    for (const iss of [undefined, `${ISSUER}/`, 'https://LOGIN.example.gov', 'https://evil.example']) {
      expect(await codeOf(verify(await mint({ iss })))).toBe('issuer_mismatch');
    }
  });

  it('names a person and a role that the protocol knows', async () => {
    for (const sub of [undefined, '', 7, 'A. Vega', 'x'.repeat(256)]) {
      expect(await codeOf(verify(await mint({ sub })))).toBe('malformed');
    }
    for (const roles of [undefined, [], 'officer', ['janitor'], [['officer']]]) {
      expect(await codeOf(verify(await mint({ roles })))).toBe('role_missing');
    }
  });

  it('J01, J02: has a signature under an algorithm of the list, and that algorithm is its key’s', async () => {
    const [header, payload] = (await mint()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none","kid":"key-1"}').toString('base64url')}.${payload}.`;
    expect(await codeOf(verify(unsigned))).toBe('algorithm_refused');
    for (const alg of ['HS256', 'PS256', 'ES384', 'NONE']) {
      const other = Buffer.from(JSON.stringify({ alg, kid: 'key-1' })).toString('base64url');
      expect(await codeOf(verify(`${other}.${payload}.AAAA`))).toBe('algorithm_refused');
    }
    const rs256 = Buffer.from('{"alg":"RS256","kid":"key-1"}').toString('base64url');
    expect(await codeOf(verify(`${rs256}.${payload}.AAAA`))).toBe('key_unknown');
    expect(await codeOf(verify(`${header}.${payload}.AAAA`))).toBe('signature_invalid');
    expect(await codeOf(verify(`${header}.${payload}.`))).toBe('signature_invalid');
  });

  it('J03: is verified with the key of exactly its kid', async () => {
    const other = await newProvider('ES256', 'key-2');
    expect(await codeOf(verify(await mint({}, { by: other })))).toBe('key_unknown');
    const renamed = { ...other, kid: 'key-1' };
    expect(await codeOf(verify(await mint({}, { by: renamed })))).toBe('signature_invalid');
    for (const kid of ['KEY-1', '__proto__', 'key-1 ', '']) {
      expect(await codeOf(verify(await mint({}, { header: { kid } })))).toBe('key_unknown');
    }
    expect(await codeOf(verify(await mint({}, { header: { kid: undefined } })))).toBe('malformed');
  });

  it('J04, J05, J06: carries no header member that could point elsewhere or change its reading', async () => {
    const [, payload, signature] = (await mint()).split('.');
    const extras = [
      { jku: 'https://evil.example' },
      { jwk: provider.publicJwk },
      { crit: ['b64'], b64: false },
      { zip: 'DEF' },
    ];
    for (const extra of [...extras, { typ: 'comity-approval+jwt' }, { x5c: ['AAAA'] }]) {
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'key-1', ...extra })).toString('base64url');
      expect(await codeOf(verify(`${header}.${payload}.${signature}`))).toBe('malformed');
    }
    expect(await codeOf(verify(await mint({}, { header: { typ: 'JWT' } })))).toBe('accepted');
  });

  it('J07, J12: has one reading: no duplicate member, no other text of the same bytes', async () => {
    const token = await mint();
    for (const text of [
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      `${token}.x`,
      token.split('.').slice(0, 2).join('.'),
      '',
    ]) {
      expect(await codeOf(verify(text))).toBe('malformed');
    }
    const doubled = Buffer.from(`{"iss":"${ISSUER}","iss":"${ISSUER}"}`).toString('base64url');
    const [header, , signature] = token.split('.');
    expect(await codeOf(verify(`${header}.${doubled}.${signature}`))).toBe('malformed');
    expect(await codeOf(verify(await mint({ padding: 'x'.repeat(9000) })))).toBe('malformed');
  });

  it('J13, J14: is refused under a weak, private or ambiguous key set', async () => {
    const rsa = await newProvider('RS256', 'rsa');
    const token = await mint({}, { by: rsa });
    const weak = [
      { ...rsa.publicJwk, e: 'Aw' },
      { ...rsa.publicJwk, n: 'wf7v' },
      { ...rsa.publicJwk, use: 'enc' },
    ];
    for (const key of [...weak, { ...rsa.publicJwk, alg: 'PS256' }, { ...rsa.publicJwk, d: 'AAAA' }]) {
      expect(await codeOf(verify(token, { jwks: { keys: [key] } }))).toBe('key_unknown');
    }
    expect(await codeOf(verify(token, { jwks: { keys: [rsa.publicJwk, rsa.publicJwk] } }))).toBe('key_unknown');
    const flood = Array.from({ length: 32 }, (_, index) => ({ ...rsa.publicJwk, kid: `other-${index}` }));
    expect(await codeOf(verify(token, { jwks: { keys: [rsa.publicJwk, ...flood] } }))).toBe('key_unknown');
    for (const jwks of [[], { keys: {} }, null, 'keys', { keys: [] }]) {
      expect(await codeOf(verify(token, { jwks: jwks as JsonValue }))).toBe('key_unknown');
    }
    const confused = Buffer.from('{"alg":"ES256","kid":"rsa"}').toString('base64url');
    expect(await codeOf(verify(token.replace(/^[^.]+/, confused), { jwks: { keys: [rsa.publicJwk] } }))).toBe(
      'key_unknown',
    );
    const smallOrder = { kty: 'OKP', crv: 'Ed25519', kid: 'rsa', x: Buffer.alloc(32).toString('base64url') };
    const header = Buffer.from('{"alg":"Ed25519","kid":"rsa"}').toString('base64url');
    const forged = `${header}.${token.split('.')[1]}.${Buffer.alloc(64).toString('base64url')}`;
    expect(await codeOf(verify(forged, { jwks: { keys: [smallOrder] } }))).toBe('key_unknown');
  });
});

async function codeOf(verified: Promise<unknown>): Promise<string> {
  const error = await verified.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return 'accepted';
  if (!(error instanceof OfficerTokenError)) throw error;
  expect(error.message).toBe('the identity token of a person is not acceptable');
  return error.code;
}
