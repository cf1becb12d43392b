import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, SigningKey } from '#protocol';
import { generateDecryptionKey, generatePrivateJwk, generateSigningKey } from '#protocol/io';
import { ids, NOW } from '../test/example-federation.js';
import { refusalCode } from '../test/refusals.js';
import { KeyRegister, signPossession, verifyPossession } from './index.js';

const NONCE = 'Y2hhbGxlbmdlLW9mLXRoZS1hdXRob3JpdHk';

let key: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  [key, other] = await Promise.all([generateSigningKey(), generateSigningKey()]);
});

const prove = (content: Partial<Parameters<typeof signPossession>[0]> = {}) =>
  signPossession({
    entityId: ids.agency,
    authority: ids.or,
    nonce: NONCE,
    jti: 'cG9zc2Vzc2lvbi0wMDAx',
    issuedAt: NOW,
    key,
    ...content,
  });

const verify = (proofs: readonly string[], keys: readonly JsonObject[] = [key.publicJwk], now = NOW) =>
  verifyPossession({ entityId: ids.agency, authority: ids.or, nonce: NONCE, jwks: { keys: [...keys] }, proofs, now });

describe('a proof of possession', () => {
  it('shows for each key that the applicant holds its private half', async () => {
    const both = [key.publicJwk, other.publicJwk];
    const keys = await verify([await prove(), await prove({ key: other })], both);
    expect([...keys.keys()]).toEqual([key.kid, other.kid]);
    expect(await refusalCode(async () => verify([await prove()], both))).toBe('possession_foreign');
    expect(await refusalCode(() => verify([]))).toBe('possession_foreign');
  });

  it('counts for one applicant, one authority and one challenge, and for 15 minutes', async () => {
    const wrong = [{ entityId: ids.neighbour }, { authority: ids.ga }, { nonce: NONCE.toLowerCase() }];
    for (const content of wrong) {
      expect(await refusalCode(async () => verify([await prove(content)]))).toBe('possession_foreign');
    }
    const proof = await prove();
    expect(await refusalCode(() => verify([proof], undefined, NOW + 15 * 60_000))).toBe('signature_invalid');
  });

  it('of another key, or as another kind of token, is none', async () => {
    expect(await refusalCode(async () => verify([await prove({ key: other })]))).toBe('signature_invalid');
    expect(await refusalCode(() => verify(['a.b.c']))).toBe('possession_malformed');
  });

  it('J13: is not even looked at for a key of small order, for which anybody could make it', async () => {
    const identity = { kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519', use: 'sig', x: `AQ${'A'.repeat(41)}`, kid: 'x' };
    expect(await refusalCode(async () => verify([await prove()], [identity]))).toBe('keys_refused');
  });

  it('T16: is refused for a set with an encryption key in it', async () => {
    const encryption = (await generateDecryptionKey()).publicJwk;
    expect(await refusalCode(async () => verify([await prove()], [key.publicJwk, encryption]))).toBe('keys_refused');
  });
});

describe('the register of keys', () => {
  const agency = { holder: ids.agency, job: 'federation' } as const;

  it('J14: gives a key to one holder, also after it was withdrawn', async () => {
    const register = new KeyRegister([[key.kid, agency]]);
    const set = { keys: [key.publicJwk] };
    const taken = (holder: string) => refusalCode(() => register.addSet(set, { holder, job: 'federation' }));
    expect(await taken(ids.neighbour)).toBe('key_reused');
    expect(await taken(ids.agency)).toBe('accepted');
  });

  it('T16: gives a key one job: a federation key does not sign messages, nor checkpoints, nor terminate TLS', async () => {
    for (const job of ['protocol', 'ledger', 'tls', 'person'] as const) {
      const register = new KeyRegister([[key.kid, agency]]);
      const set = { keys: [key.publicJwk] };
      expect(await refusalCode(() => register.addSet(set, { holder: ids.agency, job }))).toBe('key_reused');
    }
  });

  it('takes all keys of a set or none', async () => {
    const register = new KeyRegister([[other.kid, { holder: ids.ga, job: 'federation' }]]);
    const set = { keys: [key.publicJwk, other.publicJwk] };
    expect(await refusalCode(() => register.addSet(set, agency))).toBe('key_reused');
    expect(register.custodyOf(key.kid)).toBeUndefined();
  });

  it('J14: refuses a published private part, a key twice and an encryption key without a job', async () => {
    const register = new KeyRegister();
    const sets = [
      { keys: [await generatePrivateJwk('sig')] },
      { keys: [key.publicJwk, key.publicJwk] },
      { keys: [(await generateDecryptionKey()).publicJwk] },
      { keys: [] },
    ];
    for (const set of sets) expect(await refusalCode(() => register.addSet(set, agency))).toBe('keys_refused');
    const protocol = { keys: [other.publicJwk, (await generateDecryptionKey()).publicJwk] };
    expect(await register.addSet(protocol, { holder: ids.agency, job: 'protocol' })).toHaveLength(2);
  });
});
