import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newIdentifier, signToken, type JsonObject } from '#protocol';
import { systemRandomness } from '#protocol/io';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { DishonestOwner } from './dishonest-owner.js';
import { expectRefusal, objectOf, post, receiptKinds } from './doors.js';
import { ask, holdGrant, txnOf, type HeldGrant } from './held-exchange.js';
import type { SentGrant } from './lying-broker.js';
import { Hands } from './party-hands.js';

const OWNER = 'juniper-bend';
const OTHER = 'mesa-clara';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;
let owner: DishonestOwner;
let held: HeldGrant;

const statement = () => ({ ...statementFor(federation, [OWNER], { plate: 'ORE123' }), respond_within_seconds: 900 });

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, OTHER, REQUESTER, 'peachtree-flats'] });
  people = federation.people(REQUESTER);
  owner = new DishonestOwner(federation.agency(OWNER).node);
  held = await holdGrant(hands.wire('broker'), people, statement());
});

afterAll(async () => {
  await federation.close();
});

describe('a release that a broker is told of', () => {
  test('W09: by an agency that was not asked looks as if there were no such request', async () => {
    const other = new DishonestOwner(federation.agency(OTHER).node);
    const made = await other.release(held.body, await owner.sealFor(held.body.request, 'anything'));
    expectRefusal(await other.announce(held.body.request, made), 404, 'not_found');
    expectRefusal(await owner.announce(held.body.request, made, { request: 'x'.repeat(43) }), 404, 'not_found');
    expect(await receiptKinds(federation.broker, held.txn)).toEqual(['granted']);
  });

  test('B01: of a request that the broker denied is refused', async () => {
    const denied = federation.people('peachtree-flats');
    const txn = await ask(denied, statement());
    await denied.approve(txn);
    await denied.outcome(txn);
    const [request] = await federation.agency('peachtree-flats').node.outgoing.forTransaction(txn);
    const grant = { ...held.body, request: request?.request ?? '' };
    const made = await owner.release(grant, await owner.sealFor(grant.request, 'anything'));
    expectRefusal(await owner.announce(grant.request, made), 404, 'not_found');
  });

  test('N02 B03: that is not in the owner’s own ledger is refused', async () => {
    const made = await owner.release(held.body, await owner.sealFor(held.body.request, 'anything'));
    const [receipt] = made.evidence.receipts;
    if (receipt === undefined) throw new TypeError('a release has a receipt');
    const evidence = { ...made.evidence, receipts: [{ ...receipt, inclusion: [] }] };
    expectRefusal(await owner.announce(held.body.request, { ...made, evidence }), 422, 'log_proof_invalid');
    expectRefusal(await owner.announce(held.body.request, { ...made, answer: 'other' }), 422, 'evidence_differs');
    const other = { release_receipt: 'x'.repeat(43) };
    expectRefusal(await owner.announce(held.body.request, made, other), 401, 'token_invalid');
    expect(await receiptKinds(federation.broker, held.txn)).toEqual(['granted']);
  });

  test('F08: twice is logged once, and a second release of one request is a conflict', async () => {
    const second = await holdGrant(hands.wire('broker'), people, statement());
    const { request } = second.body;
    const made = await owner.release(second.body, await owner.sealFor(request, 'one'));
    const another = await owner.release(second.body, await owner.sealFor(request, 'two'));
    expect(await owner.announce(request, made)).toMatchObject({ status: 200 });
    expect(await owner.announce(request, made)).toMatchObject({ status: 200 });
    expectRefusal(await owner.announce(request, another), 409, 'conflict');
    expect(await receiptKinds(federation.broker, second.txn)).toEqual(['granted', 'release_logged']);
  });
});

describe('an answer of an owner that does not keep to the request', () => {
  test('N02 B03: whose ciphertext is not the one that was logged is not passed on', async () => {
    const txn = await ask(people, { ...statement(), respond_within_seconds: 5 });
    const stop = answerWith(txn, async (grant) => {
      const made = await owner.release(grant, await owner.sealFor(grant.request, 'one'));
      await owner.announce(grant.request, made);
      return { ...made, answer: await owner.sealFor(grant.request, 'two') };
    });
    await people.approve(txn);
    const shown = await people.outcome(txn).finally(stop);
    // The owner's own ledger tells of a release, and so the broker's `failed` is not simply believed.
    expect(shown).toMatchObject({ owners: [{ state: 'failed', problem: 'end_state_differs', reads: [] }] });
  });

  const inner: readonly [string, string, (request: string) => Promise<string>][] = [
    [
      'J22: the answer to another request, sealed to this one',
      'answer_differs',
      (request) => signed({ ...owner.answerClaims(request), request: 'x'.repeat(43) }),
    ],
    [
      'J22: an answer that names another `jti`',
      'answer_differs',
      (request) => signed({ ...owner.answerClaims(request), request_jti: 'x'.repeat(22) }),
    ],
    [
      'J22: an answer of another transaction',
      'answer_differs',
      (request) => signed({ ...owner.answerClaims(request), txn: '00000000-0000-4000-8000-000000000000' }),
    ],
    [
      'J17: an answer for another agency',
      'token_invalid',
      (request) => signed({ ...owner.answerClaims(request), aud: federation.entityId(OTHER) }),
    ],
    [
      'J18: an answer in another owner’s name',
      'token_invalid',
      (request) => signed({ ...owner.answerClaims(request), iss: federation.entityId(OTHER) }),
    ],
    [
      'J16: a message of another kind',
      'token_invalid',
      (request) => signToken({ kind: 'denial', key: owner.node.signingKey, claims: owner.answerClaims(request) }),
    ],
    ['J22: claims that nobody signed', 'token_invalid', async (request) => JSON.stringify(owner.answerClaims(request))],
    [
      'J19: an answer that has expired',
      'token_invalid',
      (request) => signed({ ...owner.answerClaims(request), iat: seconds() - 700, exp: seconds() - 100 }),
    ],
    [
      'P01: an answer with a member that nobody knows',
      'malformed_body',
      (request) => signed({ ...owner.answerClaims(request), admin: true }),
    ],
    [
      'P22: a read with a member that nobody knows',
      'malformed_body',
      (request) =>
        signed({ ...owner.answerClaims(request), reads: [{ plate: 'ORE123', seen_at: 'x', owner_name: 'y' }] }),
    ],
  ];

  test.each(inner)('%s is delivered sealed, and shows nothing', async (_, problem, make) => {
    const shown = await answered(make);
    expect(shown).toMatchObject({ state: 'ended', owners: [{ outcome: 'none', problem, read_count: 0, reads: [] }] });
  });

  test('the answer of which they are all made is shown, so that each is refused for its one fault', async () => {
    const shown = await answered((request) => signed(owner.answerClaims(request)));
    expect(shown).toMatchObject({ owners: [{ state: 'replied', outcome: 'reads', read_count: 0 }] });
  });

  test('J22: an answer that is no ciphertext shows nothing', async () => {
    const shown = await answered(
      (request) => signed(owner.answerClaims(request)),
      async (_, text) => text,
    );
    expect(shown).toMatchObject({ owners: [{ outcome: 'none', problem: 'cannot_open', reads: [] }] });
  });
});

describe('W09: a trace of a transaction in which one has no part', () => {
  test('W09: looks like one that does not exist, at the broker and at the owner', async () => {
    for (const url of [federation.laidOut.broker, federation.entityId(OWNER)]) {
      const theirs = await post(federation, `${url}/trace`, { query: await query(OTHER, held.txn, url) });
      const nobodys = await post(federation, `${url}/trace`, {
        query: await query(OTHER, '00000000-0000-4000-8000-000000000000', url),
      });
      expectRefusal(theirs, 404, 'not_found');
      expect(theirs.document).toEqual(nobodys.document);
    }
    const broker = federation.laidOut.broker;
    const own = await post(federation, `${broker}/trace`, { query: await query(REQUESTER, held.txn, broker) });
    expect(own.status).toBe(200);
  });

  test('J17: a query for another ledger is refused', async () => {
    const misdirected = await query(REQUESTER, held.txn, federation.entityId(OWNER));
    expectRefusal(
      await post(federation, `${federation.laidOut.broker}/trace`, { query: misdirected }),
      401,
      'token_invalid',
    );
  });
});

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});

/** A trace query that agency `id` signs for the ledger of `aud`. */
async function query(id: string, txn: string, aud: string): Promise<string> {
  const { node } = federation.agency(id);
  const iat = seconds();
  const claims = { iss: node.entityId, aud, jti: newIdentifier(systemRandomness), iat, exp: iat + 60, txn };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const trustChain = node.own.ownChain();
  return signToken({ kind: 'trace-query', key: node.signingKey, trustChain, claims: { ...claims, traceparent } });
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

function signed(claims: JsonObject): Promise<string> {
  return signToken({ kind: 'answer', key: owner.node.signingKey, claims });
}

/** The dishonest owner answers one transaction's grant in place of the honest node. */
function answerWith(
  txn: string,
  make: (grant: SentGrant) => Promise<{ answer: string; evidence: object }>,
): () => void {
  return hands.wire('broker').tap('/grants', async (request, pass) => {
    if (txnOf(request) !== txn) return pass();
    const { answer, evidence } = await make(objectOf(request.body ?? '{}') as unknown as SentGrant);
    return { status: 200, headers: {}, body: JSON.stringify({ state: 'replied', answer, evidence }) };
  });
}

/** One exchange that is logged as it should be, with this inside the ciphertext. Returns what the officer sees. */
async function answered(
  make: (request: string) => Promise<string>,
  wrap: (request: string, text: string) => Promise<string> = (request, text) => owner.sealFor(request, text),
): Promise<JsonObject> {
  const txn = await ask(people, statement());
  const stop = answerWith(txn, async (grant) => {
    const made = await owner.release(grant, await wrap(grant.request, await make(grant.request)));
    expect((await owner.announce(grant.request, made)).status).toBe(200);
    return made;
  });
  await people.approve(txn);
  return people.outcome(txn).finally(stop);
}
