import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { messageDigest, type HttpResponse, type JsonObject, type SigningKey } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import { parseEvent, signEvent } from '#trust';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { seededRandomness } from '../support/fakes.js';
import { eventually, expectRefusal, post, receiptKinds } from './doors.js';
import { ask, holdGrant, txnOf } from './held-exchange.js';
import { Hands, nobodyThere } from './party-hands.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({
    start: [ASKER, OWNER],
    ports: hands.ports,
    log: (line) => {
      if (process.env['COMITY_TEST_LOG']) console.error(line);
    },
  });
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), { state: 'OR', lat: 44, lon: -121 }, 10, seededRandomness(OWNER));
  await federation.agency(OWNER).node.reads.insertMany(reads);
});
afterAll(async () => {
  await federation.close();
});

const statement = () => statementFor(federation, [OWNER], { plate: STORY_PLATE });

async function ownerOutcome(txn: string): Promise<JsonObject> {
  const outcome = await people.show(txn);
  return (outcome['owners'] as JsonObject[])[0] ?? {};
}

/** Until it is called, the asking node hears that no authority lists the owner any more. */
async function unlistOwner(): Promise<() => Promise<void>> {
  const { directory } = federation.agency(ASKER).node;
  // Without a tag: the node reads the list anew, and again once it is as it was.
  const without = ({ headers: { etag: _etag, ...headers }, ...answer }: HttpResponse): HttpResponse => ({
    ...answer,
    headers,
    body: JSON.stringify({
      immediate_subordinate_entities: (
        JSON.parse(answer.body) as { immediate_subordinate_entities: { id: string }[] }
      ).immediate_subordinate_entities.filter(({ id }) => id !== federation.entityId(OWNER)),
    }),
  });
  const paths = ['/federation/extended-list', '/jurisdictions/or/federation/extended-list'];
  const letGo = paths.map((path) =>
    hands.wire(ASKER).tap(path, async (_request, pass) => without(await pass({ headers: {} }))),
  );
  await directory.refresh();
  // A round that was under way may have begun before.
  await directory.refresh();
  return async () => {
    letGo.forEach((untap) => untap());
    await directory.refresh();
    await directory.refresh();
  };
}

describe('a party that cannot be verified any more', () => {
  test('T01: an outcome of an owner that left the federation meanwhile is not waited for without end, and ends by name', async () => {
    const txn = await ask(people, statement());
    const answered = Promise.withResolvers<void>();
    const gone: { back?: () => Promise<void> } = {};
    const letGo = hands.wire(ASKER).tap('/requests', async (request, pass) => {
      const answer = await pass();
      if (txnOf(request) !== txn || answer.status !== 200) return answer;
      gone.back ??= await unlistOwner();
      answered.resolve();
      return answer;
    });
    await people.approve(txn);
    await answered.promise;
    const waiting = await eventually(
      () => federation.agency(ASKER).node.outgoing.find(txn, federation.entityId(OWNER)),
      (request) => (request?.attempts ?? 0) >= 2,
    );
    expect(waiting).toMatchObject({ state: undefined });
    // What was asked lives a minute, and the broker is given another one.
    hands.clock(ASKER).moveBy(121_000);
    const ended = await eventually(
      () => ownerOutcome(txn),
      ({ state }) => state !== 'asking',
    );
    expect(ended).toMatchObject({ state: 'failed', reads: [] });
    // By then nothing is known of the broker's standing either.
    expect(ended['problem']).toMatch(/^(owner|broker)_unverifiable$/);
    hands.clock(ASKER).restore();
    letGo();
    await gone.back?.();
    const { node } = federation.agency(ASKER);
    expect((await node.ledger.receipts({ txn })).map(({ kind }) => kind)).toEqual(['asked', 'approved', 'delivered']);
  });
});

describe('an agency that is suspended while its request is in flight', () => {
  test('T15: is refused at release, between the broker’s decision and the owner’s, with the reason', async () => {
    const letGo = hands.wire(OWNER).tap('/release-notices', async (_request, pass) => {
      letGo();
      await federation.authority.suspend(federation.entityId(ASKER));
      return pass();
    });
    const txn = await ask(people, statement());
    await people.approve(txn);
    const refused = await eventually(
      () => kinds(OWNER, txn),
      (seen) => seen.includes('refused') || seen.includes('sent'),
    );
    expect(refused).toEqual(['release', 'refused']);
    const incoming = await incomingReasons(txn);
    expect(incoming).toEqual([['requester_not_in_force', 'status_suspended']]);
    expect(await receiptKinds(federation.broker, txn)).toEqual(['granted', 'release_logged']);
    expect(
      await eventually(
        () => ownerOutcome(txn),
        ({ state }) => state !== 'asking',
      ),
    ).toMatchObject({
      state: 'failed',
      problem: 'status_suspended',
      reads: [],
    });
    await federation.authority.reinstate(federation.entityId(ASKER));
  });

  test('T15: gets nothing of what was released before it, and is refused by broker and owner at the door', async () => {
    const held = await holdGrant(hands.wire('broker'), people, statement());
    await federation.authority.suspend(federation.entityId(ASKER));
    const direct = await post(federation, `${federation.entityId(OWNER)}/grants`, held.body);
    expectRefusal(direct, 403, 'status_suspended');
    const atBroker = await post(federation, `${federation.laidOut.broker}/requests`, {
      request: held.body.request,
      log_size: 0,
    });
    expectRefusal(atBroker, 403, 'status_suspended');
    expect(await receiptKinds(federation.agency(OWNER), held.txn)).toEqual([]);
    await federation.authority.reinstate(federation.entityId(ASKER));
    held.letGo();
  });

  test('T15: as holder is asked for nothing, and its answer is not taken', async () => {
    await federation.authority.suspend(federation.entityId(OWNER));
    const txn = await ask(people, statement());
    await people.approve(txn);
    const waiting = await eventually(
      () => federation.agency(ASKER).node.outgoing.find(txn, federation.entityId(OWNER)),
      (request) => (request?.attempts ?? 0) >= 2,
    );
    expect(waiting).toMatchObject({ state: undefined, request: undefined });
    await federation.authority.reinstate(federation.entityId(OWNER));
    const outcome = await eventually(
      () => ownerOutcome(txn),
      ({ state }) => state !== 'asking',
    );
    expect(outcome).toMatchObject({ state: 'replied', outcome: 'reads' });
  });
});

describe('a side door that its superior states while a request is in flight', () => {
  test('P06: stops the release between the owner’s decision and the answer, and its own node asks for nothing after it', async () => {
    const lists = { controlling_bodies: [], task_forces: [], shared_centres: [], shared_sign_ins: [] };
    const force = { name: 'a joint task force', parties: [{ name: 'a federal bureau' }] };
    const letGo = hands.wire(OWNER).tap('/release-notices', async (_request, pass) => {
      letGo();
      await federation.authority.restate(federation.entityId(ASKER), { access: { ...lists, task_forces: [force] } });
      await federation.agency(OWNER).node.directory.refresh();
      return pass();
    });
    const txn = await ask(people, statement());
    await people.approve(txn);
    const refused = await eventually(
      () => kinds(OWNER, txn),
      (seen) => seen.includes('refused') || seen.includes('sent'),
    );
    expect(refused).toEqual(['release', 'refused']);
    const [reason] = await incomingReasons(txn);
    expect(reason).toEqual(['access_party_not_enrolled', '`a federal bureau`']);
    // From now on its own node refuses it already, before anything leaves.
    await federation.agency(ASKER).node.directory.refresh();
    expect(await people.ask(statement())).toMatchObject({
      state: 'refused_here',
      reasons: [{ code: 'access_party_not_enrolled', requirement: 'requester.access.task_forces' }],
    });
    await federation.authority.restate(federation.entityId(ASKER), { access: lists });
    for (const id of [ASKER, OWNER]) await federation.agency(id).node.directory.refresh();
  });
});

/** The asker as the owner sees it. */
const view = () => federation.agency(OWNER).node.directory.agencyView(federation.agency(ASKER).node.own.ownChain());

/** The door of the owner, as anybody reaches it. */
const push = (token: string) =>
  federation.network.request({
    method: 'POST',
    url: `${federation.entityId(OWNER)}/federation/events`,
    headers: { 'content-type': 'application/comity-event+jwt' },
    body: token,
    timeoutMs: 30_000,
    maxBytes: 64 * 1024,
  });

/** The events of the asker's superior. */
async function feed(): Promise<string[]> {
  const url = `${federation.laidOut.anchor}/jurisdictions/wa/federation/events?after=0`;
  const { body } = await federation.network.request({ method: 'GET', url, timeoutMs: 30_000, maxBytes: 1 << 20 });
  return (JSON.parse(body) as { events: string[] }).events;
}

describe('an event that an authority pushes', () => {
  test('T15: bites at once at a node that would look for itself much later', async () => {
    // Until the push comes the owner hears nothing: neither lists nor events reach it by its own looking.
    const told: string[] = [];
    const letGo = [
      hands.wire('authority').tap('/federation/events', async (request, pass) => {
        told.push(new URL(request.url).origin);
        return pass();
      }),
      ...['/federation/status-list', '/jurisdictions/wa/federation/status-list'].map((path) =>
        hands.wire(OWNER).tap(path, async (_request, pass) => {
          if (told.includes(federation.entityId(OWNER))) return pass();
          throw nobodyThere();
        }),
      ),
      cutOff(OWNER, '/federation/events'),
    ];
    expect((await view()).chain.entityId).toBe(federation.entityId(ASKER));
    await federation.authority.suspend(federation.entityId(ASKER));
    expect(told).toContain(federation.entityId(OWNER));
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
    letGo.forEach((untap) => untap());
    await federation.authority.reinstate(federation.entityId(ASKER));
    expect((await view()).chain.entityId).toBe(federation.entityId(ASKER));
  });

  test('T15: that is lost is made up for by the node’s own next look', async () => {
    const letGo = hands.wire('authority').tap('/federation/events', () => Promise.reject(nobodyThere()));
    await federation.authority.suspend(federation.entityId(ASKER));
    const { directory } = federation.agency(OWNER).node;
    await directory.refresh();
    await expect(view()).rejects.toMatchObject({ code: 'status_suspended' });
    // It has followed the feed to its end: what was lost is known, and brought again changes nothing.
    const before = hands.wire(OWNER).answers.length;
    expect(await directory.takeEvent((await feed()).at(-1) ?? '')).toBe(false);
    expect(
      hands
        .wire(OWNER)
        .answers.slice(before)
        .filter(({ path }) => path.includes('/wa/')),
    ).toEqual([]);
    letGo();
    await federation.authority.reinstate(federation.entityId(ASKER));
  });

  test('T13 J20: forged, forked or of a stranger is refused at the door, and one that is known changes nothing', async () => {
    await federation.agency(OWNER).node.directory.refresh();
    const events = await feed();
    const last = events.at(-1) ?? '';
    const { sequence } = parseEvent(last);
    const wa = federation.authority.node.jurisdictions.get('wa');
    if (!wa) throw new Error('no Washington');
    const forked = (key: SigningKey) =>
      signEvent({
        issuer: wa.entityId,
        jti: 'another-story-of-the-same-number',
        sequence,
        previous: messageDigest(events.at(-2) ?? ''),
        kind: 'reinstated',
        subject: federation.entityId(ASKER),
        details: {},
        issuedAt: Date.now(),
        key,
      });
    const flipped = `${last.slice(0, -10)}${last.at(-10) === 'A' ? 'B' : 'A'}${last.slice(-9)}`;
    for (const token of [flipped, await forked(await generateSigningKey()), await forked(wa.key), 'no token']) {
      const { status, body } = await push(token);
      expect([status, (JSON.parse(body) as JsonObject)['code']]).toEqual([401, 'token_invalid']);
    }
    for (const known of [last, events[0] ?? '']) expect((await push(known)).status).toBe(204);
    expect((await view()).chain.entityId).toBe(federation.entityId(ASKER));
    const outcome = await people.askAndWait(statement());
    expect(outcome).toMatchObject({ owners: [{ state: 'replied' }] });
  });
});

describe('status that cannot be had', () => {
  test('T07: refuses once the lists are older than 40 s, whatever else is still in force', async () => {
    const letGo = cutOff(OWNER, '/federation/status-list');
    hands.clock(OWNER).moveBy(41_000);
    const txn = await ask(people, { ...statement(), respond_within_seconds: 5 });
    // The broker brings its own lists along, which are fresh by its clock and old by the owner's.
    await people.approve(txn);
    const { node } = federation.agency(OWNER);
    await expect(node.directory.agencyView(federation.agency(ASKER).node.own.ownChain())).rejects.toMatchObject({
      code: 'status_stale',
    });
    expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual([]);
    hands.clock(OWNER).restore();
    letGo();
    const outcome = await eventually(
      () => ownerOutcome(txn),
      ({ state }) => state !== 'asking',
    );
    expect(['replied', 'failed']).toContain(outcome['state']);
  });

  test('is no reason to refuse where the broker brings the authorities’ lists along', async () => {
    const letGo = cutOff(OWNER, '/federation/status-list');
    const { node } = federation.agency(OWNER);
    const offered = vi.spyOn(node.directory.statuses, 'offer');
    const outcome = await people.askAndWait(statement());
    expect(outcome).toMatchObject({ owners: [{ state: 'replied' }] });
    expect(offered.mock.calls[0]?.[0].length).toBeGreaterThan(0);
    offered.mockRestore();
    letGo();
  });
});

describe('an attestation that is revoked while a request is in flight', () => {
  test('T07: is missed between the broker’s decision and the owner’s release, and the release is refused for it', async () => {
    const chain = federation.agency(ASKER).node.directory.chainFor(federation.entityId(ASKER));
    const [wa = ''] = chain.jurisdictions;
    const { marks } = federation.agency(OWNER).node.directory.jurisdiction(wa);
    const retention = marks.find(({ protection }) => protection === 'retention');
    const letGo = hands.wire(OWNER).tap('/release-notices', async (_request, pass) => {
      letGo();
      await federation.authority.revokeMark(wa, wa, retention?.type ?? '');
      return pass();
    });
    const txn = await ask(people, statement());
    await people.approve(txn);
    const refused = await eventually(
      () => kinds(OWNER, txn),
      (seen) => seen.includes('refused') || seen.includes('sent'),
    );
    expect(refused).toEqual(['release', 'refused']);
    expect((await incomingReasons(txn)).map(([code]) => code)).toContain('protection_not_attested');
    expect(await receiptKinds(federation.broker, txn)).toEqual(['granted', 'release_logged']);
  });
});

/** Until it is called, a party does not reach any authority's `path`. */
function cutOff(party: string, path: string): () => void {
  const paths = [path, ...['or', 'wa', 'nm', 'ga'].map((id) => `/jurisdictions/${id}${path}`)];
  const letGo = paths.map((each) => hands.wire(party).tap(each, () => Promise.reject(nobodyThere())));
  return () => letGo.forEach((untap) => untap());
}

function kinds(id: string, txn: string): Promise<string[]> {
  return receiptKinds(federation.agency(id), txn);
}

async function incomingReasons(txn: string): Promise<string[][]> {
  const rows: { reasons: { code: string; found: string }[] }[] = await federation
    .agency(OWNER)
    .node.dataSource.query('select reasons from incoming_request where txn = $1', [txn]);
  return rows.flatMap(({ reasons }) => reasons.map(({ code, found }) => [code, found]));
}
