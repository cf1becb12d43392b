// Long because every way to tamper with a sealed part starts from the same sealed text.
import { CompactEncrypt, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  encryptionTargetFrom,
  importDecryptionKey,
  open,
  parseMessage,
  readToken,
  seal,
  verifyToken,
  AnswerClaims,
  type DecryptionKey,
  type EncryptionTarget,
  type JsonObject,
  type VerifiedToken,
} from '#protocol';
import { EXAMPLE_MESSAGES } from '../test/example-messages.js';
import {
  BROKER,
  NOW,
  OWNER,
  REQUESTER,
  party,
  privateJwk,
  publicPart,
  textOf,
  tokenOf,
  type Party,
} from '../test/example-parties.js';
import { processorMilliseconds } from '../test/cost.js';
import { encodePart } from '../test/forge.js';
import { refusalOf, tokenRefusal } from '../test/refusal.js';
import { SMALL_ORDER_X25519 } from '../test/small-order.js';

const refusal = (detail: string) => ({
  code: 'cannot_open',
  detail,
  message: 'the sealed part could not be opened',
});

let key: DecryptionKey;
let target: EncryptionTarget;
let otherKey: DecryptionKey;
let otherTarget: EncryptionTarget;

async function receiver(): Promise<[DecryptionKey, EncryptionTarget]> {
  const jwk = await privateJwk('ECDH-ES');
  return [await importDecryptionKey(jwk), await encryptionTargetFrom(publicPart(jwk), textOf(jwk, 'kid'))];
}

beforeAll(async () => {
  [key, target] = await receiver();
  [otherKey, otherTarget] = await receiver();
});

const headerOf = (sealed: string) =>
  JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString()) as JsonObject;

const withPart = (sealed: string, at: number, part: string) => sealed.split('.').with(at, part).join('.');

const withHeader = (sealed: string, header: string | object) => withPart(sealed, 0, encodePart(header));

const PROFILE_HEADER = { typ: 'comity-sealed-answer+jwe', cty: 'comity-answer+jwt' };

/** A genuine JWE to `key`, with what our `seal` never writes. */
async function sealedBy(plain: Uint8Array, header: JsonObject): Promise<string> {
  const full = { alg: 'ECDH-ES', enc: 'A256GCM', kid: target.kid, ...PROFILE_HEADER, ...header };
  return new CompactEncrypt(plain).setProtectedHeader(full).encrypt(target.key);
}

const padded = (text: string, size = 16 * 1024) =>
  Buffer.concat([Buffer.from(text), Buffer.alloc(size)]).subarray(0, size);

describe('what was sealed', () => {
  it.each(['', 'short', 'é😀', 'a'.repeat(16 * 1024), 'a'.repeat(16 * 1024 + 1)])(
    'is opened as it was (%#)',
    async (text) => {
      expect(await open('sealed-answer', await seal('sealed-answer', text, target), key)).toBe(text);
      expect(await open('sealed-part', await seal('sealed-part', text, target), key)).toBe(text);
    },
  );

  it('has exactly the header of the profile', async () => {
    const header = headerOf(await seal('sealed-part', 'text', target));
    expect(Object.keys(header).toSorted()).toEqual(['alg', 'cty', 'enc', 'epk', 'kid', 'typ']);
    expect(header).toMatchObject({
      alg: 'ECDH-ES',
      enc: 'A256GCM',
      kid: target.kid,
      typ: 'comity-sealed-part+jwe',
      cty: 'application/json',
      epk: { kty: 'OKP', crv: 'X25519' },
    });
  });

  it('is another text each time, under another ephemeral key', async () => {
    const [first, second] = [await seal('sealed-part', 'text', target), await seal('sealed-part', 'text', target)];
    expect(first).not.toBe(second);
    expect(headerOf(first)['epk']).not.toEqual(headerOf(second)['epk']);
  });

  it('cannot hold NUL, which padding is made of', async () => {
    await expect(seal('sealed-part', 'a\u0000', target)).rejects.toThrow('NUL');
  });
});

describe('padding (P17)', () => {
  it('gives a hit, an empty answer and a refusal one size', async () => {
    const answer = EXAMPLE_MESSAGES.find(({ type }) => type === AnswerClaims)?.value ?? {};
    const owner = await party(OWNER);
    const outcomes = [
      { ...answer, outcome: 'reads' },
      { ...answer, outcome: 'reads', reads: [], warnings: [] },
      { ...answer, outcome: 'refused', reads: [] },
      { ...answer, reads: Array.from({ length: 50 }, () => (answer['reads'] as JsonObject[])[0] ?? {}) },
    ];
    const sizes = new Set<number>();
    for (const claims of outcomes) {
      const token = await tokenOf('answer', owner, REQUESTER, claims);
      sizes.add((await seal('sealed-answer', token, target)).length);
    }
    expect(sizes.size).toBe(1);
  });

  it.each([
    ['sealed-part', 4 * 1024],
    ['sealed-answer', 16 * 1024],
  ] as const)('of a %s goes by steps of %d bytes', async (kind, step) => {
    const cipherBytes = async (length: number) =>
      Buffer.from((await seal(kind, 'a'.repeat(length), target)).split('.')[3] ?? '', 'base64url').length;
    expect(await cipherBytes(0)).toBe(step);
    expect(await cipherBytes(1)).toBe(step);
    expect(await cipherBytes(step)).toBe(step);
    expect(await cipherBytes(step + 1)).toBe(2 * step);
  });

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'padding length'],
    ['no full step', Buffer.from('text'), 'padding length'],
    ['one byte more than a step', Buffer.alloc(16 * 1024 + 1), 'padding length'],
    ['text after the padding', Buffer.concat([padded('text').subarray(0, -1), Buffer.from('x')]), 'padding bytes'],
    ['text on both sides of a NUL', padded('te\u0000xt'), 'padding bytes'],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from([0xff]), padded('').subarray(1)]), 'not UTF-8'],
  ])('that is wrong is refused: %s', async (_, plain, detail) => {
    const sealed = await sealedBy(plain, {});
    expect(await refusalOf(() => open('sealed-answer', sealed, key))).toEqual(refusal(detail));
  });

  it('is accepted where another writer padded as the profile says', async () => {
    expect(await open('sealed-answer', await sealedBy(padded('text'), {}), key)).toBe('text');
  });
});

describe('algorithms are refused before any key is used', () => {
  it('compression, small and 20 MB large, costs nothing (J08)', async () => {
    const small = await sealedBy(padded('text'), { zip: 'DEF' });
    const bomb = await sealedBy(Buffer.alloc(20 * 1024 * 1024), { zip: 'DEF' });
    expect(bomb.length).toBeLessThan(64 * 1024);
    for (const sealed of [small, bomb]) {
      const work = () => refusalOf(() => open('sealed-answer', sealed, key));
      expect(await work()).toEqual(refusal('header members'));
      expect(await processorMilliseconds(work)).toBeLessThan(500);
    }
  });

  it('ten million rounds of PBES2 are never begun (J09)', async () => {
    const sealed = await seal('sealed-answer', 'text', target);
    const pbes2 = { ...headerOf(sealed), alg: 'PBES2-HS256+A128KW', p2c: 10_000_000, p2s: 'c2FsdHNhbHQ' };
    const work = () => refusalOf(() => open('sealed-answer', withHeader(sealed, pbes2), key));
    expect(await work()).toEqual(refusal('header members'));
    expect(await processorMilliseconds(work)).toBeLessThan(500);
  });

  it.each([
    'dir',
    'A256KW',
    'A256GCMKW',
    'RSA1_5',
    'RSA-OAEP',
    'RSA-OAEP-256',
    'ECDH-ES+A256KW',
    'PBES2-HS256+A128KW',
    'none',
    'ecdh-es',
    '',
  ])('the key management `%s` is refused (J09)', async (alg) => {
    const sealed = await seal('sealed-answer', 'text', target);
    const changed = withHeader(sealed, { ...headerOf(sealed), alg });
    expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal('header member alg'));
  });

  it.each(['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'none', 'a256gcm', ''])(
    'the encryption `%s` is refused (J09)',
    async (enc) => {
      const sealed = await seal('sealed-answer', 'text', target);
      const changed = withHeader(sealed, { ...headerOf(sealed), enc });
      expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal('header member enc'));
    },
  );

  it('genuine JWE of A128GCM and of key wrapping are refused, not only altered ones (J09)', async () => {
    expect(
      await refusalOf(async () => open('sealed-answer', await sealedBy(padded('text'), { enc: 'A128GCM' }), key)),
    ).toEqual(refusal('header member enc'));
    expect(
      await refusalOf(async () =>
        open('sealed-answer', await sealedBy(padded('text'), { alg: 'ECDH-ES+A256KW' }), key),
      ),
    ).toEqual(refusal('not a compact JWE with direct agreement'));
  });

  it.each(['crit', 'apu', 'apv', 'jku', 'jwk', 'x5c', 'x5u', 'p2c', 'iv', 'tag', 'b64'])(
    'a header with `%s` is refused (J05)',
    async (member) => {
      const sealed = await seal('sealed-answer', 'text', target);
      const changed = withHeader(sealed, { ...headerOf(sealed), [member]: 'x' });
      expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal('header members'));
    },
  );
});

describe('the ephemeral key (J15)', () => {
  it.each(SMALL_ORDER_X25519)('%s of low order is refused', async (x) => {
    const sealed = await seal('sealed-answer', 'text', target);
    const changed = withHeader(sealed, { ...headerOf(sealed), epk: { kty: 'OKP', crv: 'X25519', x } });
    expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal('epk point'));
  });

  it.each<[string, JsonObject | string | null | JsonObject[], string]>([
    ['of P-256', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }, 'epk members'],
    ['that calls itself P-256', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43) }, 'epk curve'],
    ['of Ed25519', { kty: 'OKP', crv: 'Ed25519', x: `${'B'.repeat(42)}A` }, 'epk curve'],
    ['of X448', { kty: 'OKP', crv: 'X448', x: `${'B'.repeat(42)}A` }, 'epk curve'],
    ['that is too short', { kty: 'OKP', crv: 'X25519', x: 'AAAA' }, 'epk point'],
    ['with a private part', { kty: 'OKP', crv: 'X25519', x: `${'B'.repeat(42)}A`, d: 'A' }, 'epk members'],
    ['without x', { kty: 'OKP', crv: 'X25519' }, 'epk members'],
    ['in a list', [{ kty: 'OKP', crv: 'X25519', x: `${'B'.repeat(42)}A` }], 'epk members'],
    ['that is a text', 'epk', 'epk members'],
    ['that is null', null, 'epk members'],
  ])('%s is refused', async (_, epk, detail) => {
    const sealed = await seal('sealed-answer', 'text', target);
    const changed = withHeader(sealed, { ...headerOf(sealed), epk });
    expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal(detail));
  });

  it('of somebody else opens nothing', async () => {
    const sealed = await seal('sealed-answer', 'text', target);
    const other = headerOf(await seal('sealed-answer', 'text', target));
    const changed = withHeader(sealed, { ...headerOf(sealed), epk: other['epk'] });
    expect(await refusalOf(() => open('sealed-answer', changed, key))).toEqual(refusal('decryption'));
  });
});

describe('one error for every failure (J15)', () => {
  it('of header, key, tag, initialisation vector, ciphertext and padding', async () => {
    const sealed = await seal('sealed-answer', 'text', target);
    const parts = sealed.split('.');
    const cut = (at: number, length: number) =>
      withPart(
        sealed,
        at,
        Buffer.from(parts[at] ?? '', 'base64url')
          .subarray(0, length)
          .toString('base64url'),
      );
    const flip = (at: number) => {
      const bytes = Buffer.from(parts[at] ?? '', 'base64url');
      bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      return withPart(sealed, at, bytes.toString('base64url'));
    };
    const lengths = 'initialisation vector or tag length';
    const cases: readonly (readonly [string, string])[] = [
      ['', 'not a compact JWE with direct agreement'],
      ['a.b.c', 'not a compact JWE with direct agreement'],
      [`${sealed}.x`, 'not a compact JWE with direct agreement'],
      [withPart(sealed, 1, 'AAAA'), 'not a compact JWE with direct agreement'],
      [cut(4, 12), lengths],
      [cut(4, 0), lengths],
      [withPart(sealed, 4, Buffer.alloc(17).toString('base64url')), lengths],
      [withPart(sealed, 2, Buffer.alloc(16).toString('base64url')), lengths],
      [cut(2, 8), lengths],
      [`${sealed}=`, 'grammar'],
      [`${sealed} `, 'grammar'],
      [` ${sealed}`, 'grammar'],
      [withPart(sealed, 3, `${parts[3]}+`), 'grammar'],
      [withPart(sealed, 0, encodePart('[]')), 'grammar'],
      [withPart(sealed, 0, encodePart('{"alg":"ECDH-ES","alg":"dir"}')), 'grammar'],
      [flip(2), 'decryption'],
      [flip(3), 'decryption'],
      [flip(4), 'decryption'],
      [cut(3, 16 * 1024 - 1), 'decryption'],
      [withPart(sealed, 3, ''), 'decryption'],
      [withHeader(sealed, JSON.stringify(headerOf(sealed), null, 1)), 'decryption'],
    ];
    for (const [text, detail] of cases) {
      expect(await refusalOf(() => open('sealed-answer', text, key))).toEqual(refusal(detail));
    }
  });

  it('of a text above the limit, which is not even split', async () => {
    expect(await refusalOf(() => open('sealed-answer', 'a'.repeat(1024 * 1024 + 1), key))).toEqual(
      refusal('too large'),
    );
    const sealed = await seal('sealed-answer', 'text', target);
    expect(await refusalOf(() => open('sealed-answer', sealed, key, sealed.length - 1))).toEqual(refusal('too large'));
    expect(await open('sealed-answer', sealed, key, sealed.length)).toBe('text');
  });
});

describe('a moved ciphertext', () => {
  it('sealed to another receiver is refused by its kid, and by its tag where the kid is rewritten', async () => {
    const sealed = await seal('sealed-part', 'text', otherTarget);
    expect(await refusalOf(() => open('sealed-part', sealed, key))).toEqual(refusal('header member kid'));
    const renamed = withHeader(sealed, { ...headerOf(sealed), kid: key.kid });
    expect(await refusalOf(() => open('sealed-part', renamed, key))).toEqual(refusal('decryption'));
    expect(await open('sealed-part', sealed, otherKey)).toBe('text');
  });

  it('of one kind is refused as the other, also where its type is rewritten (J16)', async () => {
    const part = await seal('sealed-part', 'text', target);
    const answer = await seal('sealed-answer', 'text', target);
    expect(await refusalOf(() => open('sealed-answer', part, key))).toEqual(refusal('header member typ'));
    expect(await refusalOf(() => open('sealed-part', answer, key))).toEqual(refusal('header member typ'));
    const renamed = withHeader(answer, { ...headerOf(answer), typ: 'comity-sealed-part+jwe', cty: 'application/json' });
    expect(await refusalOf(() => open('sealed-part', renamed, key))).toEqual(refusal('decryption'));
    const halfRenamed = withHeader(answer, { ...headerOf(answer), cty: 'application/json' });
    expect(await refusalOf(() => open('sealed-answer', halfRenamed, key))).toEqual(refusal('header member cty'));
  });

  it('with the ciphertext and tag of another message is refused', async () => {
    const [first, second] = [await seal('sealed-answer', 'one', target), await seal('sealed-answer', 'two', target)];
    const [, , iv, cipher, tag] = second.split('.');
    const moved = [first.split('.')[0], '', iv, cipher, tag].join('.');
    expect(await refusalOf(() => open('sealed-answer', moved, key))).toEqual(refusal('decryption'));
  });
});

async function verifyAnswer(inner: string, owner: Party): Promise<VerifiedToken> {
  const text = await open('sealed-answer', await seal('sealed-answer', inner, target), key);
  return verifyToken({ kind: 'answer', token: text, keys: owner.keys, issuer: OWNER, audience: REQUESTER, now: NOW });
}

describe('what is inside a sealed answer (J22)', () => {
  it('has to be signed: bare claims are no message', async () => {
    const owner = await party(OWNER);
    const claims = EXAMPLE_MESSAGES.find(({ type }) => type === AnswerClaims)?.value ?? {};
    expect((await refusalOf(() => parseMessage(AnswerClaims, claims))).code).toBe('accepted');
    expect(await refusalOf(() => verifyAnswer(JSON.stringify(claims), owner))).toEqual(
      tokenRefusal('not a compact JWS'),
    );
  });

  it('has to be an answer of the owner to this requester', async () => {
    const owner = await party(OWNER);
    const stranger = await party(OWNER);
    expect(await refusalOf(async () => verifyAnswer(await tokenOf('denial', owner, REQUESTER), owner))).toEqual(
      tokenRefusal('header values'),
    );
    expect(await refusalOf(async () => verifyAnswer(await tokenOf('answer', owner, BROKER), owner))).toEqual(
      tokenRefusal('audience'),
    );
    expect(await refusalOf(async () => verifyAnswer(await tokenOf('answer', stranger, REQUESTER), owner))).toEqual(
      tokenRefusal('kid is not enrolled for the issuer'),
    );
    expect((await verifyAnswer(await tokenOf('answer', owner, REQUESTER), owner)).verified).toBe(true);
  });

  it('is not readable as a message while it is sealed', async () => {
    const sealed = await seal('sealed-answer', 'text', target);
    expect(await refusalOf(() => readToken('answer', sealed))).toEqual(tokenRefusal('not a compact JWS'));
  });
});

it('refuses to be asked for a key that signs', async () => {
  const signing = await importJWK(publicPart(await privateJwk('Ed25519')), 'Ed25519');
  if (signing instanceof Uint8Array) throw new Error('not a public key');
  await expect(seal('sealed-part', 'text', { kid: 'x', key: signing })).rejects.toThrow();
});
