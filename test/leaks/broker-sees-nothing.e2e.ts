import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReadStore } from '#reads/io';
import type { JsonObject, JsonValue } from '#protocol';
import { systemClock } from '#protocol/io';
import { publishRule, type AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { narrower, ruleOf } from '../faults/changed-rule.js';
import { sighting } from '../federation/sightings.js';
import {
  MALFORMED_CASE,
  NARRATIVE,
  PLATE,
  canaryQuery,
  canaryStatement,
  namesIn,
  withCanaryName,
  withCasePattern,
} from './canary-story.js';
import { DOORS, malformedBodies } from './malformed-texts.js';
import {
  ASKING,
  HOLDING,
  NODES,
  REFUSED,
  startWatchedFederation,
  type Node,
  type WatchedFederation,
} from './watched-federation.js';

let watched: WatchedFederation;
let people: AgencyPeople;

beforeAll(async () => {
  watched = await startWatchedFederation({ plan: withCasePattern, account: withCanaryName });
  const owner = watched.database.get(HOLDING);
  if (owner === undefined) throw new Error('no database of the holding agency');
  await new ReadStore({ dataSource: owner, clock: systemClock }).insertMany([sighting(PLATE)]);
  people = watched.federation.people(ASKING);
});

afterAll(() => watched.close());

describe('W14: a canary plate, case, narrative and officer, sent through every path', () => {
  test('a permitted request comes back with its read', async () => {
    const shown = await people.askAndWait(statement({}));
    expect(ownerOf(shown)).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 1 });
    expect(await people.call('officer', 'GET', `/trace/${txnOf(shown)}`)).toMatchObject({ txn: txnOf(shown) });
  });

  test('an empty answer comes back like one', async () => {
    const until = Date.now() - 5 * 86_400_000;
    expect(await outcomeOf({ query: canaryQuery({ until }) })).toMatchObject({
      state: 'replied',
      outcome: 'reads',
      read_count: 0,
    });
  });

  test('a request is refused on what only the holding agency sees', async () => {
    expect(await outcomeOf({ case_number: MALFORMED_CASE })).toMatchObject({
      state: 'replied',
      outcome: 'refused',
      reasons: [{ code: 'case_number_malformed' }],
    });
  });

  test('a request is denied by the broker', async () => {
    expect(await outcomeOf({}, watched.federation.people(REFUSED))).toMatchObject({ state: 'broker_denied' });
  });

  test('a request is refused at home', async () => {
    const asked = await people.ask(statement({ purpose: 'immigration-enforcement' }));
    expect(asked).toMatchObject({ state: 'refused_here' });
  });

  test('a replayed, a tampered and a misdirected message are answered', async () => {
    const token = await lastRequest();
    const [header, payload, signature] = token.split('.');
    const submit = (request: JsonValue) =>
      watched.send('broker', { path: '/requests', body: JSON.stringify({ request, log_size: 0 }) });
    expect((await submit(token)).status).toBe(200);
    const tampered = Buffer.from(`{"plate":"${PLATE}"}`).toString('base64url');
    expect((await submit(`${header}.${tampered}.${signature}`)).status).toBeGreaterThanOrEqual(400);
    expect((await submit(`${header}.${payload}.${Buffer.from(PLATE).toString('base64url')}`)).status).toBe(401);
    const grant = { request: token, grant: PLATE, evidence: {} };
    expect((await watched.send(HOLDING, { path: '/grants', body: JSON.stringify(grant) })).status).toBe(400);
  });

  test('malformed and misplaced texts are refused by every door without being repeated', async () => {
    const bearer = { authorization: `Bearer ${await people.session('officer')}` };
    const bodies = malformedBodies(statement({}));
    for (const body of bodies) {
      expect.soft((await watched.send(ASKING, { path: '/asks', headers: bearer, body })).status).toBeLessThan(500);
    }
    for (const [node, method, path] of DOORS) {
      const headers = {
        ...bearer,
        'x-plate': PLATE,
        'user-agent': NARRATIVE,
        baggage: `plate=${PLATE}`,
        cookie: `p=${PLATE}`,
      };
      const sent = method === 'GET' ? [undefined] : bodies.slice(0, 6);
      for (const body of sent) {
        const answer = await watched.send(node, { method, path, headers, ...(body === undefined ? {} : { body }) });
        expect.soft(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
        expect.soft(answer.status, `${method} ${path}`).toBeLessThan(500);
      }
    }
    const foreign = { path: '/asks', body: PLATE, headers: { ...bearer, 'content-type': `text/${PLATE}` } };
    expect((await watched.send(ASKING, foreign)).status).toBe(415);
    const stranger = { path: '/asks', body: '{}', headers: { authorization: `Bearer ${PLATE}` } };
    expect((await watched.send(ASKING, stranger)).status).toBe(401);
  });

  test('failures inside a node, whose database error quotes the row, tell nothing', async () => {
    const bearer = { authorization: `Bearer ${await people.session('officer')}` };
    const ask = () => watched.send(ASKING, { path: '/asks', headers: bearer, body: JSON.stringify(statement({})) });
    const asking = watched.database.get(ASKING);
    await asking?.query(`alter table ask add constraint broken check (ask->>'narrative' is null) not valid`);
    expect((await ask()).status).toBe(500);
    await asking?.query(`alter table ask drop constraint broken`);
    await asking?.query(`alter table ask rename column ask_salt to gone`);
    expect((await ask()).status).toBe(500);
    await asking?.query(`alter table ask rename column gone to ask_salt`);
    // The holding agency fails in the middle of its search, and the same request is answered when it is mended.
    const holding = watched.database.get(HOLDING);
    await holding?.query(`alter table plate_read rename column device to gone`);
    const txn = txnOf(await people.ask(statement({})));
    await people.approve(txn);
    await expect
      .poll(async () => (await people.show(txn))['owners'], { timeout: 20_000 })
      .toMatchObject([{ state: 'asking', attempts: 2 }]);
    await holding?.query(`alter table plate_read rename column gone to device`);
    expect(ownerOf(await people.outcome(txn))).toMatchObject({ state: 'replied', read_count: 1 });
  });

  test('a request is denied in the open by the holding agency, whose rule was narrowed meanwhile', async () => {
    await watched.child.get('broker')?.restartWith({ TEST_HOLD_RULE: '1' });
    await publishRule(watched.federation.people(HOLDING), narrower(ruleOf(watched.federation, HOLDING)));
    expect(await outcomeOf({})).toMatchObject({ state: 'denied', reasons: [{ code: 'offence_not_allowed' }] });
  });
});

describe('W14: afterwards', () => {
  test('the canary stands in the asking agency’s own tables and in the reads of the holding one, and so it can be found', async () => {
    expect(await foundIn(ASKING)).toEqual({
      plate: ['ask', 'received_read'],
      'case number': ['ask'],
      'malformed case number': ['ask'],
      narrative: ['ask'],
      'legal process': ['ask'],
      'officer sub': ['ask', 'officer_session'],
      'supervisor sub': ['ask', 'officer_session'],
    });
    const holding = await foundIn(HOLDING);
    expect(holding).toEqual({ plate: [expect.stringMatching(/^plate_read_d\d{8}$/)] });
  });

  test('no table of the broker holds it, in clear or encoded, in whatever token', async () => {
    expect(await foundIn('broker')).toEqual({});
    expect([...(await watched.dump('broker')).values()].join('').length).toBeGreaterThan(50_000);
  });

  test('no public leaf of any ledger holds it', async () => {
    for (const node of NODES) {
      const sizes = await watched.database.get(node)?.query<{ size: string }[]>('select size from log_state');
      const path = `/ledger/entries?from=0&to=${sizes?.[0]?.size ?? ''}`;
      const { text } = await watched.send(node, { method: 'GET', path });
      expect((JSON.parse(text) as { entries: string[] }).entries.length).toBeGreaterThan(1);
      expect({ node, found: namesIn(text) }).toEqual({ node, found: [] });
    }
  });

  test('no log of any node, of PostgreSQL, or span holds it', async () => {
    for (const [node, child] of watched.child) {
      expect(child.output).toContain('listens on');
      expect({ node, found: namesIn(child.output) }).toEqual({ node, found: [] });
    }
    expect(watched.child.get(ASKING)?.output).toContain('unexpected failure');
    expect(namesIn(await watched.serverLog())).toEqual([]);
    await expect.poll(() => watched.collector.spans().length, { timeout: 15_000 }).toBeGreaterThan(100);
    expect(namesIn(watched.collector.raw())).toEqual([]);
  });

  test('no error answer holds it', () => {
    expect(watched.refusals.length).toBeGreaterThan(30);
    expect(watched.refusals.filter(({ text }) => namesIn(text).length > 0)).toEqual([]);
  });

  test('W15: one event is one line, and nothing that was sent begins one', async () => {
    const forged = 'broker: listens on http://forged.example';
    const bearer = { authorization: `Bearer ${await people.session('officer')}` };
    for (const mark of ['\r\n', '\u001B[2K\r', '\u2028', '\u0085', '","level":"error","x":"']) {
      const text = `${mark}${forged}${mark}`;
      const body = JSON.stringify({ ...statement({}), narrative: text, purpose: text, [text]: text });
      expect((await watched.send(ASKING, { path: '/asks', headers: bearer, body })).status).toBe(400);
      const request = JSON.stringify({ request: text, log_size: 0, [text]: 1 });
      expect((await watched.send('broker', { path: '/requests', body: request })).status).toBe(400);
      const owners = JSON.stringify({ ...statement({}), owners: [`http://127.0.0.1:1/${text}`] });
      expect((await watched.send(ASKING, { path: '/asks', headers: bearer, body: owners })).status).toBeLessThan(500);
    }
    for (const child of watched.child.values()) {
      expect(child.output).not.toContain('forged.example');
      expect(child.output).not.toMatch(/[\u2028\u2029\u0085\r]/);
    }
  });
});

async function foundIn(node: Node): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [table, rows] of await watched.dump(node)) {
    for (const name of namesIn(rows)) (found[name] ??= []).push(table);
  }
  return found;
}

async function outcomeOf(change: JsonObject, of: AgencyPeople = people): Promise<JsonValue | undefined> {
  return ownerOf(await of.askAndWait(statement(change)));
}

function txnOf({ txn }: JsonObject): string {
  if (typeof txn !== 'string') throw new TypeError('an ask has a transaction');
  return txn;
}

function ownerOf(shown: JsonObject): JsonValue | undefined {
  const { owners } = shown;
  return Array.isArray(owners) ? owners[0] : undefined;
}

async function lastRequest(): Promise<string> {
  const rows = await watched.database
    .get(ASKING)
    ?.query<{ request: string }[]>('select request from outgoing_request where shown order by ended_at desc limit 1');
  return rows?.[0]?.request ?? '';
}

function statement(change: JsonObject): JsonObject {
  return canaryStatement(watched.federation, change);
}
