// Long because every header and claim of the token profile has its own refusals.
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CLOCK_TOLERANCE_SECONDS,
  NO_AUDIENCE,
  TOKEN_PROFILES,
  messageDigest,
  readToken,
  signToken,
  verifyArchivedToken,
  verifyToken,
  type JsonObject,
  type TokenKind,
} from '#protocol';
import {
  BROKER,
  NOW,
  NOW_SECONDS,
  OWNER,
  REQUESTER,
  TOKEN_KINDS,
  audienceOf,
  claimsOf,
  party,
  tokenOf,
  without,
  type Party,
} from '../test/example-parties.js';
import { encodePart, forge, signText } from '../test/forge.js';
import { refusalOf, tokenRefusal } from '../test/refusal.js';

let requester: Party;
let elliptic: Party;

beforeAll(async () => {
  requester = await party(REQUESTER);
  elliptic = await party(REQUESTER, 'ES256');
});

const verifyAs = (kind: TokenKind, token: string, sender: Party = requester, nowMs: number = NOW) =>
  verifyToken({ kind, token, keys: sender.keys, issuer: sender.id, audience: audienceOf(kind, BROKER), now: nowMs });

/** A request whose claims were changed before it was genuinely signed. */
const requestWith = (changes: JsonObject) =>
  tokenOf('request', requester, BROKER, { ...claimsOf('request', REQUESTER, BROKER), ...changes });

describe('a good message', () => {
  it.each(TOKEN_KINDS)('of kind %s is verified for its own kind, under each algorithm', async (kind) => {
    for (const type of ['Ed25519', 'EdDSA', 'ES256'] as const) {
      const sender = await party(REQUESTER, type);
      const token = await tokenOf(kind, sender, BROKER);
      const verified = await verifyAs(kind, token, sender);
      expect(verified).toMatchObject({ verified: true, kind, token, digest: messageDigest(token) });
      expect(verified.header).toMatchObject({ alg: type, kid: sender.signing.kid, typ: TOKEN_PROFILES[kind].typ });
      expect(verified.claims).toEqual(claimsOf(kind, REQUESTER, BROKER));
    }
  });

  it('is read before it is verified with the same digest and no promise', async () => {
    const token = await requestWith({});
    const unverified = readToken('request', token);
    expect(unverified).not.toHaveProperty('verified');
    expect(unverified.digest).toBe((await verifyAs('request', token)).digest);
    expect(unverified.header.trustChain).toEqual(['a.b.c']);
  });

  it('cannot be signed without the trust chain its kind needs, nor with one it has no place for', async () => {
    const claims = claimsOf('request', REQUESTER, BROKER);
    await expect(signToken({ kind: 'request', claims, key: requester.signing })).rejects.toThrow('needs trust chain');
    await expect(signToken({ kind: 'grant', claims, key: requester.signing, trustChain: ['a.b.c'] })).rejects.toThrow(
      'has no trust chain',
    );
  });
});

describe('kinds (J16)', () => {
  const pairs = TOKEN_KINDS.flatMap((sent) =>
    TOKEN_KINDS.filter((due) => due !== sent).map((due) => [sent, due] as const),
  );

  it('are 27, each with a media type of its own', () => {
    expect(new Set(TOKEN_KINDS.map((kind) => TOKEN_PROFILES[kind].typ)).size).toBe(27);
    expect(pairs).toHaveLength(702);
  });

  it.each(pairs)('a genuine %s is refused where a %s is due', async (sent, due) => {
    const token = await tokenOf(sent, requester, BROKER);
    const sameShape = TOKEN_PROFILES[sent].carriesTrustChain === TOKEN_PROFILES[due].carriesTrustChain;
    const refusal = tokenRefusal(sameShape ? 'header values' : 'header members');
    expect(await refusalOf(() => verifyAs(due, token))).toEqual(refusal);
    expect(await refusalOf(() => readToken(due, token))).toEqual(refusal);
    const archived = { kind: due, token, keys: requester.keys, issuer: REQUESTER };
    expect(await refusalOf(() => verifyArchivedToken(archived))).toEqual(refusal);
  });

  it('an addressed kind is never verified without an audience, and the others never with one', async () => {
    for (const kind of TOKEN_KINDS) {
      const wrong = TOKEN_PROFILES[kind].addressed ? NO_AUDIENCE : BROKER;
      const input = { kind, token: await tokenOf(kind, requester, BROKER), keys: requester.keys, issuer: REQUESTER };
      expect(await refusalOf(() => verifyToken({ ...input, audience: wrong, now: NOW }))).toEqual(
        tokenRefusal('audience'),
      );
    }
  });

  it('a kind without audience is refused with one in it', async () => {
    const token = await tokenOf('receipt', requester, BROKER, {
      ...claimsOf('receipt', REQUESTER, BROKER),
      aud: BROKER,
    });
    expect(await refusalOf(() => verifyAs('receipt', token))).toEqual(tokenRefusal('audience'));
  });
});

describe('audience (J17)', () => {
  it.each<[string, JsonObject]>([
    ['a list of one', { aud: [BROKER] }],
    ['a list of two', { aud: [BROKER, OWNER] }],
    ['the endpoint', { aud: `${BROKER}/requests` }],
    ['a trailing slash', { aud: `${BROKER}/` }],
    ['upper case', { aud: 'https://BROKER.example' }],
    ['a port', { aud: `${BROKER}:443` }],
    ['another broker', { aud: OWNER }],
    ['an object', { aud: { id: BROKER } }],
    ['null', { aud: null }],
    ['nothing', { aud: '' }],
  ])('is refused where it is %s', async (_, changes) => {
    const token = await requestWith(changes);
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('audience'));
  });

  it('is refused where it is missing', async () => {
    const token = await tokenOf('request', requester, BROKER, without(claimsOf('request', REQUESTER, BROKER), 'aud'));
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('audience'));
  });
});

describe('issuer (J18)', () => {
  it('owns its kid: a key of another node is not found, though the signature is good', async () => {
    const other = await party(OWNER);
    const token = await tokenOf('request', other, BROKER, claimsOf('request', REQUESTER, BROKER));
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(
      tokenRefusal('kid is not enrolled for the issuer'),
    );
  });

  it('is the one whose keys were looked up: another name in the claims is refused', async () => {
    for (const iss of [OWNER, `${REQUESTER}/`, [REQUESTER], null, '']) {
      const token = await requestWith({ iss });
      expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('issuer'));
      const archived = { kind: 'request', token, keys: requester.keys, issuer: REQUESTER } as const;
      expect(await refusalOf(() => verifyArchivedToken(archived))).toEqual(tokenRefusal('issuer'));
    }
  });

  it('is the only subject of a message between nodes: any `sub` is refused, also its own', async () => {
    for (const kind of TOKEN_KINDS.filter((candidate) => TOKEN_PROFILES[candidate].addressed)) {
      for (const sub of [OWNER, REQUESTER, null]) {
        const token = await tokenOf(kind, requester, BROKER, { ...claimsOf(kind, REQUESTER, BROKER), sub });
        expect(await refusalOf(() => verifyAs(kind, token))).toEqual(tokenRefusal('sub has no place'));
      }
    }
  });

  it('has a subject in a statement of the federation', async () => {
    const token = await tokenOf('entity-statement', requester, BROKER, {
      ...claimsOf('entity-statement', REQUESTER, BROKER),
      sub: OWNER,
    });
    expect((await refusalOf(() => verifyAs('entity-statement', token))).code).toBe('accepted');
  });
});

const at = (seconds: number) => NOW_SECONDS + seconds;

const ahead = (seconds: number) => requestWith({ iat: at(seconds), exp: at(seconds + 60) });

describe('times (J19)', () => {
  it('a message is accepted 10 s ahead of our clock and refused at 11 s', async () => {
    expect(CLOCK_TOLERANCE_SECONDS).toBe(10);
    expect((await verifyAs('request', await ahead(10))).verified).toBe(true);
    for (const seconds of [11, 61, 3600]) {
      const token = await ahead(seconds);
      expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('issued in the future'));
    }
  });

  it('a message lives up to the instant of its exp and not at it: intervals are half-open', async () => {
    const token = await requestWith({ exp: at(30) });
    expect((await verifyAs('request', token, requester, NOW + 29_999)).verified).toBe(true);
    for (const late of [30_000, 30_001, 86_400_000]) {
      expect(await refusalOf(() => verifyAs('request', token, requester, NOW + late))).toEqual(tokenRefusal('expired'));
    }
  });

  it('the clock tolerance does not prolong a message', async () => {
    const token = await requestWith({ iat: at(-120), exp: at(0) });
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('expired'));
  });

  it.each<[TokenKind, number]>([
    ['request', 120],
    ['grant', 120],
    ['release-notice', 120],
    ['trace-query', 120],
    ['answer', 1020],
    ['denial', 1020],
    ['end-state', 1020],
    ['approval', 86_400],
    ['entity-statement', 400 * 86_400],
    ['trust-mark', 400 * 86_400],
  ])('a %s lives at most %d s', async (kind, seconds) => {
    const living = (life: number) =>
      tokenOf(kind, requester, BROKER, { ...claimsOf(kind, REQUESTER, BROKER), exp: at(life) });
    expect((await verifyAs(kind, await living(seconds))).verified).toBe(true);
    for (const life of [seconds + 1, 0, -1, seconds + 10 ** 9]) {
      const token = await living(life);
      expect(await refusalOf(() => verifyAs(kind, token))).toEqual(tokenRefusal('lifetime'));
    }
  });

  it.each<[string, JsonObject, string]>([
    ['exp as text', { exp: String(at(60)) }, 'exp'],
    ['exp as a fraction', { exp: at(60) + 0.5 }, 'exp'],
    ['exp in milliseconds', { exp: at(60) * 1000 }, 'exp'],
    ['exp negative', { exp: -1 }, 'exp'],
    ['exp null', { exp: null }, 'exp'],
    ['exp in a list', { exp: [at(60)] }, 'exp'],
    ['exp true', { exp: true }, 'exp'],
    ['exp a year ahead', { exp: at(365 * 86_400) }, 'lifetime'],
    ['exp before iat', { iat: at(5), exp: at(4) }, 'lifetime'],
    ['exp equal to iat', { exp: at(0) }, 'lifetime'],
    ['iat as text', { iat: String(at(0)) }, 'iat'],
    ['iat as a fraction', { iat: at(0) + 0.25 }, 'iat'],
    ['iat in milliseconds', { iat: NOW, exp: NOW + 60 }, 'iat'],
    ['iat negative', { iat: -1, exp: 60 }, 'iat'],
    ['iat null', { iat: null }, 'iat'],
    ['nbf', { nbf: at(0) }, 'nbf has no place'],
    ['nbf 61 s ahead', { nbf: at(61) }, 'nbf has no place'],
  ])('refuses %s', async (_, changes, detail) => {
    const token = await requestWith(changes);
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal(detail));
  });

  it.each(['1e300', '1e999', '9007199254740993', '-1e999'])('refuses exp %s, genuinely signed', async (number) => {
    const claims = JSON.stringify(claimsOf('request', REQUESTER, BROKER)).replace(/"exp":\d+/, `"exp":${number}`);
    const token = forge(requestHeader(), claims, requester.privateJwk);
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('grammar'));
  });

  it.each(['iat', 'exp', 'jti'])('refuses a request without %s', async (member) => {
    const token = await tokenOf('request', requester, BROKER, without(claimsOf('request', REQUESTER, BROKER), member));
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal(member));
  });

  it('a record does not expire: exp in a receipt or a rule has no place', async () => {
    for (const kind of ['receipt', 'rule'] as const) {
      const token = await tokenOf(kind, requester, BROKER, { ...claimsOf(kind, REQUESTER, BROKER), exp: at(60) });
      expect(await refusalOf(() => verifyAs(kind, token))).toEqual(tokenRefusal('exp has no place'));
      const old = await tokenOf(kind, requester, BROKER, { ...claimsOf(kind, REQUESTER, BROKER), iat: 0 });
      expect((await verifyAs(kind, old)).verified).toBe(true);
    }
  });
});

describe('jti', () => {
  it.each(['', 'short', 'a'.repeat(15), 'a'.repeat(65), 'with blank in it ', '../../../../dev/null', 7, null, ['a']])(
    'refuses %j',
    async (jti) => {
      const token = await requestWith({ jti });
      expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('jti'));
    },
  );
});

describe('identity of a message (J12)', () => {
  it('is one under the second signature (r, n − s) that everybody can make of an ES256 signature', async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const token = await tokenOf('request', elliptic, BROKER);
    const [header, payload, signature] = token.split('.');
    const bytes = Buffer.from(signature ?? '', 'base64url');
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const mirrored = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex');
    const twin = `${header}.${payload}.${Buffer.concat([bytes.subarray(0, 32), mirrored]).toString('base64url')}`;
    expect(twin).not.toBe(token);
    const [first, second] = [await verifyAs('request', token, elliptic), await verifyAs('request', twin, elliptic)];
    expect(second.digest).toBe(first.digest);
    expect(second.claims['jti']).toBe(first.claims['jti']);
    expect(messageDigest(twin)).toBe(messageDigest(token));
  });

  it('differs for every other header or payload', async () => {
    const tokens = [
      await requestWith({}),
      await requestWith({ jti: 'b'.repeat(22) }),
      await requestWith({ exp: NOW_SECONDS + 60 }),
    ];
    expect(new Set(tokens.map(messageDigest)).size).toBe(3);
    expect(await refusalOf(() => messageDigest('no dots'))).toEqual(tokenRefusal('not a compact JWS'));
  });
});

const sized = (length: number) => `${'A'.repeat(length - 4)}.A.A`;

describe('size', () => {
  it('a message is read up to 65 536 bytes and refused above, before it is decoded', async () => {
    expect((await refusalOf(() => readToken('request', sized(65_536)))).detail).toBe('grammar');
    expect(await refusalOf(() => readToken('request', sized(65_537)))).toEqual({
      code: 'too_large',
      detail: undefined,
      message: 'a message is larger than 65536 bytes',
    });
  });

  it('an answer carries more than a message: a thousand reads', async () => {
    const reads = Array.from({ length: 1000 }, (_, at) => ({ plate: `A${at}`, seen_at: '2026-11-12T08:30:00-08:00' }));
    const claims = { ...claimsOf('answer', REQUESTER, BROKER), reads };
    const token = await tokenOf('answer', requester, BROKER, claims);
    expect(token.length).toBeGreaterThan(65_536);
    expect((await verifyAs('answer', token)).claims['reads']).toHaveLength(1000);
    expect((await refusalOf(() => readToken('answer', 'A'.repeat(47 * 16 * 1024 + 1)))).code).toBe('too_large');
  });
});

describe('archived evidence', () => {
  it('is verified after its time has passed, by signature, issuer and kind', async () => {
    const token = await requestWith({ iat: 1, exp: 2 });
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('expired'));
    const archived = { kind: 'request', token, keys: requester.keys, issuer: REQUESTER } as const;
    expect((await verifyArchivedToken(archived)).claims['exp']).toBe(2);
  });

  it('is refused with another signature', async () => {
    const token = await requestWith({});
    const foreign = signText(token.slice(0, token.lastIndexOf('.')), (await party(REQUESTER)).privateJwk);
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.${foreign.toString('base64url')}`;
    const archived = { kind: 'request', token: forged, keys: requester.keys, issuer: REQUESTER } as const;
    expect(await refusalOf(() => verifyArchivedToken(archived))).toEqual(tokenRefusal('signature'));
  });
});

describe('algorithm (J02)', () => {
  it('is that of the enrolled key: the other name of Ed25519 is refused for a key enrolled under one', async () => {
    const token = forge(
      { ...requestHeader(), alg: 'EdDSA' },
      claimsOf('request', REQUESTER, BROKER),
      requester.privateJwk,
    );
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(
      tokenRefusal('alg is not that of the enrolled key'),
    );
  });

  it('is never that of an encryption key, should one come into the set', async () => {
    const [key] = [...requester.keys.values()];
    if (!key) throw new Error('no key');
    const keys = new Map([[key.kid, { ...key, use: 'enc' as const }]]);
    const input = { kind: 'request', issuer: REQUESTER, audience: BROKER, now: NOW } as const;
    const token = await requestWith({});
    expect(await refusalOf(() => verifyToken({ ...input, token, keys }))).toEqual(
      tokenRefusal('alg is not that of the enrolled key'),
    );
  });
});

describe('trust chain', () => {
  it.each<[string, unknown]>([
    ['empty', []],
    ['of nine statements', Array.from({ length: 9 }, () => 'a.b.c')],
    ['a text', 'a.b.c'],
    ['a list with a number', ['a.b.c', 7]],
    ['an object', { 0: 'a.b.c' }],
    ['null', null],
  ])('is refused where it is %s', async (_, trustChain) => {
    const header = { ...requestHeader(), trust_chain: trustChain };
    const token = forge(header, claimsOf('request', REQUESTER, BROKER), requester.privateJwk);
    expect(await refusalOf(() => verifyAs('request', token))).toEqual(tokenRefusal('trust chain'));
  });
});

it('is checked by signature last: the parts as they were sent are what was signed', async () => {
  const header = encodePart(requestHeader());
  const spaced = encodePart(JSON.stringify(claimsOf('request', REQUESTER, BROKER), null, 2));
  const token = `${header}.${spaced}.${signText(`${header}.${spaced}`, requester.privateJwk).toString('base64url')}`;
  expect((await verifyAs('request', token)).verified).toBe(true);
  const compact = encodePart(claimsOf('request', REQUESTER, BROKER));
  const reformatted = token.replace(spaced, compact);
  expect(await refusalOf(() => verifyAs('request', reformatted))).toEqual(tokenRefusal('signature'));
});

function requestHeader(): JsonObject {
  return { alg: 'Ed25519', kid: requester.signing.kid, typ: 'comity-request+jwt', trust_chain: ['a.b.c'] };
}
