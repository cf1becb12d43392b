// Long because one federation bears all replays, at the broker and straight at the owner, before and after restarts.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readToken, type JsonObject } from '#protocol';
import { startBroker } from '../../apps/broker/src/app.js';
import { readBrokerConfig } from '../../apps/broker/src/config.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { publishRule } from '../../apps/sandbox/src/agency-people.js';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { DishonestAgency, approvedAsk, type ApprovedAsk } from './dishonest-agency.js';
import { eventually, expectRefusal, post, receiptKinds, releasesOf, type DoorAnswer } from './doors.js';
import { askAndApprove, holdGrant, holdRequest } from './held-exchange.js';
import { LyingBroker, type SentGrant } from './lying-broker.js';
import { Hands } from './party-hands.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const RIVAL = 'harbor-county';
const COPIES = 20;
const hands = new Hands();
let federation: TestFederation;
let broker: LyingBroker;
let people: AgencyPeople;
let requester: DishonestAgency;
/** Of asks that only the dishonest node sends. */
let approved: ApprovedAsk;

const ownerId = () => federation.entityId(OWNER);
const statement = () => ({ ...statementFor(federation, [OWNER], { plate: 'ORE123' }), respond_within_seconds: 900 });
const submit = (request: string) => post(federation, `${broker.entityId}/requests`, { request, log_size: 0 });
const knock = ({ request, grant, evidence }: SentGrant) =>
  post(federation, `${ownerId()}/grants`, { request, grant, evidence });

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, start: [OWNER, REQUESTER, RIVAL] });
  broker = await LyingBroker.of(federation);
  people = federation.people(REQUESTER);
  requester = new DishonestAgency(federation, REQUESTER);
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123')]);
  approved = await approvedAsk(federation.agency(REQUESTER), hands.wire(REQUESTER), people, statement());
});

afterAll(async () => {
  await federation.close();
});

/** One decision and one logged release at the broker, one release and one `sent` at the owner. */
async function expectOnce(txn: string): Promise<void> {
  expect(await receiptKinds(federation.broker, txn)).toEqual(['granted', 'release_logged']);
  await expect.poll(() => releasesOf(federation.agency(OWNER), txn)).toEqual(['release', 'sent']);
  expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual(['release', 'sent']);
}

function expectSame(answers: readonly DoorAnswer[]): void {
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map(({ document }) => document['state']))).toEqual(new Set(['replied']));
  expect(new Set(answers.map(({ document }) => document['answer'])).size).toBe(1);
}

/** The right time again. */
const restore = () => {
  for (const party of ['broker', OWNER]) hands.clock(party).restore();
};

const copies = <T>(one: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: COPIES }, one));

describe('the same request again', () => {
  let txn: string;
  let request: string;
  let grant: SentGrant;

  beforeAll(async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    ({ txn, body: grant } = held);
    request = held.body.request;
    held.letGo();
    await people.outcome(txn);
    await eventually(
      () => releasesOf(federation.agency(OWNER), txn),
      (kinds) => kinds.length === 2,
    );
  });

  test('J20: gets the stored outcome from the broker, without a second search', async () => {
    const search = vi.spyOn(federation.agency(OWNER).node.reads, 'plateHistory');
    expectSame([await submit(request), await submit(request)]);
    expect(search).not.toHaveBeenCalled();
    search.mockRestore();
    await expectOnce(txn);
  });

  test('J20: gets the same bytes from its owner, straight, with the old grant and with a new one', async () => {
    const search = vi.spyOn(federation.agency(OWNER).node.reads, 'plateHistory');
    const anew = await broker.signAgain('grant', grant.grant, { jti: 'n'.repeat(22) });
    expectSame([await knock(grant), await knock({ ...grant, grant: anew }), await submit(request)]);
    expect(search).not.toHaveBeenCalled();
    search.mockRestore();
    await expectOnce(txn);
  });

  test('J20: is still spent after the broker was restarted', async () => {
    const before = await submit(request);
    await federation.restartBroker();
    expectSame([before, await submit(request)]);
    await expectOnce(txn);
  });

  test('J20: is still spent after the owner was restarted', async () => {
    const before = await knock(grant);
    await federation.restartAgency(OWNER);
    expectSame([before, await knock(grant)]);
    await expectOnce(txn);
  });

  test('J20: buys nothing when the clocks of broker and owner are set back: chains from the future are not believed', async () => {
    const before = await submit(request);
    for (const party of ['broker', OWNER]) hands.clock(party).moveBy(-300_000);
    const meanwhile = await submit(request).finally(() => restore());
    expectRefusal(meanwhile, 401, 'token_invalid');
    expectSame([before, await submit(request)]);
    await expectOnce(txn);
  });

  test('J12: is the same message when its signature is written in another way, and such a text is refused', async () => {
    expectRefusal(await submit(`${request}==`), 400, 'malformed_body');
    expectRefusal(await submit(trailingBits(request)), 401, 'token_invalid');
    await expectOnce(txn);
  });

  test('J20: an answered request that its broker grants again after its time gets the old bytes and no new search', async () => {
    for (const party of ['broker', OWNER]) hands.clock(party).moveBy(20 * 60_000);
    const search = vi.spyOn(federation.agency(OWNER).node.reads, 'plateHistory');
    // The authorities' clocks stay: by those of the two nodes their lists would be as old as the grant.
    const standing = [federation.broker, federation.agency(OWNER)].map(({ node }) =>
      vi.spyOn(node.directory.statuses, 'require').mockReturnValue(),
    );
    try {
      const iat = Math.floor(hands.clock(OWNER).now() / 1000);
      const late = await broker.signAgain('grant', grant.grant, { iat, exp: iat + 120 });
      expectSame([await knock({ ...grant, grant: late }), await submit(request)]);
      expect(search).not.toHaveBeenCalled();
    } finally {
      search.mockRestore();
      standing.forEach((spy) => spy.mockRestore());
      restore();
    }
    await expectOnce(txn);
  });
});

function trailingBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.slice(-1));
  return `${token.slice(0, -1)}${alphabet[last ^ 1]}`;
}

describe('copies at once', () => {
  test('F08: twenty copies of a new request at the broker are one decision and one release, with the same bytes', async () => {
    const held = await holdRequest(hands.wire(REQUESTER), people, statement());
    expectSame(await copies(() => submit(held.request)));
    await expectOnce(held.txn);
    held.letGo();
    expect(await people.outcome(held.txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
    await expectOnce(held.txn);
  });

  test('F20 J20: copies at two replicas of one broker are one decision, and each refuses another message under the same `jti`', async () => {
    const config = await readBrokerConfig(federation.laidOut.environments.broker);
    const { clock, randomness, network } = federation.broker.node;
    const replica = await startBroker({ ...config, port: 0 }, { clock, randomness, network }, () => undefined);
    try {
      await replica.node.directory.refresh();
      const held = await holdRequest(hands.wire(REQUESTER), people, statement());
      const atReplica = () => post(federation, `${replica.url}/requests`, { request: held.request, log_size: 0 });
      expectSame((await Promise.all([copies(() => submit(held.request)), copies(atReplica)])).flat());
      await expectOnce(held.txn);
      held.letGo();
      expect(await people.outcome(held.txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
      // What one of them has spent is spent at both: the same again gets the same bytes, and anything else nothing.
      const first = await requester.request(approved, ownerId());
      const second = await requester.request(approved, ownerId(), { claims: { jti: first.jti } });
      const again = (request: string) => post(federation, `${replica.url}/requests`, { request, log_size: 0 });
      expectSame([await submit(first.token), await again(first.token)]);
      expectRefusal(await again(second.token), 409, 'conflict');
      expectRefusal(await submit(second.token), 409, 'conflict');
    } finally {
      await replica.close();
    }
  });

  test('F08: twenty copies of a new grant at the owner are one release, with the same bytes', async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    expectSame(await copies(() => knock(held.body)));
    expect(await releasesOf(federation.agency(OWNER), held.txn)).toContain('release');
    held.letGo();
    expect(await people.outcome(held.txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
    await expectOnce(held.txn);
  });

  test('F08: a supervisor who approves twenty times at once approves once', async () => {
    const { txn } = await people.ask(statement());
    if (typeof txn !== 'string') throw new TypeError('an ask has a transaction');
    const outcomes = await copies(() =>
      people.approve(txn).then(
        () => 'approved',
        (error: { code: string }) => error.code,
      ),
    );
    expect(outcomes.toSorted()).toEqual(['approved', ...Array.from({ length: COPIES - 1 }, () => 'not_waiting')]);
    await people.outcome(txn);
    expect(await receiptKinds(federation.agency(REQUESTER), txn)).toEqual(['asked', 'approved', 'delivered']);
    await expectOnce(txn);
  });
});

describe('another message under a spent `jti`', () => {
  test('J20: is a conflict at the broker, and is logged as refused', async () => {
    const txn = await askAndApprove(people, statement());
    await people.outcome(txn);
    const [first] = await federation.agency(REQUESTER).node.outgoing.forTransaction(txn);
    const second = await requester.request(approved, ownerId(), { jti: first?.jti ?? '' });
    expectRefusal(await submit(second.token), 409, 'conflict');
    await expect.poll(() => receiptKinds(federation.broker, second.txn)).toEqual(['refused']);
    expect(await releasesOf(federation.agency(OWNER), second.txn)).toEqual([]);
    await expectOnce(txn);
  });

  test('J20: is a conflict at the owner, whatever its broker grants', async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    expect(await knock(held.body)).toMatchObject({ status: 200 });
    const { jti } = readToken('request', held.body.request).claims;
    const second = await requester.request(approved, ownerId(), { jti: typeof jti === 'string' ? jti : '' });
    expectRefusal(await knock(await broker.grantAnyway(second.token)), 409, 'conflict');
    await expect.poll(() => receiptKinds(federation.agency(OWNER), second.txn)).toEqual(['refused']);
    expect(await releasesOf(federation.agency(OWNER), second.txn)).toEqual([]);
    held.letGo();
    await people.outcome(held.txn);
    await expectOnce(held.txn);
  });

  test('J20: that nobody signed is not authentic, and does not tell that the `jti` is spent', async () => {
    const txn = await askAndApprove(people, statement());
    await people.outcome(txn);
    const [first] = await federation.agency(REQUESTER).node.outgoing.forTransaction(txn);
    const forged = await requester.request(approved, ownerId(), { jti: first?.jti ?? '', key: broker.signingKey });
    expectRefusal(await submit(forged.token), 401, 'token_invalid');
    expectRefusal(await knock(await broker.grantAnyway(forged.token)), 401, 'token_invalid');
  });

  test('J20: a `jti` that another agency uses first burns it for that agency alone', async () => {
    const held = await holdRequest(hands.wire(REQUESTER), people, statement());
    const { jti } = readToken('request', held.request).claims;
    const rival = new DishonestAgency(federation, RIVAL);
    const theirs = await rival.request(approved, ownerId(), { jti: typeof jti === 'string' ? jti : '' });
    // Not attested to be free of a 287(g) agreement: denied by the broker, and by the owner where the broker lies.
    expect(await submit(theirs.token)).toMatchObject({ status: 200, document: { state: 'broker_denied' } });
    expect(await knock(await broker.grantAnyway(theirs.token))).toMatchObject({
      status: 200,
      document: { state: 'denied' },
    });
    held.letGo();
    expect(await people.outcome(held.txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
    await expectOnce(held.txn);
  });
});

describe('a refused request again', () => {
  test('F08: twenty copies of a denied request are one refusal at its owner, with the same reasons', async () => {
    const rival = new DishonestAgency(federation, RIVAL);
    const theirs = await rival.request(approved, ownerId());
    const grant = await broker.grantAnyway(theirs.token);
    const answers = [...(await copies(() => knock(grant))), await knock(grant)];
    const reasons = answers.map(({ document }) => {
      const { denial } = document;
      return readToken('denial', typeof denial === 'string' ? denial : '').claims['reasons'];
    });
    expect(reasons[0]).not.toEqual([]);
    expect(new Set(reasons.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await receiptKinds(federation.agency(OWNER), theirs.txn)).toEqual(['refused']);
  });

  test('B08: a request that its broker kept until its time was over is not decided any more', async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    hands.clock(OWNER).moveBy(901_000);
    const iat = Math.floor(hands.clock(OWNER).now() / 1000);
    const late = await broker.signAgain('grant', held.body.grant, { iat, exp: iat + 120 });
    expectRefusal(await knock({ ...held.body, grant: late }).finally(restore), 401, 'token_invalid');
    expect(await releasesOf(federation.agency(OWNER), held.txn)).toEqual([]);
    held.letGo();
    await people.outcome(held.txn);
  });

  // The last one: it narrows the owner's rule for good.
  test('J20: a stored answer is not handed out again once the rule has been narrowed', async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    expectSame([await knock(held.body)]);
    const rules = federation.people(OWNER);
    const [current] = (await rules.call('rules-one', 'GET', '/rules'))['rules'] as JsonObject[];
    await publishRule(rules, narrowed(current?.['rule'] as JsonObject));
    const answer = await knock(held.body);
    expect(answer).toMatchObject({ status: 200, document: { state: 'denied' } });
    expect(answer.document).not.toHaveProperty('answer');
    const { denial } = answer.document;
    const { reasons } = readToken('denial', typeof denial === 'string' ? denial : '').claims;
    expect(reasons).toMatchObject([{ code: 'offence_not_allowed' }]);
    expect(await receiptKinds(federation.agency(OWNER), held.txn)).toContain('refused');
    held.letGo();
    expect(await people.outcome(held.txn)).toMatchObject({ owners: [{ state: 'denied', reads: [] }] });
  });
});

/** The next version of a rule: robbery is no ground any more. */
function narrowed(rule: JsonObject): JsonObject {
  const text = JSON.stringify({ ...rule, version: Number(rule['version']) + 1 });
  return JSON.parse(text.replaceAll('"120",', '')) as JsonObject;
}

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});
