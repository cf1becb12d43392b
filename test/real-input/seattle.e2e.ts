import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readTrace, verifyTrace } from '#exchange';
import type { JsonObject, JsonValue } from '#protocol';
import { importCsv, type ImportReport } from '#reads/io';
import { readBrokerConfig } from '../../apps/broker/src/config.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { borderOf2021, RECEIVER_DAYS } from './border-plan.js';
import { SEATTLE_FILE, SEATTLE_MAPPING, seattlePresent, seattleRows, type SeattleRow } from './seattle-file.js';

const log = (line: string) => {
  if (process.env['COMITY_TEST_LOG']) console.error(line);
};
const why = seattlePresent ? '' : ' (skipped: shared/data does not lie beside the checkout)';
const DAY_MS = 86_400_000;
/** Four days after the last read. */
const NOW = Date.UTC(2021, 9, 8, 19, 0, 0);
const WHOLE_FILE = { from: Date.parse('2021-10-01T00:00:00-07:00'), until: Date.parse('2021-10-05T00:00:00-07:00') };
const MOST_SEEN = 'P006741';
const NOT_THERE = 'P999999';

describe.skipIf(!seattlePresent)(`Seattle's reads of October 2021, asked for across a border${why}`, () => {
  let federation: TestFederation;
  /** The officer and the supervisor who ask; each signs in once. */
  let people: AgencyPeople;
  let report: ImportReport;
  let rows: SeattleRow[] = [];

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW, shouldAdvanceTime: true });
    rows = seattleRows();
    federation = await startFederation({ plan: borderOf2021, log });
    people = federation.people('larch-valley');
    report = await importCsv({
      stream: createReadStream(SEATTLE_FILE),
      mapping: SEATTLE_MAPPING,
      store: federation.agency('alder-sound').node.reads,
      rejected: new Writable({ write: (_chunk, _encoding, done) => done() }),
    });
  });

  afterAll(async () => {
    await federation?.close();
    vi.useRealTimers();
  });

  const ask = (plates: readonly string[], window = WHOLE_FILE): Promise<JsonObject> => {
    const query = {
      kind: 'plate_history',
      plates: plates.map((text) => ({ text })),
      from: new Date(window.from).toISOString(),
      until: new Date(window.until).toISOString(),
    };
    const statement = { query, case_number: '21-01234' };
    return people.askAndWait(statementFor(federation, ['alder-sound'], { statement }));
  };

  /** What the file says was seen of these plates in this window. */
  const inFile = (plates: readonly string[], window = WHOLE_FILE): JsonObject[] =>
    rows
      .filter(({ read, seenAt }) => plates.includes(read.plate) && seenAt >= window.from && seenAt < window.until)
      .map(({ read }) => read);

  /** Three plates by what the file itself holds: one with many reads, one never located, one always located. */
  const plates = (): [many: string, nowhere: string, located: string] => {
    const byPlate = [...Map.groupBy(rows, ({ read }) => read.plate)];
    const withPlaces = (wanted: boolean) =>
      byPlate.find(([, seen]) => seen.length > 1 && seen.every(({ read }) => 'location' in read === wanted))?.[0] ?? '';
    return [MOST_SEEN, withPlaces(false), withPlaces(true)];
  };

  const kinds = async (id: string, txn: JsonValue | undefined): Promise<string[]> => {
    const { ledger } = id === 'broker' ? federation.broker.node : federation.agency(id).node;
    return (await ledger.receipts({ txn: text(txn) })).map(({ kind }) => kind);
  };

  test('all 35,486 rows are stored, a quarter of them without a place', async () => {
    expect(report).toMatchObject({ rows: 35_486, accepted: 35_486, rejected: 0, withoutLocation: 8_768 });
    expect(await federation.agency('alder-sound').node.reads.count()).toBe(rows.length);
  });

  test('the reads of several plates arrive as the file has them, field by field, and no others', async () => {
    const asked = [...plates(), NOT_THERE];
    const outcome = await ask(asked);
    const owner = onlyOwner(outcome);
    expect(owner).toMatchObject({ state: 'replied', outcome: 'reads', truncated: false, dropped_count: 0 });
    const expected = inFile(asked);
    expect(sorted(readsOf(owner))).toEqual(sorted(expected));
    expect(owner['read_count']).toBe(expected.length);
    expect(expected.filter(({ plate }) => plate === MOST_SEEN)).toHaveLength(58);
    expect(expected.filter((read) => !('location' in read)).length).toBeGreaterThan(15);
  });

  test('they are bound by what the owner asks for and by the shorter retention of the asking side', async () => {
    const before = Date.now();
    const owner = onlyOwner(await ask([MOST_SEEN]));
    const obligations = owner['obligations'] as JsonObject;
    expect(obligations).toEqual({
      expires_at: expect.any(String) as string,
      purpose: 'named_case_only',
      onward_transfer: 'refused_without_new_request',
    });
    const expiresAt = Date.parse(text(obligations['expires_at']));
    expect(expiresAt).toBeGreaterThanOrEqual(before + RECEIVER_DAYS * DAY_MS - 1_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + RECEIVER_DAYS * DAY_MS);
  });

  test('a window of one day in Seattle holds the reads of that local day, its first instant in and its last one out', async () => {
    const seen = inFile([MOST_SEEN]).map(({ seen_at: at }) => Date.parse(text(at)));
    const [first, last] = [Math.min(...seen), Math.max(...seen)];
    const day = { from: Date.parse('2021-10-03T00:00:00-07:00'), until: Date.parse('2021-10-04T00:00:00-07:00') };
    const exact = { from: first, until: last };
    for (const window of [day, exact]) {
      const expected = inFile([MOST_SEEN], window);
      expect(expected.length).toBeGreaterThan(0);
      expect(expected.length).toBeLessThan(seen.length);
      expect(sorted(readsOf(onlyOwner(await ask([MOST_SEEN], window))))).toEqual(sorted(expected));
    }
  });

  test('a plate that is not there gets an answer without reads, logged like every other', async () => {
    const outcome = await ask([NOT_THERE]);
    expect(onlyOwner(outcome)).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 0, reads: [] });
    const { txn } = outcome;
    await expect.poll(() => kinds('alder-sound', txn)).toEqual(['release', 'sent']);
    expect(await kinds('broker', txn)).toEqual(['granted', 'release_logged']);
    expect(await kinds('larch-valley', txn)).toEqual(['asked', 'approved', 'delivered']);
  });

  test('the whole way of such an answer is proven from three ledgers, and nothing of it is missing', async () => {
    const { txn } = await ask([MOST_SEEN, NOT_THERE]);
    await expect.poll(() => kinds('alder-sound', txn)).toEqual(['release', 'sent']);
    const trace = readTrace(await people.call('officer', 'GET', `/trace/${text(txn)}`));
    const { anchors } = await readBrokerConfig(federation.laidOut.environments.broker);
    const verified = await verifyTrace(trace, { anchors, now: Date.now() });
    expect(verified.checks.filter(({ state }) => state !== 'holds')).toEqual([]);
    expect(verified).toMatchObject({ verdict: 'holds', ledgers: [{}, {}, {}] });
  });
});

function onlyOwner(outcome: JsonObject): JsonObject {
  const owners = outcome['owners'] as JsonObject[];
  expect(owners).toHaveLength(1);
  return owners[0] ?? {};
}

/** What the file holds of each: what its plate may be mistaken for comes from the node that shows it. */
function readsOf(owner: JsonObject): JsonObject[] {
  return (owner['reads'] as JsonObject[]).map(({ look_alikes: _lookAlikes, ...read }) => read);
}

function sorted(reads: readonly JsonObject[]): JsonObject[] {
  return reads.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function placeOf({ plate, seen_at: at, device }: JsonObject): string {
  return JSON.stringify([plate, at, device]);
}

function text(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError('a text is expected');
  return value;
}
