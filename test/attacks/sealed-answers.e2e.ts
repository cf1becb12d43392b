import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isJsonObject, readToken, type JsonObject, type JsonValue } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import type { FederationPlan } from '../../apps/sandbox/src/plan.js';
import { sighting } from '../federation/sightings.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { DishonestAgency, approvedAsk } from './dishonest-agency.js';
import { eventually, objectOf, post, receiptKinds } from './doors.js';
import { ask, txnOf } from './held-exchange.js';
import { Hands } from './party-hands.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const BAND_MS = 1_300;
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({ ports: hands.ports, plan: withBand, start: [OWNER, REQUESTER] });
  people = federation.people(REQUESTER);
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123'), sighting('ORE123', { device: 'cam-2' })]);
});

const withBand = (plan: FederationPlan): FederationPlan => ({ ...plan, answerBandMs: BAND_MS });

afterAll(async () => {
  await federation.close();
});

/** One exchange as everybody but the two agencies can see it. */
interface FromOutside {
  readonly txn: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly document: JsonObject;
  /** How long the owner worked on it by its own clock, and what it slept from then on, its loops included. Milliseconds. */
  readonly workedMs: number;
  readonly sleptMs: readonly number[];
}

/** Outcome and number of reads, as the owner alone can open them. */
async function released({ txn }: FromOutside) {
  const receipts = await federation.agency(OWNER).node.ledger.receipts({ txn });
  const { outcome, read_count: count } = receipts[0]?.opening.content ?? {};
  return [outcome?.value, count?.value];
}

/** What both ledgers hold of it, and what of that the broker was shown. */
async function fieldsOf({ txn, document }: FromOutside) {
  await eventually(
    () => receiptKinds(federation.agency(OWNER), txn),
    (kinds) => kinds.includes('sent'),
  );
  const nodes = [federation.broker.node, federation.agency(OWNER).node];
  const receipts = (await Promise.all(nodes.map(({ ledger }) => ledger.receipts({ txn })))).flat();
  const evidence = document['evidence'];
  const shown = isJsonObject(evidence) && Array.isArray(evidence['receipts']) ? evidence['receipts'] : [];
  return {
    kinds: receipts.map(({ kind }) => kind),
    fields: receipts.map(({ opening }) => [Object.keys(opening.accountability), Object.keys(opening.content)]),
    committed: shown.map((receipt) => commitmentNames(receipt)),
    opened: shown.map((receipt) => (isJsonObject(receipt) ? shapeOf(receipt['opening'] ?? null) : null)),
  };
}

/** Columns of the broker's row with the kinds of their values. */
async function rowOf({ txn }: FromOutside) {
  const rows: Record<string, unknown>[] = await federation.broker.node.dataSource.query(
    'select * from broker_request where txn = $1',
    [txn],
  );
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value])));
}

describe('P17: a hit, an empty answer and a refusal on sealed facts look alike to the broker', () => {
  let seen: Record<'hit' | 'empty' | 'refusal', FromOutside>;

  beforeAll(async () => {
    const hit = await watched(713, () => asked('ORE123'));
    const empty = await watched(331, () => asked('ZZZ999'));
    const refusal = await watched(1_507, () => refused());
    seen = { hit, empty, refusal };
  });

  test('P17: they are what they are called, seen from inside', async () => {
    expect(await released(seen.hit)).toEqual(['reads', 2]);
    expect(await released(seen.empty)).toEqual(['reads', 0]);
    expect(await released(seen.refusal)).toEqual(['refused', 0]);
  });

  test('P17: one status, the same header fields, and the same members in the body', () => {
    const [first, ...others] = Object.values(seen);
    for (const other of others) {
      expect(other.status).toBe(first?.status);
      expect(other.headers).toEqual(first?.headers);
      expect(shapeOf(other.document)).toEqual(shapeOf(first?.document ?? null));
    }
  });

  test('P17: ciphertexts of one length', () => {
    const lengths = Object.values(seen).map(({ document }) => textOf(document['answer']).length);
    expect(new Set(lengths).size).toBe(1);
    expect(lengths[0]).toBeGreaterThan(16 * 1024);
  });

  test('P17: the same receipts with the same fields in both ledgers, and not one content field open', async () => {
    const hit = await fieldsOf(seen.hit);
    expect(hit.kinds).toEqual(['granted', 'release_logged', 'release', 'sent']);
    expect(hit.opened).toEqual([expect.objectContaining({ content: {} })]);
    expect(await fieldsOf(seen.empty)).toEqual(hit);
    expect(await fieldsOf(seen.refusal)).toEqual(hit);
  });

  test('P17: the broker keeps the same of each', async () => {
    const hit = await rowOf(seen.hit);
    expect(hit).toHaveLength(1);
    expect(await rowOf(seen.empty)).toEqual(hit);
    expect(await rowOf(seen.refusal)).toEqual(hit);
  });

  test.each(['hit', 'empty', 'refusal'] as const)(
    'P17: the %s leaves a whole number of bands after its grant arrived, however long the owner worked on it',
    (name) => {
      const { workedMs, sleptMs } = seen[name];
      expect(sleptMs).toContain(Math.ceil(workedMs / BAND_MS) * BAND_MS - workedMs);
    },
  );
});

describe('P22: an owner that returns more than was asked', () => {
  test('P22: other plates and other days are dropped before anybody sees them, counted, and reported', async () => {
    const { node } = federation.agency(OWNER);
    const stored = await node.reads.plateHistory(queryOf('ORE123'), { limit: 10, retentionMs: undefined });
    const [read] = stored.reads;
    if (read === undefined) throw new TypeError('there is a read to add to');
    const excess = [
      { ...read, plate: 'XYZ777' },
      { ...read, seenAt: Date.now() - 30 * 86_400_000 },
      { ...read, plate: 'XYZ778', seenAt: Date.now() + 86_400_000 },
    ];
    const spy = vi.spyOn(node.reads, 'search').mockResolvedValue({ ...stored, reads: [...stored.reads, ...excess] });
    const shown = await people.askAndWait(statementFor(federation, [OWNER], { plate: 'ORE123' })).finally(() => {
      spy.mockRestore();
    });
    expect(shown).toMatchObject({ owners: [{ state: 'replied', outcome: 'reads', read_count: 2, dropped_count: 3 }] });
    expect(shown).toMatchObject({ owners: [{ reads: [{ plate: 'ORE123' }, { plate: 'ORE123' }] }] });
    expect(shown).toHaveProperty(
      'owners.0.warnings',
      expect.arrayContaining(['the holding agency sent 3 reads beyond the query; they were dropped']),
    );
    const kept = await federation.agency(REQUESTER).node.received.forTransaction(textOf(shown['txn']));
    expect(JSON.stringify(kept)).not.toMatch(/XYZ77/);
    const { ledger } = federation.agency(REQUESTER).node;
    const kinds = async () => (await ledger.receipts({ txn: textOf(shown['txn']) })).map(({ kind }) => kind);
    await expect.poll(kinds).toContain('excess_dropped');
  });

  test('P22: an owner that answers what nobody asked shows nothing at all', async () => {
    const { node } = federation.agency(OWNER);
    const stored = await node.reads.plateHistory(queryOf('ORE123'), { limit: 10, retentionMs: undefined });
    const spy = vi.spyOn(node.reads, 'search').mockResolvedValue(stored);
    const shown = await people.askAndWait(statementFor(federation, [OWNER], { plate: 'NONE1' })).finally(() => {
      spy.mockRestore();
    });
    expect(shown).toMatchObject({ owners: [{ outcome: 'reads', read_count: 0, dropped_count: 2, reads: [] }] });
  });
});

test('no door answered any of it with a failure of its own', () => {
  expect(hands.statuses.filter((status) => status === 500)).toEqual([]);
});

/** Watches one exchange between broker and owner, for which the owner's clock stands still but for `workedMs`. */
async function watched(workedMs: number, start: () => Promise<string>): Promise<FromOutside> {
  const clock = hands.clock(OWNER);
  const arrivesAt = clock.now();
  clock.stopAt(arrivesAt);
  const working = hands.wire(OWNER).tap('/release-notices', (_, pass) => {
    clock.stopAt(arrivesAt + workedMs);
    return pass();
  });
  const answered = Promise.withResolvers<Omit<FromOutside, 'workedMs' | 'sleptMs'>>();
  const watching = hands.wire('broker').tap('/grants', async (request, pass) => {
    const answer = await pass();
    const headers = Object.keys(answer.headers).toSorted();
    answered.resolve({ txn: txnOf(request), status: answer.status, headers, document: objectOf(answer.body) });
    return answer;
  });
  await start();
  const outside = await answered.promise;
  for (const stop of [working, watching]) stop();
  clock.restore();
  const since = clock.sleeps.filter(({ at }) => at === arrivesAt + workedMs);
  return { ...outside, workedMs, sleptMs: since.map(({ milliseconds }) => milliseconds) };
}

async function asked(plate: string): Promise<string> {
  const txn = await ask(people, statementFor(federation, [OWNER], { plate }));
  await people.approve(txn);
  await people.outcome(txn);
  return txn;
}

/** Refused on sealed facts: the case number is none, which only the owner can see. */
async function refused(): Promise<string> {
  const requester = new DishonestAgency(federation, REQUESTER);
  const statement = statementFor(federation, [OWNER], { plate: 'ORE123' });
  const approved = await approvedAsk(federation.agency(REQUESTER), hands.wire(REQUESTER), people, statement);
  const of = await requester.reapproved(approved, (stated) => ({ ...stated, case_number: '12345' }));
  const request = await requester.request(of, federation.entityId(OWNER));
  await post(federation, `${federation.laidOut.broker}/requests`, { request: request.token, log_size: 0 });
  return request.txn;
}

function queryOf(plate: string) {
  const now = Date.now();
  return { kind: 'plate_history' as const, plates: [{ text: plate }], from: now - 2 * 86_400_000, until: now };
}

/** Members and kinds of values; the numbers of hashes in a proof grow with the ledger and are left out. */
function shapeOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.length === 0 || typeof value[0] === 'string' ? 'list' : value.map(shapeOf);
  if (!isJsonObject(value)) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

function commitmentNames(receipt: JsonValue): JsonValue {
  const entry = isJsonObject(receipt) ? textOf(receipt['entry']) : '';
  return shapeOf(readToken('receipt', entry).claims['commitments'] ?? null);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
