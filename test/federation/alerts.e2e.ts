// Long because one federation bears hot lists, standing alerts and all that binds them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#protocol';
import { boundsClaims, protectionMarkType } from '#trust';
import { RecallJob } from '../../apps/agency/src/recall.job.js';
import { publishRule, type AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { withHotLists } from './hot-list-rules.js';
import { sighting } from './sightings.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';
import { boundsFor } from './test-court.js';

const [OWN, OWNER] = ['salish-point', 'juniper-bend'] as const;
const HOUR_MS = 3_600_000;
const SOURCES = ['ncic-vehicle', 'ncic-wanted-person', 'ncic-immigration-violator', 'manual'];
const LISTED = { plate: 'HOT123', plate_state: 'OR', legal_basis: 'report of theft', reason: 'stolen-vehicle' };
let federation: TestFederation;
let people: AgencyPeople;
/** Runs once between the owner's decision and its release. */
let beforeRelease: (() => Promise<void>) | undefined;
/** Of the owner's rule. */
let version = 1;

beforeAll(async () => {
  federation = await startFederation({
    start: [OWN, OWNER],
    ports: (party, ports) => ({
      ...ports,
      network: {
        request: async (call) => {
          const interrupt = party === OWNER && call.url.endsWith('/release-notices') ? beforeRelease : undefined;
          beforeRelease = interrupt === undefined ? beforeRelease : undefined;
          await interrupt?.();
          return ports.network.request(call);
        },
      },
    }),
    // The council names the immigration file too. The law of its state does not let it.
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === OWN || agency.id === OWNER
          ? { ...agency, rule: claimingEmergencies(withHotLists(agency.rule, SOURCES)) }
          : agency,
      ),
    }),
  });
  people = federation.people(OWN);
});
afterAll(async () => {
  await federation.close();
});

const EMERGENCY = { exception: 'emergency', purposes: ['threat-to-life'], afterwards: { report_within_hours: 1 } };

/** What an agency's own officers may claim. */
function claimingEmergencies(rule: JsonObject): JsonObject {
  const copy = structuredClone(rule) as { ask: { hot_list_alert?: JsonObject } } & JsonObject;
  if (copy.ask.hot_list_alert !== undefined) copy.ask.hot_list_alert['exceptions'] = [EMERGENCY];
  return copy;
}

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

const ask = (plate: string, change: JsonObject = {}, more: JsonObject = {}) =>
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
        ...more,
      },
    }),
  );
const passes = async (plate: string, change: Parameters<typeof sighting>[1] = {}) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await federation.agency(OWNER).node.reads.insertMany([sighting(plate, { seenAt: Date.now(), ...change })]);
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

/** Another version of the owner's rule for alerts; it holds for what is signed from now on, and narrows at once. */
async function rule(change: JsonObject, forbid: JsonValue[] = []): Promise<void> {
  version += 1;
  const own = federation.laidOut.agencies.find(({ plan: { id } }) => id === OWNER)?.rule ?? {};
  const copy = structuredClone(own) as { release: { hot_list_alert: JsonObject } } & JsonObject;
  Object.assign(copy.release.hot_list_alert, change);
  await publishRule(federation.people(OWNER), { ...copy, version, ...(forbid.length === 0 ? {} : { forbid }) });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
const NO_ALERTS = [{ name: 'no-alerts', sides: ['release'], when: { kinds: ['hot_list_alert'] } }];
const ownerNode = () => federation.agency(OWNER).node;
const ownNode = () => federation.agency(OWN).node;
const kindsAt = async (id: typeof OWN | typeof OWNER, txn: JsonValue | undefined) =>
  (await federation.agency(id).node.ledger.receipts({ txn: txn as string })).map(({ kind }) => kind);
const end = (asked: JsonObject) =>
  people.call('officer', 'POST', `/alerts/subscriptions/${asked['txn'] as string}/end`).then(() => followed());

describe('what binds a standing alert binds each of its alerts', () => {
  beforeAll(async () => {
    const entries = [1, 2, 3, 4, 5, 6, 7].map((n) => row({ record: `B-${n}`, plate: `B0UND0${n}` }));
    await importList(entries, 'bound');
    await ownerNode().dataSource.query('delete from followed_plate');
  });

  test('a withheld class of cameras is as if it had not read, and a coarser place is told coarser', async () => {
    await rule({ cameras: { owner_classes: ['public'] }, coarsen: { place_metres: 1000 } });
    await ask('B0UND01');
    await passes('B0UND01', { cameraOwnerClass: 'school', device: 'cam-school' });
    await passes('B0UND01');
    const found = await alertsOf('B0UND01');
    expect(found.map(({ read }) => read)).toEqual([expect.objectContaining({ place_precision_metres: 1000 })]);
    expect(found[0]?.['read']).not.toHaveProperty('device');
    expect(await followed()).toHaveLength(1);
  });

  test('P19: a narrower rule ends it at the next read, and that read stays', async () => {
    await rule({}, NO_ALERTS);
    await passes('B0UND01', { device: 'cam-2' });
    expect(await settled(async () => (await followed()).length === 0)).toBe(true);
    expect(await alertsOf('B0UND01', 1)).toHaveLength(1);
  });

  test('P19: an answer that is withdrawn leaves nothing that is followed', async () => {
    await rule({});
    beforeRelease = () => rule({}, NO_ALERTS);
    const asked = await ask('B0UND02');
    expect(asked['owners']).toMatchObject([{ state: 'denied' }]);
    expect(await kindsAt(OWNER, asked['txn'])).toContain('subscribed');
    expect(await followed()).toEqual([]);
  });

  test('P08 P09: it lies inside its warrant, and its alerts are no further use of it', async () => {
    await rule({ legal_process: { at_least: 'warrant' } });
    const attested = await people.call('supervisor', 'POST', '/warrant-attestations', {
      paper: 'A'.repeat(43),
      court: 'a court that signs nothing',
      bounds: boundsClaims({ ...boundsFor('26-01234'), plates: ['B0UND03'], kinds: ['hot_list_alert'], uses: 1 }),
      lifetime_seconds: 3_600,
    });
    const under = { legal_process: { class: 'warrant' }, legal_process_documents: [attested['token'] ?? ''] };
    const other = await ask('B0UND04', {}, under);
    expect(other['owners']).toMatchObject([{ outcome: 'refused', reasons: [{ code: 'outside_warrant' }] }]);
    const again = await people.call('supervisor', 'POST', '/warrant-attestations', {
      paper: 'B'.repeat(43),
      court: 'a court that signs nothing',
      bounds: boundsClaims({ ...boundsFor('26-01234'), plates: ['B0UND03'], kinds: ['hot_list_alert'], uses: 1 }),
      lifetime_seconds: 3_600,
    });
    await ask('B0UND03', {}, { ...under, legal_process_documents: [again['token'] ?? ''] });
    await passes('B0UND03');
    expect(await alertsOf('B0UND03')).toHaveLength(1);
    await passes('B0UND03', { device: 'cam-2' });
    expect(await settled(async () => (await alertsOf('B0UND03', 1)).length === 2)).toBe(true);
  });

  test('P21: what is owed for an exception is owed for the request, once', async () => {
    await rule({ exceptions: [EMERGENCY] });
    const asked = await ask('B0UND04', {}, { exception: 'emergency', purpose: 'threat-to-life' });
    expect(asked['owners']).toMatchObject([{ outcome: 'reads', obligations: { duties: [{ duty: 'report' }] } }]);
    await passes('B0UND04');
    expect(await alertsOf('B0UND04')).toHaveLength(1);
    const owed: unknown[] = await ownerNode().dataSource.query('select 1 from duty_owed_here where txn = $1', [
      asked['txn'],
    ]);
    expect(owed).toHaveLength(1);
  });

  test('P22: what an alert holds beyond its plate is dropped, and on record', async () => {
    await rule({});
    const asked = await ask('B0UND05');
    const { followed: plates } = ownerNode();
    const honest = plates.open.bind(plates);
    plates.open = async () => (await honest()).map((each) => ({ ...each, read: { ...each.read, plate: 'ANYB0DY' } }));
    await passes('B0UND05');
    expect(await settled(async () => (await kindsAt(OWN, asked['txn'])).includes('excess_dropped'))).toBe(true);
    plates.open = honest;
    expect(await alertsOf('B0UND05', 1)).toEqual([]);
    expect(await alertsOf('ANYB0DY', 1)).toEqual([]);
    expect(await end(asked)).not.toEqual([]);
  });

  test('N04: so many alerts of one request are logged at a broker, and none longer than it can be passed on', async () => {
    const asked = await ask('B0UND06');
    const [standing] = await ownNode().subscriptions.ofTransaction(asked['txn'] as string);
    const { dataSource } = federation.broker.node;
    await dataSource.query(
      `insert into broker_alert select 'filled ' || n, $1, 'x', 'x', now() from generate_series(1, 500) as n`,
      [standing?.requestDigest],
    );
    await passes('B0UND06');
    expect(await settled(async () => (await kindsAt(OWNER, asked['txn'])).includes('alerted'))).toBe(true);
    expect(await alertsOf('B0UND06', 4)).toEqual([]);
    await dataSource.query(`update broker_alert set logged_at = now() - interval '31 minutes'`);
    expect(await alertsOf('B0UND06')).toHaveLength(1);
    expect(await dataSource.query('select 1 from broker_alert')).toHaveLength(1);
  });

  test('T07: an alert is called back with its standing request when the law that both rest on ends, and stands no longer', async () => {
    const asked = await ask('B0UND07');
    await passes('B0UND07');
    expect(await alertsOf('B0UND07')).toHaveLength(1);
    const { attestations } = await ownNode().directory.agencyView(ownNode().own.ownChain());
    const law = attestations.find(({ protection }) => protection === 'retention');
    if (law === undefined) throw new Error('a retention is attested');
    const { level, version: of, issuer, subject } = law;
    const type = protectionMarkType(federation.laidOut.anchor, { protection: 'retention', level, version: of });
    await federation.authority.revokeMark(issuer, subject, type);
    for (const { directory } of [ownerNode(), ownNode()]) for (const _ of [1, 2]) await directory.refresh();
    await new RecallJob(ownerNode(), () => undefined).round();
    expect(await settled(async () => (await alertsOf('B0UND07', 1)).length === 0)).toBe(true);
    expect(await followed()).toEqual([]);
    const [standing] = await ownNode().subscriptions.ofTransaction(asked['txn'] as string);
    expect(standing).toMatchObject({ answerKey: undefined, endedBecause: 'recalled' });
  });
});
