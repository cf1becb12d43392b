// Long because one federation bears every request that does not fit, and each misfit is a row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerKeyThumbprint, askDigest, clearFactsDigest, commitToOwners } from '#exchange';
import {
  TOKEN_PROFILES,
  newIdentifier,
  readToken,
  signToken,
  type ClearFacts,
  type JsonObject,
  type JsonValue,
  type TokenKind,
} from '#protocol';
import { generateDecryptionKey, systemRandomness } from '#protocol/io';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import {
  DishonestAgency,
  approvedAsk,
  clearOf,
  type ApprovedAsk,
  type RequestChanges,
  type SignedRequest,
} from './dishonest-agency.js';
import { expectRefusal, post, receiptKinds, releasesOf, type DoorAnswer } from './doors.js';
import { LyingBroker } from './lying-broker.js';
import { Hands } from './party-hands.js';

const OWNER = 'juniper-bend';
const OTHER_OWNER = 'mesa-clara';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let broker: LyingBroker;
let requester: DishonestAgency;
let approved: ApprovedAsk;

const ownerId = () => federation.entityId(OWNER);
const submit = ({ token }: Pick<SignedRequest, 'token'>) =>
  post(federation, `${broker.entityId}/requests`, { request: token, log_size: 0 });
/** Past the honest broker: logged and granted by one that lies. */
const straight = async ({ token }: Pick<SignedRequest, 'token'>, grant: JsonObject = {}) =>
  post(federation, `${ownerId()}/grants`, await broker.grantAnyway(token, grant));

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, OTHER_OWNER, REQUESTER] });
  broker = await LyingBroker.of(federation);
  requester = new DishonestAgency(federation, REQUESTER);
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123')]);
  const statement = statementFor(federation, [OWNER, OTHER_OWNER], { plate: 'ORE123' });
  const people = federation.people(REQUESTER);
  approved = await approvedAsk(federation.agency(REQUESTER), hands.wire(REQUESTER), people, statement);
});

afterAll(async () => {
  await federation.close();
});

/** Denied by the owner, signed, with this reason, and on record as refused there: nothing was searched or released. */
async function expectDenied(answer: DoorAnswer, { txn }: SignedRequest, code: string): Promise<void> {
  expect(answer).toMatchObject({ status: 200, document: { state: 'denied' } });
  expect(answer.document).not.toHaveProperty('answer');
  const { denial } = answer.document;
  const { reasons } = readToken('denial', typeof denial === 'string' ? denial : '').claims;
  expect(reasons).toMatchObject([{ code }]);
  expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual(['refused']);
}

test('the request of which they are all made is answered, so that each is refused for its one fault', async () => {
  const request = await requester.request(approved, ownerId());
  const { status, document } = await submit(request);
  expect({ status, state: document['state'] }).toEqual({ status: 200, state: 'replied' });
  const answer = await requester.open(document['answer'], request, ownerId());
  expect(answer).toMatchObject({ outcome: 'reads', reads: [{ plate: 'ORE123' }] });
});

describe('a sealed part that was not made for its request', () => {
  const misfits: readonly [string, string, () => Promise<RequestChanges> | RequestChanges][] = [
    [
      'J22: that of another request of the same agency',
      'sealed_part_moved',
      async () => ({ ciphertext: (await requester.request(approved, ownerId())).sealed }),
    ],
    [
      'J22: that of a request of the same transaction to another owner',
      'cannot_open',
      async () => ({ ciphertext: (await requester.request(approved, federation.entityId(OTHER_OWNER))).sealed }),
    ],
    ['J22: one that names another requester', 'sealed_part_moved', () => ({ sealed: { iss: broker.entityId } })],
    [
      'J22: one that names another transaction',
      'sealed_part_moved',
      () => ({ sealed: { txn: '00000000-0000-4000-8000-000000000000' } }),
    ],
    ['J22: one that names another owner', 'sealed_part_moved', () => ({ sealed: { owner: broker.entityId } })],
    [
      'B02: one that was made for another answer key',
      'answer_key_differs',
      async () => {
        const { x } = (await generateDecryptionKey()).publicJwk;
        return { claims: { answer_key: { kty: 'OKP', crv: 'X25519', x: x ?? '' } } };
      },
    ],
    [
      'J14: one for an answer key of small order, with which everybody could read the answer',
      'key_refused',
      () => {
        const answerKey = { kty: 'OKP', crv: 'X25519', x: Buffer.alloc(32).toString('base64url') } as const;
        return { claims: { answer_key: answerKey }, sealed: { answer_key_thumbprint: answerKeyThumbprint(answerKey) } };
      },
    ],
    ['P01: one with a member that nobody knows', 'malformed_body', () => ({ sealed: { admin: true } })],
    ['P01: one with a list where an object is due', 'malformed_body', () => ({ sealed: { ask: [] } })],
    ['J22: one that is no ciphertext at all', 'cannot_open', () => ({ ciphertext: 'AAAA.AAAA.AAAA.AAAA.AAAA' })],
  ];

  test.each(misfits)('%s is denied by its name', async (_, code, change) => {
    const request = await requester.request(approved, ownerId(), await change());
    await expectDenied(await submit(request), request, code);
  });
});

describe('P16: facts in the clear that are not those of the ask', () => {
  const other: readonly [string, Partial<ClearFacts>][] = [
    ['fewer plates', { plate_count: 2 }],
    ['a later beginning', { from: '2026-11-01T00:00:00.000Z' }],
    ['a later end', { until: '2026-12-01T00:00:00.000Z' }],
    ['another purpose', { purpose: 'missing-person' }],
    ['another offence', { offence: '09A' }],
    ['another beneficiary', { beneficiary: 'http://127.0.0.1:1' }],
  ];

  test.each(other)('P16: %s: computed again from the ask, and denied', async (_, clear) => {
    const request = await requester.request(approved, ownerId(), { clear });
    const { document } = await submit(request);
    // A false fact may be one that the rule denies anyway; then it never comes to the sealed part.
    expect(['denied', 'broker_denied']).toContain(document['state']);
    if (document['state'] === 'denied') await expectDenied(await submit(request), request, 'sealed_part_differs');
    expect(await releasesOf(federation.agency(OWNER), request.txn)).toEqual([]);
  });

  test('P16: the digest of other clear facts, though these are right, is denied', async () => {
    const jti = newIdentifier(systemRandomness);
    const digest = clearFactsDigest({ ...clearOf(approved), plate_count: 7 }, jti);
    const request = await requester.request(approved, ownerId(), { jti, sealed: { clear_digest: digest } });
    await expectDenied(await submit(request), request, 'sealed_part_differs');
  });

  test('P08: a legal process that is not the one committed to is denied', async () => {
    const request = await requester.request(approved, ownerId(), { sealed: { legal_process_salt: 's'.repeat(43) } });
    await expectDenied(await submit(request), request, 'sealed_part_differs');
  });

  test('P18: an ask whose digest is not the one in the request is denied', async () => {
    const digest = askDigest({ ...approved.ask, narrative: 'another' }, approved.askSalt);
    const request = await requester.request(approved, ownerId(), { claims: { ask_digest: digest } });
    await expectDenied(await submit(request), request, 'ask_digest_differs');
  });

  test('P15: an ask that went to other owners than its supervisor approved is denied', async () => {
    const elsewhere = [{ owner: ownerId(), salt: 's'.repeat(43) }];
    const opening = { ...commitToOwners(elsewhere).openings.get(ownerId()) } as JsonObject;
    const request = await requester.request(approved, ownerId(), { sealed: { owner_opening: opening } });
    await expectDenied(await submit(request), request, 'owner_not_approved');
  });

  test('P15: a fan-out smaller than the approved one is denied', async () => {
    const request = await requester.request(approved, ownerId(), { claims: { fan_out: 1 } });
    await expectDenied(await submit(request), request, 'owner_not_approved');
  });
});

describe('a request for somebody else', () => {
  test('J17: an owner refuses a request for another owner, though it was granted to it, and has that on record', async () => {
    const request = await requester.request(approved, federation.entityId(OTHER_OWNER));
    expectRefusal(await straight(request, { aud: ownerId() }), 422, 'wrong_owner');
    await expect.poll(() => receiptKinds(federation.agency(OWNER), request.txn)).toEqual(['refused']);
  });

  test.each([
    ['a slash more', () => `${broker.entityId}/`, 400, 'malformed_body'],
    ['upper case', () => broker.entityId.replace('http', 'HTTP'), 400, 'malformed_body'],
    ['the address of the door', () => `${broker.entityId}/requests`, 401, 'token_invalid'],
    ['another node', () => federation.entityId(OWNER), 401, 'token_invalid'],
    ['a list of one', () => [broker.entityId], 400, 'malformed_body'],
    ['a list of two', () => [broker.entityId, federation.entityId(OWNER)], 400, 'malformed_body'],
    ['nobody', () => null, 400, 'malformed_body'],
  ] as [string, () => JsonValue, number, string][])(
    'J17: `aud` with %s is refused',
    async (_, audience, status, code) => {
      const request = await requester.request(approved, ownerId(), { claims: { aud: audience() } });
      expectRefusal(await submit(request), status, code);
      expectRefusal(await straight(request), status, code);
      expect(await receiptKinds(federation.broker, request.txn)).toEqual([]);
    },
  );

  test('J18: the key of one agency does not sign for another, with either chain', async () => {
    const iss = federation.entityId(OTHER_OWNER);
    const theirs = federation.agency(OTHER_OWNER).node.own.ownChain();
    for (const trustChain of [requester.agency.node.own.ownChain(), theirs]) {
      const request = await requester.request(approved, ownerId(), { claims: { iss }, trustChain });
      expectRefusal(await submit(request), 401, 'token_invalid');
      expectRefusal(await straight(request), 401, 'token_invalid');
    }
  });

  test('J18: a second subject has no place in a request', async () => {
    const request = await requester.request(approved, ownerId(), { claims: { sub: federation.entityId(OTHER_OWNER) } });
    expectRefusal(await submit(request), 400, 'malformed_body');
  });

  test.each([
    ['itself as the owner', () => ({ owner: federation.entityId(REQUESTER) })],
    ['a way that begins with another broker', () => ({ via: [federation.entityId(OTHER_OWNER)] })],
    ['more than 15 minutes to answer', () => ({ respond_by: Math.floor(Date.now() / 1000) + 901 })],
    ['a time to answer before it was signed', () => ({ respond_by: Math.floor(Date.now() / 1000) - 60 })],
    ['an inverted window', () => ({ clear: inverted(clearOf(approved)) })],
  ] as [string, () => JsonObject][])(
    'J19: a request that names %s is refused, and on record as refused',
    async (_, claims) => {
      const request = await requester.request(approved, ownerId(), { claims: claims() });
      expectRefusal(await submit(request), 422, 'request_malformed');
      await expect.poll(() => receiptKinds(federation.broker, request.txn)).toEqual(['refused']);
      expect(await receiptKinds(federation.agency(OWNER), request.txn)).toEqual([]);
    },
  );
});

describe('a request out of its time', () => {
  test('J19: an expired request ends as `expired`, signed and logged, and reaches no owner', async () => {
    const request = await requester.request(approved, ownerId(), { iat: Math.floor(Date.now() / 1000) - 130 });
    const { status, document } = await submit(request);
    expect({ status, state: document['state'] }).toEqual({ status: 200, state: 'expired' });
    const statement = document['end_state'];
    const { claims } = readToken('end-state', typeof statement === 'string' ? statement : '');
    expect(claims).toMatchObject({ state: 'expired', request: readToken('request', request.token).digest });
    expect(await receiptKinds(federation.broker, request.txn)).toEqual(['expired']);
    expect(await receiptKinds(federation.agency(OWNER), request.txn)).toEqual([]);
  });

  test('J19: an expired request that a broker logs and grants anyway is refused by its owner', async () => {
    const request = await requester.request(approved, ownerId(), { iat: Math.floor(Date.now() / 1000) - 140 });
    expectRefusal(await straight(request), 422, 'respond_by_passed');
    expect(await releasesOf(federation.agency(OWNER), request.txn)).toEqual([]);
  });

  test('F09 B08: a request whose time to answer is over ends as `expired`, and whoever grants it anyway is refused by its owner', async () => {
    const iat = Math.floor(Date.now() / 1000) - 60;
    const over = () => requester.request(approved, ownerId(), { iat, claims: { respond_by: iat + 10 } });
    expect(await submit(await over())).toMatchObject({ status: 200, document: { state: 'expired' } });
    const request = await over();
    expectRefusal(await straight(request), 422, 'respond_by_passed');
    expect(await releasesOf(federation.agency(OWNER), request.txn)).toEqual([]);
  });

  test('J19: a request dated 11 s ahead is refused, one dated 9 s ahead is accepted', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const party of ['broker', OWNER]) hands.clock(party).stopAt(now * 1000);
    try {
      const early = await requester.request(approved, ownerId(), { iat: now + 11 });
      expectRefusal(await submit(early), 401, 'token_invalid');
      expect(await receiptKinds(federation.broker, early.txn)).toEqual([]);
      const inTime = await requester.request(approved, ownerId(), { iat: now + 9 });
      expect(await submit(inTime)).toMatchObject({ status: 200, document: { state: 'replied' } });
    } finally {
      for (const party of ['broker', OWNER]) hands.clock(party).restore();
    }
  });

  test.each([
    ['no `exp`', { exp: undefined }, 400, 'malformed_body'],
    ['`exp` as text', { exp: '1900000000' }, 400, 'malformed_body'],
    ['`exp` beyond all time', { exp: Number.MAX_SAFE_INTEGER }, 400, 'malformed_body'],
    ['`exp` in milliseconds', { exp: Date.now() + 60_000 }, 400, 'malformed_body'],
    ['a life of 121 s', { exp: Math.floor(Date.now() / 1000) + 1_000 }, 401, 'token_invalid'],
    ['an end before its beginning', { iat: 4_000_000_000 }, 401, 'token_invalid'],
    ['`nbf`', { nbf: 0 }, 400, 'malformed_body'],
    ['no `jti`', { jti: undefined }, 400, 'malformed_body'],
    ['a short `jti`', { jti: 'short' }, 400, 'malformed_body'],
  ] as const)('J19: %s is refused', async (_, claims, status, code) => {
    const request = await requester.request(approved, ownerId(), { claims: { ...claims } as unknown as JsonObject });
    expectRefusal(await submit(request), status, code);
    expectRefusal(await straight(request), status, code);
  });
});

describe('J16: a message of another kind at each door', () => {
  const kinds = Object.keys(TOKEN_PROFILES) as TokenKind[];
  const doors = [
    ['request', 'requests'],
    ['grant', 'grants'],
    ['release-notice', 'release-notices'],
    ['trace-query', 'trace'],
  ] as const;

  test.each(
    doors.flatMap(([kind, door]) =>
      kinds.filter((other) => other !== kind).map((other) => [other, kind, door] as const),
    ),
  )('J16: a `%s` that says what a `%s` says is refused at its door', async (other, kind, door) => {
    const key = kind === 'grant' ? broker.signingKey : requester.agency.node.signingKey;
    const { claims, header } = readToken(kind, (await genuine(kind)) ?? '');
    const chain = TOKEN_PROFILES[other].carriesTrustChain ? { trustChain: header.trustChain ?? ['a chain'] } : {};
    const token = await signToken({ kind: other, claims, key, ...chain });
    expectRefusal(await post(federation, ...(await bodyFor(door, token))), 401, 'token_invalid');
  });
});

function inverted(clear: ClearFacts): JsonObject {
  return { ...(clear as unknown as JsonObject), from: clear.until, until: clear.from };
}

const made = new Map<TokenKind, string>();

/** One true message of each kind that a door takes. */
async function genuine(kind: TokenKind): Promise<string | undefined> {
  if (made.size === 0) {
    const request = await requester.request(approved, ownerId());
    const grant = await broker.grantAnyway(request.token);
    const { txn, traceparent } = readToken('request', request.token).claims;
    const iat = Math.floor(Date.now() / 1000);
    const hop = {
      iss: federation.entityId(REQUESTER),
      aud: broker.entityId,
      jti: newIdentifier(systemRandomness),
      iat,
      exp: iat + 60,
      txn: txn ?? '',
      traceparent: traceparent ?? '',
    };
    const { signingKey: key, own } = requester.agency.node;
    const release = { request: 'r'.repeat(43), release_receipt: 'r'.repeat(43), ciphertext: 'c'.repeat(43) };
    made.set('request', request.token);
    made.set('grant', grant.grant);
    made.set('release-notice', await signToken({ kind: 'release-notice', key, claims: { ...hop, ...release } }));
    made.set('trace-query', await signToken({ kind: 'trace-query', key, claims: hop, trustChain: own.ownChain() }));
    evidence = grant.evidence;
  }
  return made.get(kind);
}

let evidence: object = {};

async function bodyFor(door: string, token: string): Promise<[string, object]> {
  switch (door) {
    case 'requests':
      return [`${broker.entityId}/requests`, { request: token, log_size: 0 }];
    case 'grants':
      return [`${ownerId()}/grants`, { request: (await genuine('request')) ?? '', grant: token, evidence }];
    case 'release-notices':
      return [`${broker.entityId}/release-notices`, { notice: token, evidence, log_size: 0 }];
    default:
      return [`${broker.entityId}/trace`, { query: token }];
  }
}

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});
