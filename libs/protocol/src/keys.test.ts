// Long because every kind of key that must not be enrolled stands in one list.
import { generateKeyPairSync, verify, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  encryptionTargetFrom,
  importDecryptionKey,
  importSigningKey,
  keySetFrom,
  publicKeyFrom,
  type JsonObject,
  type JsonValue,
} from '#protocol';
import { privateJwk, publicPart, textOf, without } from '../test/example-parties.js';
import { refusalOf } from '../test/refusal.js';
import { SMALL_ORDER_ED25519, SMALL_ORDER_X25519 } from '../test/small-order.js';

const refusal = (detail: string) => ({ code: 'key_refused', detail, message: 'the key is not acceptable' });

/** With the thumbprint of what it now says, so that nothing but the fault under test is refused. */
async function withThumbprint(jwk: JsonObject): Promise<JsonObject> {
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}

const ed25519 = (x: string) => withThumbprint({ kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519', use: 'sig', x });
const x25519 = (x: string) => withThumbprint({ kty: 'OKP', crv: 'X25519', alg: 'ECDH-ES', use: 'enc', x });

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes by another text: the last character of 43 carries two bits that nobody reads. */
async function respelled(jwk: JsonObject, member: string): Promise<JsonObject> {
  const text = textOf(jwk, member);
  const end = ALPHABET.charAt(ALPHABET.indexOf(text.slice(-1)) ^ 1);
  return withThumbprint({ ...jwk, [member]: text.slice(0, -1) + end });
}

let signing: JsonObject;
let elliptic: JsonObject;
let encryption: JsonObject;

beforeAll(async () => {
  signing = publicPart(await privateJwk('Ed25519'));
  elliptic = publicPart(await privateJwk('ES256'));
  encryption = publicPart(await privateJwk('ECDH-ES'));
});

describe('small order (J13, J14)', () => {
  it('has 14 different encodings on each curve', () => {
    expect(new Set(SMALL_ORDER_ED25519).size).toBe(14);
    expect(new Set(SMALL_ORDER_X25519).size).toBe(14);
  });

  it.each(SMALL_ORDER_ED25519)('is refused at enrolment as the Ed25519 key %s (J13)', async (x) => {
    const jwk = await ed25519(x);
    expect(await refusalOf(() => publicKeyFrom(jwk))).toEqual(refusal('point of small order'));
    expect(await refusalOf(() => keySetFrom({ keys: [signing, jwk] }, 'enc'))).toEqual(refusal('point of small order'));
  });

  it.each(SMALL_ORDER_X25519)('is refused at enrolment and as an answer key as the X25519 key %s (J14)', async (x) => {
    const jwk = await x25519(x);
    expect(await refusalOf(() => publicKeyFrom(jwk))).toEqual(refusal('point of small order'));
    expect(await refusalOf(() => encryptionTargetFrom({ kty: 'OKP', crv: 'X25519', x }, 'kid'))).toEqual(
      refusal('point of small order'),
    );
  });

  it('is looked for in an answer key whatever curve it claims (J14)', async () => {
    const x = SMALL_ORDER_X25519[0] ?? '';
    for (const claim of [{ kty: 'OKP', crv: 'Ed25519' }, { kty: 'EC', crv: 'P-256' }, { kty: 'OKP' }, {}]) {
      expect(await refusalOf(() => encryptionTargetFrom({ ...claim, x }, 'kid'))).toEqual(refusal('not an X25519 key'));
    }
  });

  it('is refused by its point and not by what this Node does with it', async () => {
    // R = the identity, S = 0: valid for the key y = 1 wherever the library multiplies without looking at the order.
    const forged = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
    const jwk = await ed25519(SMALL_ORDER_ED25519[2] ?? '');
    expect(Buffer.from(textOf(jwk, 'x'), 'base64url')[0]).toBe(1);
    const key = createPublicKey({ format: 'jwk', key: jwk });
    expect(typeof verify(null, Buffer.from('any text'), key, forged)).toBe('boolean');
    expect((await refusalOf(() => publicKeyFrom(jwk))).code).toBe('key_refused');
  });
});

describe('enrolment', () => {
  it('accepts Ed25519 under both of its names, P-256 and X25519, and files each under its use', async () => {
    const named = publicPart(await privateJwk('EdDSA'));
    const keys = [signing, named, elliptic, encryption];
    const [sig, enc] = [await keySetFrom({ keys }, 'sig'), await keySetFrom({ keys }, 'enc')];
    expect([...sig.values()].map(({ kid, alg, use }) => [kid, alg, use])).toEqual([
      [signing['kid'], 'Ed25519', 'sig'],
      [named['kid'], 'EdDSA', 'sig'],
      [elliptic['kid'], 'ES256', 'sig'],
    ]);
    expect([...enc.values()].map(({ kid, alg, use }) => [kid, alg, use])).toEqual([
      [encryption['kid'], 'ECDH-ES', 'enc'],
    ]);
  });

  it('refuses a published private part (J14)', async () => {
    for (const type of ['Ed25519', 'ES256', 'ECDH-ES'] as const) {
      expect(await refusalOf(async () => publicKeyFrom(await privateJwk(type)))).toEqual(
        refusal('private part published'),
      );
    }
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
      expect(await refusalOf(() => publicKeyFrom({ ...signing, [member]: null }))).toEqual(
        refusal('private part published'),
      );
    }
  });

  it('refuses a kid that is not the thumbprint of the key (J03, J14)', async () => {
    const detail = refusal('kid is not the thumbprint of the key');
    for (const kid of [
      '../../dev/null',
      '__proto__',
      '',
      `${textOf(signing, 'kid')} `,
      encryption['kid'] ?? '',
      7,
      null,
    ]) {
      expect(await refusalOf(() => publicKeyFrom({ ...signing, kid }))).toEqual(detail);
    }
    expect(await refusalOf(() => publicKeyFrom(without(signing, 'kid')))).toEqual(detail);
  });

  it('refuses two keys of one kid, also for different uses of the set (J14)', async () => {
    const twice = { keys: [signing, encryption, { ...signing }] };
    for (const use of ['sig', 'enc'] as const) {
      expect(await refusalOf(() => keySetFrom(twice, use))).toEqual(refusal('two keys of one kid'));
    }
    const bothNames = { keys: [signing, { ...signing, alg: 'EdDSA' }] };
    expect(await refusalOf(() => keySetFrom(bothNames, 'sig'))).toEqual(refusal('two keys of one kid'));
  });

  it('refuses the same key in a second spelling, which would have a second thumbprint (J12, J14)', async () => {
    const twins = [
      [await respelled(signing, 'x'), 'x'],
      [await respelled(encryption, 'x'), 'x'],
      [await respelled(elliptic, 'x'), 'x'],
      [await respelled(elliptic, 'y'), 'y'],
    ] as const;
    for (const [jwk, member] of twins) {
      expect(await refusalOf(() => publicKeyFrom(jwk))).toEqual(refusal(`${member} is not canonical base64url`));
    }
  });

  it('refuses a coordinate that is missing, too short, too long or padded', async () => {
    for (const x of [undefined, '', 'AAAA', 'A'.repeat(44), `${'A'.repeat(43)}=`, ` ${'A'.repeat(42)}`, 7, null]) {
      const jwk = { ...without(signing, 'x'), ...(x === undefined ? {} : { x }) };
      expect(await refusalOf(() => publicKeyFrom(jwk))).toEqual(refusal('x is not 32 bytes'));
    }
    expect(await refusalOf(() => publicKeyFrom(without(elliptic, 'y')))).toEqual(refusal('y is not 32 bytes'));
  });

  it('refuses a point that is not on P-256 (J14)', async () => {
    const swapped = await withThumbprint({ ...elliptic, x: elliptic['y'] ?? '', y: elliptic['x'] ?? '' });
    const zero = await withThumbprint({ ...elliptic, x: 'A'.repeat(43), y: 'A'.repeat(43) });
    const beyondPrime = await withThumbprint({ ...elliptic, x: Buffer.alloc(32, 0xff).toString('base64url') });
    for (const jwk of [swapped, zero, beyondPrime]) {
      expect(await refusalOf(() => publicKeyFrom(jwk))).toEqual(refusal('import'));
    }
  });

  it('refuses every other type, curve and algorithm (J02, J14)', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) as JsonObject;
    const p384 = (await exportJWK((await generateKeyPair('ES384')).publicKey)) as JsonObject;
    const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' });
    const strangers: JsonObject[] = [
      { kty: 'oct', alg: 'HS256', use: 'sig' },
      { ...rsa, alg: 'RS256', use: 'sig' },
      { ...rsa, alg: 'PS256', use: 'sig' },
      { ...p384, alg: 'ES384', use: 'sig' },
      { ...(secp256k1 as JsonObject), alg: 'ES256', use: 'sig' },
      { ...(secp256k1 as JsonObject), alg: 'ES256K', use: 'sig' },
      { ...signing, alg: 'ES256' },
      { ...signing, alg: 'HS256' },
      { ...signing, alg: 'none' },
      { ...signing, alg: ['Ed25519'] },
      without(signing, 'alg'),
      { ...signing, crv: 'Ed448' },
      { ...signing, kty: 'EC' },
      { ...elliptic, alg: 'EdDSA' },
      { ...elliptic, crv: 'P-384' },
      { ...encryption, alg: 'ECDH-ES+A128KW' },
      { ...encryption, crv: 'X448' },
      {},
    ];
    for (const jwk of strangers) {
      const enrolled = jwk['kty'] === undefined || jwk['kid'] !== undefined ? jwk : { ...jwk, kid: 'x' };
      expect(await refusalOf(() => publicKeyFrom(enrolled))).toEqual(
        refusal('type, curve and algorithm do not fit together'),
      );
    }
    expect((await refusalOf(() => publicKeyFrom({ kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }))).detail).toBe(
      'private part published',
    );
  });

  it('refuses a key whose use is missing or that of another kind of key', async () => {
    const detail = refusal('use does not fit the key');
    expect(await refusalOf(() => publicKeyFrom(without(signing, 'use')))).toEqual(detail);
    expect(await refusalOf(() => publicKeyFrom({ ...signing, use: 'enc' }))).toEqual(detail);
    expect(await refusalOf(() => publicKeyFrom({ ...encryption, use: 'sig' }))).toEqual(detail);
    expect(await refusalOf(() => publicKeyFrom({ ...signing, use: ['sig'] }))).toEqual(detail);
  });

  it.each<[string, JsonValue | undefined]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['no keys', {}],
    ['an empty list of keys', { keys: [] }],
    ['an object for the list', { keys: { 0: 'a' } }],
    ['17 keys', { keys: Array.from({ length: 17 }, () => ({})) }],
  ])('refuses a key set that is %s (P01)', async (_, jwks) => {
    expect(await refusalOf(() => keySetFrom(jwks, 'sig'))).toEqual(refusal('not a set of 1 to 16 keys'));
  });

  it('refuses a set with one bad key in it whole, whichever use is asked for', async () => {
    for (const bad of [null, [], 'key', [signing], { ...signing, d: 'x' }] as JsonValue[]) {
      for (const use of ['sig', 'enc'] as const) {
        expect((await refusalOf(() => keySetFrom({ keys: [signing, encryption, bad] }, use))).code).toBe('key_refused');
      }
    }
  });

  it('files keys in a Map: a kid that every object answers to finds nothing (J03)', async () => {
    const keys = await keySetFrom({ keys: [signing] }, 'sig');
    for (const kid of ['__proto__', 'constructor', 'toString', 'get', 'size']) expect(keys.get(kid)).toBeUndefined();
  });
});

describe('own keys', () => {
  it('keeps the private part out of what it publishes', async () => {
    const jwk = await privateJwk('Ed25519');
    const key = await importSigningKey(jwk);
    expect(key).toMatchObject({ kid: jwk['kid'], alg: 'Ed25519', publicJwk: publicPart(jwk) });
    expect(JSON.stringify(key)).not.toContain(jwk['d']);
    const decryption = await importDecryptionKey(await privateJwk('ECDH-ES'));
    expect(decryption.publicJwk).not.toHaveProperty('d');
    expect(key.privateKey.extractable).toBe(false);
    expect(decryption.privateKey.extractable).toBe(false);
  });

  it('refuses a key of the other purpose, and one without its private part', async () => {
    expect(await refusalOf(async () => importSigningKey(await privateJwk('ECDH-ES')))).toEqual(
      refusal('an encryption key cannot sign'),
    );
    expect(await refusalOf(async () => importDecryptionKey(await privateJwk('Ed25519')))).toEqual(
      refusal('a signing key cannot decrypt'),
    );
    for (const jwk of [signing, null, [], 'key', { ...signing, d: 7 }] as JsonValue[]) {
      expect(await refusalOf(() => importSigningKey(jwk))).toEqual(refusal('not a private key'));
    }
  });

  it('refuses a private part that does not belong to the public one', async () => {
    for (const type of ['Ed25519', 'ES256'] as const) {
      const [mine, other] = [await privateJwk(type), await privateJwk(type)];
      expect((await refusalOf(() => importSigningKey({ ...mine, d: other['d'] ?? '' }))).code).toBe('key_refused');
    }
    const [mine, other] = [await privateJwk('ECDH-ES'), await privateJwk('ECDH-ES')];
    expect((await refusalOf(() => importDecryptionKey({ ...mine, d: other['d'] ?? '' }))).code).toBe('key_refused');
  });
});
