import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { withHotLists } from './hot-list-rules.js';
import { sighting } from './sightings.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const [OWN, OWNER] = ['salish-point', 'juniper-bend'] as const;
const HOUR_MS = 3_600_000;
const SOURCES = ['ncic-vehicle', 'ncic-wanted-person', 'ncic-immigration-violator', 'manual'];
const LISTED = { plate: 'HOT123', plate_state: 'OR', legal_basis: 'report of theft', reason: 'stolen-vehicle' };
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({
    start: [OWN, OWNER],
    // The council names the immigration file too. The law of its state does not let it.
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === OWN || agency.id === OWNER ? { ...agency, rule: withHotLists(agency.rule, SOURCES) } : agency,
      ),
    }),
  });
  people = federation.people(OWN);
});
afterAll(async () => {
  await federation.close();
});

const row = (change: JsonObject): JsonObject => ({
  ...LISTED,
  record: 'V-1',
  source: 'ncic-vehicle',
  expires_at: new Date(Date.now() + 240 * HOUR_MS).toISOString(),
  ...change,
});

async function importList(entries: JsonValue[], list = 'ncic', compiledAt = Date.now() - HOUR_MS): Promise<JsonObject> {
  const begun = await people.call('supervisor', 'POST', '/hot-lists/imports', {
    list,
    mode: 'full',
    format: 'comity-csv',
    compiled_at: new Date(compiledAt).toISOString(),
  });
  const path = `/hot-lists/imports/${begun['import'] as string}`;
  if (entries.length > 0) await people.call('supervisor', 'POST', `${path}/entries`, { entries });
  return people.call('supervisor', 'POST', `${path}/completion`, { digest: 'A'.repeat(43), refused: {} });
}

async function seen(plate: string, change: Parameters<typeof sighting>[1] = {}): Promise<void> {
  await federation.agency(OWN).node.reads.insertMany([sighting(plate, { seenAt: Date.now() - 1_000, ...change })]);
}

async function alertsOf(plate: string, rounds = 100): Promise<JsonObject[]> {
  const { alerts } = federation.agency(OWN).node;
  for (let round = 0; round < rounds; round += 1) {
    const found = (await alerts.list(undefined, Date.now(), 50)).filter(({ read }) => read['plate'] === plate);
    if (found.length > 0) return Promise.all(found.map(({ id }) => people.call('officer', 'GET', `/alerts/${id}`)));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}

const SEEN = { plate: 'HOT123', plate_state: 'OR', vehicle: 'not_listed', still_listed: true };
const verify = (person: 'officer' | 'supervisor', id: unknown, change: JsonObject = {}) =>
  people.call(person, 'POST', `/alerts/${String(id)}/verification`, {
    seen: { ...SEEN, ...change },
    image: 'cam-1/1.jpg',
  });
const act = (id: unknown, action: string) => people.call('officer', 'POST', `/alerts/${String(id)}/acts`, { action });

describe('a hot list of an agency', () => {
  test('never takes in an entry of the immigration violator file, not even in the making', async () => {
    const completed = await importList([
      row({}),
      row({ record: 'V-2', plate: 'SEC0ND2' }),
      row({ record: 'I-1', plate: 'IMMIGR8', source: 'ncic-immigration-violator' }),
      row({ record: 'G-1', source: 'ncic-gang' }),
      row({ record: 'B-1', plate: 'A%' }),
    ]);
    expect(completed).toMatchObject({
      by_source: { 'ncic-vehicle': 2 },
      refused: { 'ncic-immigration-violator': 1, 'ncic-gang': 1 },
      rejected: { plate_wildcard: 1 },
    });
    const { node } = federation.agency(OWN);
    const tables: { name: string }[] = await node.dataSource.query(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    expect(tables.map(({ name }) => name)).toContain('hot_list_entry');
    for (const { name } of tables) {
      const rows: unknown[] = await node.dataSource.query(`select to_jsonb(t)::text as text from ${name} t`);
      expect(JSON.stringify(rows)).not.toContain('IMMIGR8');
    }
    const { sources } = (await people.call('officer', 'GET', '/hot-lists/sources')) as { sources: JsonObject[] };
    const file = sources.find(({ source }) => source === 'ncic-immigration-violator');
    expect(file).toMatchObject({ permitted: false, because: { code: 'forbidden_by_law' } });
  });

  test('is a supervisor’s to bring in, and a newer one is never replaced by an older', async () => {
    const body = { list: 'other', mode: 'full', format: 'comity-csv', compiled_at: new Date().toISOString() };
    await expect(people.call('officer', 'POST', '/hot-lists/imports', body)).rejects.toMatchObject({ status: 403 });
    await expect(importList([], 'ncic', Date.now() - 2 * HOUR_MS)).rejects.toMatchObject({ code: 'hot_list_invalid' });
    await expect(importList([], 'other', Date.now() + HOUR_MS)).rejects.toMatchObject({ code: 'hot_list_invalid' });
  });

  test('gives a hit on an exact plate, unverified, with the age of the list; nobody acts before a person has looked', async () => {
    await seen('HOT123');
    const [alert = {}] = await alertsOf('HOT123');
    expect(alert).toMatchObject({ match: 'exact', verified: false, source: 'ncic-vehicle', list_age: '1 h 01 min' });
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ status: 409, code: 'not_actionable' });
    expect(await verify('officer', alert['id'])).toMatchObject({ result: 'confirmed', alert: { verified: true } });
    // One person is enough to be contacted, and not for a stop, however often that person looks.
    await verify('officer', alert['id']);
    await expect(act(alert['id'], 'stop')).rejects.toMatchObject({ status: 409 });
    await verify('supervisor', alert['id']);
    expect(await act(alert['id'], 'stop')).toMatchObject({ acted: 'stop' });
    const outcome = await people.call('officer', 'POST', `/alerts/${alert['id'] as string}/outcome`, {
      outcome: 'wrong_vehicle',
    });
    expect(outcome).toMatchObject({ state: 'closed', outcome: 'wrong_vehicle', false_hit: true });
    const statistics = await people.call('officer', 'GET', '/alerts/statistics');
    expect(statistics).toMatchObject({ lists: { ncic: { hit: 1, confirmed: 3, acted_stop: 1, wrong_vehicle: 1 } } });
  });

  test('a verification that was put into the table, or changed there, lets nobody act', async () => {
    await seen('SEC0ND2');
    const [alert = {}] = await alertsOf('SEC0ND2');
    const { dataSource } = federation.agency(OWN).node;
    await dataSource.query(
      `insert into alert_verification select 'verified/forged', id, 'nobody', 'confirmed', '{}', 'x', now() from alert where id = $1`,
      [alert['id']],
    );
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ code: 'not_actionable' });
    await dataSource.query(`delete from alert_verification where receipt_id = 'verified/forged'`);
    await verify('officer', alert['id'], { plate: 'SEC0ND2' });
    await dataSource.query(`update alert_verification set verified_by = 'nobody' where alert = $1`, [alert['id']]);
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ code: 'not_actionable' });
  });

  test('a 7 for a 2 is a look-alike; a person who sees the 7 ends it, and it is counted (Kansas 2014)', async () => {
    await importList([row({ record: 'K-1', plate: '2KAN541' })], 'state', Date.now() - HOUR_MS);
    await seen('7KAN541');
    const [alert = {}] = await alertsOf('7KAN541');
    expect(alert).toMatchObject({ match: 'look_alike', verified: false });
    expect(await verify('officer', alert['id'], { plate: '7KAN541' })).toMatchObject({ result: 'misread' });
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ status: 409 });
    expect(await people.call('officer', 'GET', `/alerts/${alert['id'] as string}`)).toMatchObject({
      state: 'dismissed',
      false_hit: true,
    });
    // The other way round the camera had read a 2 for a 7, and what it takes for what is counted.
    await seen('2KAN541');
    const [exact = {}] = await alertsOf('2KAN541');
    await verify('officer', exact['id'], { plate: '7KAN541' });
    const { misreads } = await people.call('officer', 'GET', '/alerts/statistics');
    expect(misreads).toEqual([{ read: '2', seen: '7', times: 1 }]);
  });

  test('recovered is gone at once, for alerts that wait too', async () => {
    await importList([row({ record: 'R-1', plate: 'REC0VER' })], 'recoveries');
    await seen('REC0VER');
    const [alert = {}] = await alertsOf('REC0VER');
    await verify('officer', alert['id'], { plate: 'REC0VER' });
    expect(await importList([], 'recoveries')).toMatchObject({ gone: 1, alerts_withdrawn: 1 });
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ code: 'not_actionable' });
  });

  test('that is stale is silent; what an officer types in hits, and lasts as long as a shift', async () => {
    await importList([row({ record: 'S-1', plate: 'STALE55' })], 'old', Date.now() - 12 * HOUR_MS - 1);
    await seen('STALE55');
    const typed = await people.call('officer', 'POST', '/hot-lists/manual/entries', {
      entry: {
        plate: 'SHIFT01',
        plate_state: 'OR',
        legal_basis: 'call',
        reason: 'missing-person',
        case_number: '26-1',
      },
    });
    expect(Date.parse(typed['expires_at'] as string)).toBeLessThanOrEqual(Date.now() + 12 * HOUR_MS);
    await seen('SHIFT01');
    expect(await alertsOf('SHIFT01')).toHaveLength(1);
    const { alerts } = (await people.call('officer', 'GET', '/alerts')) as { alerts: JsonObject[] };
    expect(alerts.map(({ read }) => (read as JsonObject)['plate'])).not.toContain('STALE55');
    expect(await people.call('officer', 'GET', '/hot-lists')).toMatchObject({
      lists: expect.arrayContaining([expect.objectContaining({ list: 'old', fresh: false })]),
    });
  });
});

const ask = (plate: string, change: JsonObject = {}) =>
  people.askAndWait(
    statementFor(federation, [OWNER], {
      statement: {
        query: {
          kind: 'hot_list_alert',
          plates: [{ text: plate, state: 'OR' }],
          from: new Date().toISOString(),
          until: new Date(Date.now() + 6 * HOUR_MS).toISOString(),
          ...change,
        },
      },
    }),
  );
const passes = async (plate: string) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await federation.agency(OWNER).node.reads.insertMany([sighting(plate, { seenAt: Date.now() })]);
};
const followed = () => federation.agency(OWNER).node.followed.all();
const settled = async (isSo: () => Promise<boolean>) => {
  for (let round = 0; round < 200; round += 1) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};

describe('a standing alert across agencies', () => {
  beforeAll(async () => {
    await importList([row({ record: 'F-1', plate: 'F0LL0W1' }), row({ record: 'F-2', plate: 'F0LL0W2' })], 'followed');
  });

  test('P16: is of its own kind by its members, and for what stands on a fresh list of one’s own', async () => {
    await expect(ask('NOTL1ST')).rejects.toMatchObject({ status: 422, code: 'not_listed' });
    const history = { kind: 'plate_history', hot_list: { source: 'manual', refreshed_at: new Date().toISOString() } };
    await expect(ask('F0LL0W1', history)).rejects.toMatchObject({ status: expect.any(Number) });
  });

  test('brings each exact read as a release of its own, in three ledgers, and no look-alike', async () => {
    const asked = await ask('F0LL0W1');
    const [owner = {}] = asked['owners'] as JsonObject[];
    expect(owner).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 0 });
    expect(await followed()).toHaveLength(1);
    await passes('FOLL0W1');
    await passes('F0LL0W1');
    const [alert = {}] = await alertsOf('F0LL0W1');
    expect(alert).toMatchObject({
      origin: federation.entityId(OWNER),
      txn: asked['txn'],
      match: 'exact',
      verified: false,
    });
    expect(await alertsOf('FOLL0W1', 1)).toEqual([]);
    await expect(act(alert['id'], 'contact')).rejects.toMatchObject({ code: 'not_actionable' });
    expect(await verify('officer', alert['id'], { plate: 'F0LL0W1' })).toMatchObject({ result: 'confirmed' });
    expect(await act(alert['id'], 'contact')).toMatchObject({ acted: 'contact' });
    const rows: { receipt: string }[] = await federation
      .agency(OWN)
      .node.dataSource.query('select receipt_id as receipt from alert where id = $1', [alert['id']]);
    const release = rows[0]?.receipt.slice('alerted/'.length) ?? 'none';
    expect(release).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await expect(federation.broker.node.ledger.proofOf(`alert/${release}`)).resolves.toBeDefined();
  });

  test('T15: ends with a suspension; nothing of it arrives, and lifting it brings nothing back', async () => {
    await federation.authority.suspend(federation.entityId(OWN));
    await federation.agency(OWNER).node.directory.statuses.refresh();
    await passes('F0LL0W1');
    expect(await settled(async () => (await followed()).length === 0)).toBe(true);
    await federation.authority.reinstate(federation.entityId(OWN));
    const before = await alertsOf('F0LL0W1');
    await passes('F0LL0W1');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await alertsOf('F0LL0W1')).toHaveLength(before.length);
  });

  test('ends where its plate is recovered: the key is gone before anything more is opened', async () => {
    const asked = await ask('F0LL0W2');
    await people.call('officer', 'POST', '/hot-lists/removals', { list: 'followed', record: 'F-2' });
    await passes('F0LL0W2');
    expect(await settled(async () => (await followed()).length === 0)).toBe(true);
    const { node } = federation.agency(OWN);
    const [standing] = await node.subscriptions.ofTransaction(asked['txn'] as string);
    expect(standing).toMatchObject({ answerKey: undefined, endedBecause: 'not_listed' });
    expect(await node.alerts.list(undefined, Date.now(), 50)).not.toContainEqual(
      expect.objectContaining({ txn: asked['txn'] }),
    );
  });
});
