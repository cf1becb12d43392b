// Long because all endpoints are asked of one authority that is laid out once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keySetFrom, readToken, verifyArchivedToken, type JsonObject } from '#protocol';
import { generateSigningKey } from '#protocol/io';
import {
  parseEntityConfiguration,
  parseSubordinateStatement,
  parseTrustMark,
  signEntityConfiguration,
  statusAt,
  verifyEventFeed,
  verifyStatusList,
  verifyTrustChain,
} from '#trust';
import { ANCHOR, BROKER, HARBOR, JUNIPER, OR, WA } from '../test/example-authority.js';
import { rolledOver } from '../test/roll-anchor-key.js';
import { NOW, parsed, query, runningAuthority, type RunningAuthority } from '../test/running-authority.js';
import { ListVersions } from './list-versions.js';
import type { Change } from './register-changes.js';

const ABSENCE_TYPE = `${ANCHOR}/protections/agreement-287g/none/1`;
const HOUR = 3_600_000;

let authority: RunningAuthority;
beforeAll(async () => {
  authority = await runningAuthority();
});
afterAll(() => authority.close());

const or = () => authority.node.jurisdictions.get('or') ?? authority.node.anchor;

/** What a person would bring about, without the person. */
function change<T>(work: (change: Change) => Promise<T>): Promise<T> {
  const at = authority.clock.now();
  return authority.dataSource.transaction((manager) => work({ manager, authority: or(), at, acts: [] }));
}

async function keysOf(path: string) {
  const { jwks } = parseEntityConfiguration((await authority.get(`${path}/.well-known/openid-federation`)).body);
  return keySetFrom(jwks, 'sig');
}

async function statusOfJuniper() {
  const { body, type } = await authority.get('/jurisdictions/or/federation/status-list');
  expect(type).toBe('application/statuslist+jwt');
  const keys = await keysOf('/jurisdictions/or');
  const list = await verifyStatusList({ token: body, issuer: OR, keys, now: authority.clock.now() });
  const statement = await authority.get(`/jurisdictions/or/federation/fetch${query({ sub: JUNIPER })}`);
  const { status } = parseSubordinateStatement(statement.body);
  return statusAt(list, status, authority.clock.now());
}

async function markOfJuniper(): Promise<string> {
  const parameters = { trust_mark_type: ABSENCE_TYPE, sub: JUNIPER };
  return (await authority.get(`/jurisdictions/or/federation/trust-mark${query(parameters)}`)).body;
}

function asked(host: string): number {
  return authority.sent.filter(({ url }) => url.startsWith(host)).length;
}

async function anchorKeys(app: Pick<RunningAuthority['app'], 'inject'>) {
  const { body } = await app.inject({ method: 'GET', url: '/.well-known/openid-federation' });
  const { jwks, kid } = parseEntityConfiguration(body);
  return { signs: kid, published: [...(await keySetFrom(jwks, 'sig')).keys()].toSorted() };
}

async function statusOfMark(token: string, path = '/jurisdictions/or') {
  const form = new URLSearchParams({ trust_mark: token }).toString();
  const url = `${path}/federation/trust-mark-status`;
  return authority.post(url, form, 'application/x-www-form-urlencoded');
}

describe('the list', () => {
  it.each([
    ['', [BROKER, OR, WA]],
    ['?entity_type=comity_jurisdiction', [OR, WA]],
    ['?entity_type=comity_jurisdiction&entity_type=comity_broker', []],
    ['?intermediate=true', [OR, WA]],
    ['?intermediate=false', [BROKER]],
    ['?trust_marked=true', []],
  ])('of the anchor, asked for `%s`', async (asked, expected) => {
    const answer = await authority.get(`/federation/list${asked}`);
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(JSON.parse(answer.body)).toEqual(expected.toSorted());
  });

  it('names who holds a mark of a type', async () => {
    const marked = `?trust_mark_type=${encodeURIComponent(ABSENCE_TYPE)}`;
    expect(JSON.parse((await authority.get(`/jurisdictions/or/federation/list${marked}`)).body)).toEqual([JUNIPER]);
    expect(JSON.parse((await authority.get(`/jurisdictions/wa/federation/list${marked}`)).body)).toEqual([]);
    const list = await authority.get(`/jurisdictions/or/federation/trust-mark-list${marked}`);
    expect(list).toMatchObject({ status: 200, type: 'application/json', body: JSON.stringify([JUNIPER]) });
    const other = `${marked}&sub=${encodeURIComponent(HARBOR)}`;
    expect((await authority.get(`/jurisdictions/or/federation/trust-mark-list${other}`)).body).toBe('[]');
  });

  it('is read in pages, each naming where the next begins', async () => {
    const names: string[] = [];
    let from: string | undefined;
    for (let page = 0; page < 5; page += 1) {
      const parameters = { limit: '1', ...(from !== undefined && { from_entity_id: from }) };
      const answer = await authority.get(`/federation/extended-list${query(parameters)}`);
      expect(answer).toMatchObject({ status: 200, type: 'application/json' });
      const body = parsed(answer.body) as { immediate_subordinate_entities: { id: string }[]; next_entity_id?: string };
      names.push(...body.immediate_subordinate_entities.map(({ id }) => id));
      from = body.next_entity_id;
      if (from === undefined) break;
    }
    expect(names).toEqual([BROKER, OR, WA].toSorted());
    expect((await authority.get('/federation/extended-list?limit=0')).status).toBe(400);
    expect((await authority.get('/federation/extended-list?limit=1001')).status).toBe(400);
  });

  it('bears one tag on all its pages, which changes with an event and when an enrolment runs out', async () => {
    const { lists } = authority.node.store;
    const now = authority.clock.now();
    const before = await lists.tagOf(OR, now);
    expect(await lists.tagOf(OR, now + 1_000)).toBe(before);
    expect(await lists.tagOf(WA, now)).not.toBe(before);
    const answered = async (parameters: string, tag: string) => {
      const url = `/jurisdictions/or/federation/extended-list${parameters}`;
      const { statusCode, headers } = await authority.app.inject({ url, headers: { 'if-none-match': tag } });
      return [statusCode, headers['etag']];
    };
    expect(await answered('?limit=1', before)).toEqual([304, before]);
    expect(await answered('', '"another"')).toEqual([200, before]);
    // A mark expires without an event.
    expect(await answered(query({ trust_mark_type: ABSENCE_TYPE }), before)).toEqual([200, undefined]);
    await authority.dataSource.query(
      `update enrolled_entity set expires_at = $1 where superior = $2 and entity_id = $3 and withdrawn_at is null`,
      [new Date(now + 500), OR, JUNIPER],
    );
    const fresh = new ListVersions(authority.dataSource);
    expect(await fresh.tagOf(OR, now)).toBe(before);
    expect(await fresh.tagOf(OR, now + 500)).not.toBe(before);
    await authority.dataSource.query('update enrolled_entity set expires_at = null where entity_id = $1', [JUNIPER]);
    await change((by) => authority.node.changes.suspend(by, JUNIPER, 'a test'));
    expect(await lists.tagOf(OR, now)).not.toBe(before);
    await change((by) => authority.node.changes.reinstate(by, JUNIPER, 'a test'));
  });
});

describe('the status list', () => {
  it('says within the second that an agency is suspended, and that it is not any more', async () => {
    expect(await statusOfJuniper()).toBe('valid');
    await change(async (by) => authority.node.changes.suspend(by, JUNIPER, 'audit refused'));
    expect(await statusOfJuniper()).toBe('suspended');
    await change(async (by) => authority.node.changes.reinstate(by, JUNIPER, 'audit passed'));
    expect(await statusOfJuniper()).toBe('valid');
  });

  it('is signed anew every five seconds while somebody asks, and not more often', async () => {
    const first = (await authority.get('/jurisdictions/or/federation/status-list')).body;
    authority.clock.advance(4_999);
    expect((await authority.get('/jurisdictions/or/federation/status-list')).body).toBe(first);
    authority.clock.advance(1);
    const { body } = await authority.get('/jurisdictions/or/federation/status-list');
    expect(readToken('status-list', body).claims['iat']).toBe((NOW + 5_000) / 1_000);
    authority.clock.set(NOW);
  });

  it('refuses to make anything else of what was revoked', async () => {
    const holder = { issuer: WA, subject: 'https://gone.example', markType: null };
    const index = await authority.dataSource.transaction((manager) =>
      authority.node.status.allocate(manager, holder, new Date(NOW)),
    );
    const at = { issuer: WA, index };
    const set = (status: 'revoked' | 'valid') =>
      authority.dataSource.transaction((manager) =>
        authority.node.status.set(manager, at, { status, reason: null, at: new Date(NOW) }),
      );
    await set('revoked');
    await expect(set('valid')).rejects.toThrow('a revoked status is final');
    expect(await authority.node.status.statusOf(WA, index)).toBe('revoked');
  });
});

describe('the events', () => {
  it('are a signed chain without a gap, each in the ledger before it is told', async () => {
    // What no checkpoint covers yet is not told yet.
    const told = async () =>
      (parsed((await authority.get('/jurisdictions/or/federation/events')).body)['events'] as string[]).length;
    const [{ count } = { count: 0 }] = await authority.dataSource.query<{ count: number }[]>(
      'select count(*)::integer as count from authority_event where issuer = $1',
      [OR],
    );
    await expect.poll(told).toBe(count);
    const { body, type } = await authority.get('/jurisdictions/or/federation/events');
    expect(type).toBe('application/json');
    const tokens = parsed(body)['events'] as string[];
    const keys = await keysOf('/jurisdictions/or');
    const events = await verifyEventFeed({ tokens, last: undefined, issuer: OR, keys, now: NOW + HOUR });
    expect(events.map(({ kind }) => kind).slice(0, 3)).toEqual(['enrolled', 'mark_issued', 'mark_issued']);
    for (const { digest } of events)
      await expect(authority.node.ledger.proofOf(`${digest}/register`)).resolves.toBeDefined();
    const after = await authority.get(`/jurisdictions/or/federation/events?after=${events.length - 1}`);
    expect(parsed(after.body)['events']).toEqual(tokens.slice(-1));
    expect((await authority.get('/jurisdictions/or/federation/events?after=-1')).status).toBe(400);
  });
});

describe('the status of a mark', () => {
  it('T07: is active, then revoked however long its `exp` runs, and never issued by another authority', async () => {
    const mark = await markOfJuniper();
    const active = await statusOfMark(mark);
    expect(active).toMatchObject({ status: 200, type: 'application/trust-mark-status-response+jwt' });
    const keys = await keysOf('/jurisdictions/or');
    await verifyArchivedToken({ kind: 'trust-mark-status', token: active.body, keys, issuer: OR });
    expect(readToken('trust-mark-status', active.body).claims).toEqual({
      iss: OR,
      iat: NOW / 1_000,
      trust_mark: mark,
      status: 'active',
    });
    const elsewhere = await statusOfMark(mark, '/jurisdictions/wa');
    expect(elsewhere).toMatchObject({ status: 404, type: 'application/json' });
    expect(parsed(elsewhere.body)['error']).toBe('not_found');

    await change(async (by) => authority.node.changes.revokeMark(by, JUNIPER, ABSENCE_TYPE, 'it signed an agreement'));
    expect(readToken('trust-mark-status', (await statusOfMark(mark)).body).claims['status']).toBe('revoked');
    expect(
      (
        await authority.get(
          `/jurisdictions/or/federation/trust-mark${query({ trust_mark_type: ABSENCE_TYPE, sub: JUNIPER })}`,
        )
      ).status,
    ).toBe(404);
    expect(parseTrustMark(mark).expiresAt).toBeGreaterThan(NOW);
  });

  it('is invalid where the signature is not the issuer’s', async () => {
    const law = parseEntityConfiguration((await authority.get('/jurisdictions/or/.well-known/openid-federation')).body);
    const mark = law.trustMarks[0]?.token ?? '';
    const forged = `${mark.slice(0, mark.lastIndexOf('.'))}.${mark.split('.')[2]?.split('').toReversed().join('').replace(/.$/, 'A') ?? ''}`;
    expect(readToken('trust-mark-status', (await statusOfMark(forged)).body).claims['status']).toBe('invalid');
  });

  it.each([
    ['no mark', '', 400, 'invalid_request'],
    ['a mark twice', 'trust_mark=a&trust_mark=a', 400, 'invalid_request'],
    ['another field', 'trust_mark=a&sub=b', 400, 'unsupported_parameter'],
    ['what is no mark', 'trust_mark=a.b.c', 404, 'not_found'],
  ])('refuses %s', async (_, form, status, error) => {
    const url = '/jurisdictions/or/federation/trust-mark-status';
    const answer = await authority.post(url, form, 'application/x-www-form-urlencoded');
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(parsed(answer.body)['error']).toBe(error);
  });

  it('is asked for by a form alone', async () => {
    const answer = await authority.post('/federation/trust-mark-status', '{"trust_mark":"a"}', 'application/json');
    expect(parsed(answer.body)['error']).toBe('invalid_request');
  });
});

function resolve(parameters: Record<string, string>, path = '') {
  return authority.get(`${path}/federation/resolve${query({ trust_anchor: ANCHOR, ...parameters })}`);
}

function publish() {
  return signEntityConfiguration({
    entityId: JUNIPER,
    key: authority.example.memberKeys.juniper,
    metadata: { comity_agency: { jwks: authority.example.protocolJwks, endpoint: JUNIPER } },
    authorityHints: [OR],
    trustMarks: [],
    issuedAt: authority.clock.now(),
    lifetimeSeconds: 600,
  });
}

describe('the resolver', () => {
  it('answers with the chain, which verifies to the pinned anchor, and what the superior states', async () => {
    authority.published.set(JUNIPER, publish);
    const answer = await resolve({ sub: JUNIPER }, '/jurisdictions/or');
    expect(answer).toMatchObject({ status: 200, type: 'application/resolve-response+jwt' });
    const { claims } = readToken('resolve-response', answer.body);
    expect(claims).toMatchObject({ iss: OR, sub: JUNIPER, iat: NOW / 1_000, exp: NOW / 1_000 + 600 });
    expect(claims['metadata']).toMatchObject({ comity_agency: { ori: 'OR0990100', assurance: 'register-file' } });
    const { keys } = authority.node;
    const jwks = { keys: (await keys.current(ANCHOR, NOW)).map(({ jwk }) => jwk) };
    const chain = await verifyTrustChain({
      chain: claims['trust_chain'] as string[],
      anchors: [{ entityId: ANCHOR, jwks }],
      now: NOW,
    });
    expect(chain).toMatchObject({ entityId: JUNIPER, jurisdictions: [OR] });
  });

  it('asks a node once in half a minute, also where it does not answer (T02)', async () => {
    const before = asked(JUNIPER);
    await resolve({ sub: JUNIPER });
    expect(asked(JUNIPER)).toBe(before);
    for (let time = 0; time < 3; time += 1) {
      const answer = await resolve({ sub: HARBOR });
      expect({ status: answer.status, error: parsed(answer.body)['error'] }).toEqual({
        status: 400,
        error: 'invalid_trust_chain',
      });
    }
    expect(asked(HARBOR)).toBe(1);
  });

  it('W11: asks no host that nobody enrolled', async () => {
    const before = authority.sent.length;
    for (const sub of ['https://metadata.internal.example', 'http://127.0.0.1:1', 'https://169.254.169.254']) {
      expect((await resolve({ sub })).status).toBeGreaterThanOrEqual(400);
    }
    expect(authority.sent.length).toBe(before);
  });

  it('resolves jurisdictions, with the marks of their law, and the anchor', async () => {
    const { claims } = readToken('resolve-response', (await resolve({ sub: OR })).body);
    expect(claims['trust_chain']).toHaveLength(3);
    expect(claims['trust_marks']).toHaveLength(1);
    const anchor = readToken('resolve-response', (await resolve({ sub: ANCHOR })).body).claims;
    expect(anchor['trust_chain']).toHaveLength(1);
    expect(Object.keys(anchor['metadata'] as JsonObject)).toEqual(['federation_entity']);
  });

  it.each([
    ['another anchor', { sub: OR, trust_anchor: WA }, 404, 'invalid_trust_anchor'],
    ['a type that the entity does not have', { sub: OR, entity_type: 'comity_broker' }, 400, 'invalid_metadata'],
    ['nobody it knows', { sub: 'https://nobody.example' }, 404, 'not_found'],
  ])('refuses %s', async (_, parameters, status, error) => {
    const answer = await resolve(parameters);
    expect({ status: answer.status, error: parsed(answer.body)['error'] }).toEqual({ status, error });
  });

  it('T15: does not resolve who is suspended', async () => {
    await change(async (by) => authority.node.changes.suspend(by, JUNIPER, 'audit refused'));
    const answer = await resolve({ sub: JUNIPER });
    expect(parsed(answer.body)).toEqual({ error: 'invalid_trust_chain', error_description: 'the entity is suspended' });
    await change(async (by) => authority.node.changes.reinstate(by, JUNIPER, 'audit passed'));
  });
});

describe('the keys of the authority', () => {
  it('T12: a next key is known before it signs, the old one stays as long as anything bears it, then it is history', async () => {
    const own = await runningAuthority();
    const old = (await anchorKeys(own.app)).signs;
    const next = await rolledOver(own.example.directory);
    await next.announce();
    const announced = await own.again();
    expect(await anchorKeys(announced)).toEqual({ signs: old, published: [old, next.kid].toSorted() });
    await next.use();
    const used = await own.again();
    expect(await anchorKeys(used)).toEqual({ signs: next.kid, published: [old, next.kid].toSorted() });
    own.clock.advance(24 * HOUR);
    expect(await anchorKeys(used)).toEqual({ signs: next.kid, published: [next.kid] });
    const history = await used.inject({ method: 'GET', url: '/federation/historical-keys' });
    expect(history.headers['content-type']).toBe('application/jwk-set+jwt');
    expect(readToken('historical-keys', history.body).claims).toMatchObject({
      iss: ANCHOR,
      keys: [{ kid: old, iat: NOW / 1_000, exp: (NOW + 24 * HOUR) / 1_000 }],
    });
    for (const app of [announced, used]) await app.close();
    await own.close();
  });

  it('T11: a subordinate’s key that was withdrawn stays readable with its reason, and is stated no more', async () => {
    const fresh = await generateSigningKey();
    const stolen = authority.example.memberKeys.juniper.kid;
    const withdraw = () => change(async (by) => authority.node.changes.withdrawKey(by, JUNIPER, stolen, 'compromised'));
    await expect(withdraw()).rejects.toMatchObject({ code: 'last_key' });
    await change(async (by) => authority.node.changes.addKey(by, JUNIPER, fresh.publicJwk, NOW + HOUR));
    await withdraw();
    const statement = await authority.get(`/jurisdictions/or/federation/fetch${query({ sub: JUNIPER })}`);
    expect(parseSubordinateStatement(statement.body).jwks).toEqual({ keys: [fresh.publicJwk] });
    const history = await authority.get(`/jurisdictions/or/federation/historical-keys${query({ sub: JUNIPER })}`);
    expect(readToken('historical-keys', history.body).claims).toMatchObject({
      iss: OR,
      sub: JUNIPER,
      keys: [{ kid: stolen, revoked: { revoked_at: NOW / 1_000, reason: 'compromised' } }],
    });
    const foreign = await authority.get(`/jurisdictions/or/federation/historical-keys${query({ sub: HARBOR })}`);
    expect(foreign.status).toBe(404);
  });

  it('J14: a key that anybody ever had is nobody else’s', async () => {
    const { publicJwk } = authority.example.memberKeys.harbor;
    await expect(
      change(async (by) => authority.node.changes.addKey(by, JUNIPER, publicJwk, NOW + HOUR)),
    ).rejects.toMatchObject({ code: 'key_reused' });
  });
});
