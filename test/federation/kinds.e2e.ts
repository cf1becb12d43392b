// Long because one federation bears a question of every kind, and every cursor that does not fit.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readRequest } from '#exchange';
import { isJsonObject, signToken, type AnswerClaims, type JsonObject, type JsonValue } from '#protocol';
import type { Read } from '#reads';
import { publishRule } from '../../apps/sandbox/src/agency-people.js';
import { DishonestAgency, approvedAsk, type ApprovedAsk } from '../attacks/dishonest-agency.js';
import { post } from '../attacks/doors.js';
import { Hands } from '../attacks/party-hands.js';
import { withEveryKind } from './rules-of-every-kind.js';
import { sighting } from './sightings.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const OWNER = 'juniper-bend';
const ASKER = 'salish-point';
const MINUTE = 60_000;
const NOW = Date.now();
const T0 = NOW - 3 * 60 * MINUTE;
const hands = new Hands();
let federation: TestFederation;

const SCENE = { kind: 'circle', lat: 44.05, lon: -121.3, radius_metres: 400 };
const FIELDS = [
  'plate',
  'plate_state',
  'seen_at',
  'location',
  'device',
  'vehicle',
  'direction',
  'candidates',
  'confidence',
];

const at = (device: string, lat: number, minutes: number, seconds = 0) => ({
  device,
  location: { lat, lon: -121.3 },
  seenAt: T0 + minutes * MINUTE + seconds * 1000,
});

/** A named vehicle passes three cameras; one goes along; one passes once; one is in private hands. */
const READS = [
  sighting('TGT1234', at('cam-1', 44.05, 0)),
  sighting('TGT1234', at('cam-2', 44.1, 10)),
  sighting('TGT1234', at('cam-3', 44.15, 20)),
  sighting('TGT1234', { ...at('cam-9', 44.05, 30), cameraOwnerClass: 'school' }),
  sighting('CMP5678', { ...at('cam-1', 44.05, 0, 20), vehicle: { make: 'ford', colour: 'blue' }, direction: 90 }),
  sighting('CMP5678', { ...at('cam-2', 44.1, 10, 25), vehicle: { make: 'ford', colour: 'blue' } }),
  sighting('STR9012', { ...at('cam-1', 44.05, 0, 40), candidates: [{ text: '5TR9012', confidence: 0.3 }] }),
];

beforeAll(async () => {
  federation = await startFederation({
    start: [OWNER, ASKER],
    ports: hands.ports,
    plan: (plan) => withEveryKind(plan, OWNER, { fields: FIELDS, cameras: { owner_classes: ['public'] } }),
    prepare: async ({ agencies }) => {
      const owner = agencies.find(({ plan }) => plan.id === OWNER);
      Object.assign(owner?.environment ?? {}, { COMITY_READS_PER_PAGE: '3', COMITY_MAX_READS: '5' });
    },
  });
  await federation.agency(OWNER).node.reads.insertMany(READS);
});

afterAll(async () => {
  await federation.close();
});

const WINDOW = { from: new Date(T0 - 10 * MINUTE).toISOString(), until: new Date(T0 + 60 * MINUTE).toISOString() };
const stated = (query: JsonObject, statement: JsonObject = {}) =>
  statementFor(federation, [OWNER], { statement: { query: { ...query, ...WINDOW }, ...statement } });

async function ownerOf(query: JsonObject, statement: JsonObject = {}): Promise<JsonObject & { reads: JsonObject[] }> {
  return first(await federation.people(ASKER).askAndWait(stated(query, statement)));
}

function first(shown: JsonObject): JsonObject & { reads: JsonObject[] } {
  const [owner] = Array.isArray(shown['owners']) ? shown['owners'].filter(isJsonObject) : [];
  return { ...owner, txn: shown['txn'] ?? '', reads: list(owner?.['reads']) };
}

const list = (value: JsonValue | undefined) => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const codes = (owner: JsonObject) => list(owner['reasons']).map(({ code }) => code);
const plates = ({ reads }: { reads: JsonObject[] }) => reads.map(({ plate }) => plate);

const PLATE = { plates: [{ text: 'TGT1234' }] };
const MISS = { plates: [{ text: 'NEVER99' }] };

describe('a question of each kind', () => {
  test('near scene: what passed it, with what the rule gives of each read', async () => {
    const owner = await ownerOf({ kind: 'near_scene', areas: [SCENE] });
    expect(owner).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 3, dropped_count: 0 });
    expect(new Set(plates(owner))).toEqual(new Set(['TGT1234', 'CMP5678', 'STR9012']));
    expect(owner.reads.find(({ plate }) => plate === 'CMP5678')).toMatchObject({
      vehicle: { make: 'ford', colour: 'blue' },
      direction: 90,
    });
    expect(owner.reads.find(({ plate }) => plate === 'STR9012')).toMatchObject({
      candidates: [{ text: '5TR9012', confidence: 0.3 }],
    });
  });

  test('the broker knows how large and roughly where, and no more of it', async () => {
    const { txn } = await ownerOf({ kind: 'near_scene', areas: [SCENE] });
    const [row]: { request: string }[] = await federation.broker.node.dataSource.query(
      'select request from broker_request where txn = $1',
      [txn],
    );
    const { clear } = readRequest(row?.request ?? '').claims;
    expect(clear).toMatchObject({ kind: 'near_scene', area: { count: 1, square_km: 0.51 } });
    expect(clear.area?.cells.length).toBeGreaterThan(0);
    expect(JSON.stringify(clear)).not.toMatch(/44\.05|121\.3|radius/);
  });

  test('near scene: too wide is refused where it is seen first, by its size alone', async () => {
    const owner = await ownerOf({ kind: 'near_scene', areas: [{ ...SCENE, radius_metres: 6_000 }] });
    expect(owner).toMatchObject({ state: 'broker_denied', reads: [] });
    expect(codes(owner)).toEqual(['area_too_wide']);
  });

  test('latest sighting: one read; the newest was made by a camera whose reads the rule does not give', async () => {
    const owner = await ownerOf({ kind: 'latest_sighting', ...PLATE });
    expect(owner.reads.map(({ device }) => device)).toEqual(['cam-3']);
  });

  test('vehicle description and partial plate', async () => {
    const vehicle = await ownerOf({
      kind: 'vehicle_description',
      vehicle: { make: 'Ford', colour: 'Blue' },
      areas: [SCENE],
    });
    expect(plates(vehicle)).toEqual(['CMP5678']);
    expect(plates(await ownerOf({ kind: 'partial_plate', pattern: { text: 'CMP?67?' } }))).toEqual([
      'CMP5678',
      'CMP5678',
    ]);
    expect(codes(await ownerOf({ kind: 'partial_plate', pattern: { text: 'CMP????' } }))).toEqual([
      'too_few_characters',
    ]);
  });

  test('P16: one kind that is labelled as another goes nowhere, and one that is signed all the same is denied', async () => {
    const mislabelled = stated({ kind: 'plate_history', areas: [SCENE] });
    await expect(federation.people(ASKER).ask(mislabelled)).rejects.toMatchObject({
      status: 422,
      code: 'kind_mismatch',
    });
    const asker = new DishonestAgency(federation, ASKER);
    const approved = await approve({ kind: 'near_scene', areas: [SCENE] });
    for (const clear of [
      { kind: 'plate_history' as const, plate_count: 1, area: undefined },
      { area: { count: 1, square_km: 0.01, cells: ['8428f09ffffffff'] } },
    ]) {
      const request = await asker.request(approved, federation.entityId(OWNER), { clear: clear as never });
      const { document } = await submit(request.token);
      expect(['denied', 'broker_denied']).toContain(document['state']);
    }
  });

  test('kinds that begin with no suspect are refused at every hop, after what the rule says', async () => {
    const pattern = { kind: 'passed_twice', areas: [SCENE] };
    const shown = await federation.people(ASKER).ask(stated(pattern));
    expect(shown).toMatchObject({ state: 'refused_here' });
    expect(codes(shown)).toEqual(['no_rule_for_kind', 'kind_not_offered']);
  });
});

describe('who travelled along', () => {
  const asked = { kind: 'travelling_together', ...PLATE, within_seconds: 60 };

  test('is told by a pseudonym of that release, and by the plate after a second approval, for those alone', async () => {
    const owner = await ownerOf(asked);
    expect(owner).toMatchObject({ outcome: 'reads', dropped_count: 0 });
    const [companion] = new Set(owner.reads.map((read) => read['companion']));
    expect(owner.reads).toHaveLength(2);
    for (const read of owner.reads) {
      expect(read).not.toHaveProperty('plate');
      expect(read).not.toHaveProperty('vehicle');
    }
    expect(JSON.stringify(owner)).not.toContain('CMP5678');
    const again = await ownerOf(asked);
    expect(again.reads[0]?.['companion']).not.toBe(companion);
    const [release] = owner['releases'] as string[];
    const reveal = { release: release ?? '', companions: [companion as string] };
    const revealed = await ownerOf({ ...asked, reveal });
    expect(revealed.reads.map(({ plate, companion: pseudonym }) => [plate, pseudonym])).toEqual([
      ['CMP5678', companion],
      ['CMP5678', companion],
    ]);
    const [other] = again['releases'] as string[];
    const borrowed = await ownerOf({ ...asked, reveal: { ...reveal, release: other ?? '' } });
    expect(borrowed).toMatchObject({ outcome: 'reads', read_count: 0 });
    const wider = await ownerOf({ ...asked, within_seconds: 61, reveal });
    expect(wider).toMatchObject({ outcome: 'reads', read_count: 0 });
    const unknown = await ownerOf({ ...asked, reveal: { ...reveal, release: 'A'.repeat(43) } });
    expect(codes(unknown)).toEqual(['release_unknown']);
  });
});

describe('P17: what the owner knows shows in the sealed answer alone', () => {
  test('P17: hit, miss and sealed refusal of each kind have one state, one size and one time band outside', async () => {
    const hits: readonly JsonObject[] = [
      { kind: 'plate_history', ...PLATE },
      { kind: 'latest_sighting', ...PLATE },
      { kind: 'near_scene', areas: [SCENE] },
      { kind: 'vehicle_description', vehicle: { make: 'ford' }, areas: [SCENE] },
      { kind: 'partial_plate', pattern: { text: 'TGT12??' } },
      { kind: 'travelling_together', ...PLATE, within_seconds: 60 },
    ];
    const away = { ...SCENE, lat: 45.2 };
    const misses: readonly JsonObject[] = [
      { kind: 'plate_history', ...MISS },
      { kind: 'latest_sighting', ...MISS },
      { kind: 'near_scene', areas: [away] },
      { kind: 'vehicle_description', vehicle: { make: 'ford' }, areas: [away] },
      { kind: 'partial_plate', pattern: { text: 'NEVE???' } },
      { kind: 'travelling_together', ...MISS, within_seconds: 60 },
    ];
    const sizes: number[] = [];
    const answersOf = async (queries: readonly JsonObject[], statement: JsonObject = {}) => {
      for (const query of queries) {
        const owner = await ownerOf(query, statement);
        expect([query['kind'], owner['state']]).toEqual([query['kind'], 'replied']);
        const rows: { answer: string }[] = await federation
          .agency(OWNER)
          .node.dataSource.query('select answer from incoming_request where txn = $1', [owner['txn']]);
        sizes.push(rows[0]?.answer.length ?? 0);
      }
    };
    await answersOf(hits);
    await answersOf(misses);
    // Of another case than the forms that the owner knows: its refusal is sealed.
    await answersOf(hits.slice(0, 1), { case_number: 'XY-1234' });
    expect(new Set(sizes).size).toBe(1);
  });
});

const beyond = (found: Read[], change: Partial<Read>) => found.slice(0, 1).map((read) => ({ ...read, ...change }));

test('P22: what goes beyond a question of any kind is dropped before anybody sees it, and is on record', async () => {
  const { reads } = federation.agency(OWNER).node;
  const honest = reads.search.bind(reads);
  const questions: readonly (readonly [JsonObject, Partial<Read>])[] = [
    [{ kind: 'near_scene', areas: [SCENE] }, { location: { lat: 44.2, lon: -121.3 } }],
    [{ kind: 'vehicle_description', vehicle: { make: 'ford' }, areas: [SCENE] }, { vehicle: { make: 'kia' } }],
    [{ kind: 'partial_plate', pattern: { text: 'CMP?67?' } }, { plate: 'XYZ7777' }],
    [{ kind: 'latest_sighting', ...PLATE }, { seenAt: T0 + MINUTE }],
  ];
  for (const [question, change] of questions) {
    const spy = vi.spyOn(reads, 'search').mockImplementation(async (query, limits) => {
      const found = await honest(query, limits);
      return { ...found, reads: [...found.reads, ...beyond(found.reads, change)] };
    });
    const owner = await ownerOf(question).finally(() => {
      spy.mockRestore();
    });
    expect([question['kind'], owner['dropped_count']]).toEqual([question['kind'], 1]);
    expect(owner.reads.length).toBe(owner['read_count']);
    const { ledger } = federation.agency(ASKER).node;
    const kinds = async () => (await ledger.receipts({ txn: owner['txn'] as string })).map(({ kind }) => kind);
    await expect.poll(kinds).toContain('excess_dropped');
  }
});

const approve = (query: JsonObject): Promise<ApprovedAsk> =>
  approvedAsk(federation.agency(ASKER), hands.wire(ASKER), federation.people(ASKER), stated(query));
const submit = (token: string) =>
  post(federation, `${federation.laidOut.broker}/requests`, { request: token, log_size: 0 });

/** Of the owner's receipts of one transaction. */
const kindsAt = async (txn: unknown) =>
  (await federation.agency(OWNER).node.ledger.receipts({ txn: txn as string })).map(({ kind }) => kind);

describe('an answer of several pages', () => {
  const many = { kind: 'plate_history', plates: [{ text: 'TGT1234' }, { text: 'CMP5678' }, { text: 'STR9012' }] };

  test('goes on under one approval, and the limit counts over all of them (P14)', async () => {
    const people = federation.people(ASKER);
    const { txn, ...one } = await ownerOf(many);
    expect(one).toMatchObject({ truncated: true, more: true, pages: 1 });
    const path = `/asks/${txn as string}/more`;
    await expect(people.call('supervisor', 'POST', path, {})).rejects.toMatchObject({ code: 'role_missing' });
    await people.call('officer', 'POST', path, {});
    const both = first(await people.outcome(txn as string));
    expect(both).toMatchObject({ outcome: 'reads', pages: 2, read_count: 5, truncated: true, more: false });
    const keys = both.reads.map(({ plate, seen_at: seenAt }) => `${plate as string} ${seenAt as string}`);
    expect(new Set(keys).size).toBe(5);
    await expect(people.call('officer', 'POST', path, {})).rejects.toMatchObject({ status: 409, code: 'no_more' });
    const receipts = await federation.agency(ASKER).node.ledger.receipts({ txn: txn as string });
    expect(receipts.map(({ kind }) => kind)).toEqual(['asked', 'approved', 'delivered', 'page_asked', 'delivered']);
    const trace = await people.call('officer', 'GET', `/trace/${txn as string}`);
    expect(JSON.stringify(trace)).not.toContain('owners were asked');
  });

  test('P14: a cursor that is forged, borrowed, old, of another officer, used, or of another rule goes nowhere', async () => {
    const asker = new DishonestAgency(federation, ASKER);
    const owner = federation.entityId(OWNER);
    const { node } = federation.agency(OWNER);
    const approved = await approve(many);
    const answered = async (of: ApprovedAsk, cursor?: string): Promise<AnswerClaims> => {
      const request = await asker.request(of, owner, cursor === undefined ? {} : { sealed: { cursor } });
      const { document } = await submit(request.token);
      return asker.open(document['answer'], request, owner);
    };
    const refused = async (of: ApprovedAsk, cursor: string) =>
      (await answered(of, cursor)).reasons.map(({ code }) => code);
    const { next = '', reads } = await answered(approved);
    expect(reads.length).toBeGreaterThan(0);
    const good = JSON.parse(Buffer.from(next.split('.')[1] ?? '', 'base64url').toString()) as JsonObject;
    const signed = (change: JsonObject, key = node.signingKey) =>
      signToken({ kind: 'cursor', key, claims: { ...good, ...change } });
    const [header, , signature] = next.split('.');
    const more = Buffer.from(JSON.stringify({ ...good, released: 0 })).toString('base64url');
    const other = await approve(many);
    const iat = good['iat'] as number;
    const invalid: readonly [string, ApprovedAsk, string][] = [
      ['one claim changed under its signature', approved, `${header}.${more}.${signature}`],
      ['signed by the requester', approved, await signed({}, federation.agency(ASKER).node.signingKey)],
      ['another ask of the same officer', other, next],
      ['another officer', approved, await signed({ officer: 'A'.repeat(43) })],
      ['another requester', approved, await signed({ aud: federation.entityId(OWNER) })],
      ['expired', approved, await signed({ iat: iat - 7_200, exp: iat - 3_600 })],
      ['a place of another page', approved, await signed({ page: 2 })],
      ['a place of another search', approved, await signed({ request: 'A'.repeat(43) })],
    ];
    for (const [what, of, cursor] of invalid)
      expect([what, await refused(of, cursor)]).toEqual([what, ['cursor_invalid']]);
    const page = await answered(approved, next);
    expect(page).toMatchObject({ outcome: 'reads' });
    expect(
      page.reads.filter((read) => reads.some((known) => known.seen_at === read.seen_at && known.plate === read.plate)),
    ).toEqual([]);
    expect(await refused(approved, next)).toEqual(['cursor_used']);
    const third = await approve(many);
    const { next: later = '' } = await answered(third);
    const { rule } = federation.laidOut.agencies.find(({ plan }) => plan.id === OWNER) ?? {};
    await publishRule(federation.people(OWNER), { ...rule, version: 2 });
    expect(await refused(third, later)).toEqual(['cursor_rule_changed']);
  });

  test('T15: is not gone on with for an agency that was suspended after the first page (negative test 7)', async () => {
    const people = federation.people(ASKER);
    const { txn, ...one } = await ownerOf(many);
    expect(one).toMatchObject({ outcome: 'reads', more: true });
    await federation.authority.suspend(federation.entityId(ASKER));
    await people.call('officer', 'POST', `/asks/${txn as string}/more`, {}).catch(() => undefined);
    const after = first(await people.outcome(txn as string));
    expect(after.read_count).toBe(one['read_count']);
    expect(await kindsAt(txn)).toEqual(['release', 'sent']);
    await federation.authority.reinstate(federation.entityId(ASKER));
  });

  test('T07: is not gone on with where an attestation is revoked while a page is on its way (negative test 7)', async () => {
    const people = federation.people(ASKER);
    const { node } = federation.agency(OWNER);
    const { txn } = await ownerOf(many);
    const [wa = ''] = node.directory.chainFor(federation.entityId(ASKER)).jurisdictions;
    const retention = node.directory.jurisdiction(wa).marks.find(({ protection }) => protection === 'retention');
    // The broker has decided on the page, and the owner has logged that it is about to release it.
    const letGo = hands.wire(OWNER).tap('/release-notices', async (_request, pass) => {
      letGo();
      await federation.authority.revokeMark(wa, wa, retention?.type ?? '');
      return pass();
    });
    await people.call('officer', 'POST', `/asks/${txn as string}/more`, {});
    await vi.waitFor(async () => expect(await kindsAt(txn)).toEqual(['release', 'sent', 'release', 'refused']), 20_000);
    const shown = first(await people.show(txn as string));
    expect(shown.reads.length).toBeLessThanOrEqual(3);
    const next = await ownerOf(many);
    expect(next).toMatchObject({ state: 'broker_denied', reads: [] });
    expect(codes(next)).toContain('protection_not_attested');
  });
});
