import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disclose, readTrace, unmatchedIn, verifyTrace, type DisclosureLevel, type TraceReport } from '#exchange';
import type { Ports } from '#exchange/io';
import { isJsonObject, type JsonObject } from '#protocol';
import { LOOPBACK_TOO, systemClock, systemRandomness, undiciNetwork } from '#protocol/io';
import { collectedEvidence } from '../../apps/cli/src/collected-trace.js';
import { makeBundle } from '../../apps/cli/src/evidence-bundle.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { eventually } from '../attacks/doors.js';
import { createTestDatabase } from '../support/database.js';
import type { BadKind } from './light/bad-owners.js';
import { LightOwners } from './light/light-owners.js';
import { ASKS, lightOwnerId, withLightOwners } from './light/light-plan.js';
import { sighting } from './sightings.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const OWNERS = 12;
const PLATE = 'ORE123';
const RESPOND_SECONDS = 12;
const BAD: Readonly<Record<number, BadKind>> = { 2: 'slow', 5: 'signs_wrong', 6: 'forges', 9: 'exceeds', 11: 'gone' };
const GOOD = Array.from({ length: OWNERS }, (_, index) => index + 1).filter((nth) => BAD[nth] === undefined);

let federation: TestFederation;
let owners: LightOwners;
let people: AgencyPeople;
let txn: string;
const looks: JsonObject[] = [];
const said: string[] = [];
const network = undiciNetwork({ egress: LOOPBACK_TOO });

beforeAll(async () => {
  const { url, dataSource } = await createTestDatabase('empty');
  await dataSource.destroy();
  const ports: Ports = { clock: systemClock, randomness: systemRandomness, network };
  // Longer than anybody waits for it, and not longer than this test has to end.
  owners = await LightOwners.start({ databaseUrl: url, ports, log: () => undefined, slowMs: 13_500 });
  await owners.storeReads([sighting(PLATE), sighting(PLATE, { seenAt: Date.now() - 7_200_000 })]);
  const ids = Array.from({ length: OWNERS }, (_, index) => lightOwnerId(index + 1));
  const rules = new Map<string, JsonObject>();
  federation = await startFederation({
    plan: (plan) => withLightOwners(plan, OWNERS, () => 0),
    log: (line) => void said.push(line),
    start: [ASKS, ...ids],
    prepare: (laidOut) => {
      for (const { plan, rule } of laidOut.agencies) rules.set(plan.id, rule);
      return Promise.resolve();
    },
    elsewhere(party, environment) {
      const nth = ids.indexOf(party) + 1;
      if (nth === 0) return undefined;
      const bad = BAD[nth];
      const rule = rules.get(party) ?? {};
      return owners.open({ environment, rule, ...(bad === undefined ? {} : { bad }) }).then(() => ({
        publishes: true,
        refresh: async () => void (await owners.refresh()),
        close: () => Promise.resolve(),
      }));
    },
  });
  await owners.work();
  people = federation.people(ASKS);
  for (const [nth, kind] of Object.entries(BAD)) {
    if (kind === 'gone') await owners.goAway(Number(new URL(entityId(Number(nth))).port));
  }
  ({ txn } = await asked());
});

afterAll(async () => {
  await federation.close();
  await owners.close();
  await network.close();
});

/** Asks all of them, and looks as an officer would until the last one has ended. */
async function asked(): Promise<{ txn: string }> {
  const ids = Array.from({ length: OWNERS }, (_, index) => lightOwnerId(index + 1));
  const statement = { ...statementFor(federation, ids, { plate: PLATE }), respond_within_seconds: RESPOND_SECONDS };
  const { txn: id } = await people.ask(statement);
  if (typeof id !== 'string') throw new TypeError('an ask has a transaction');
  await people.approve(id);
  for (const until = Date.now() + 30_000; Date.now() < until; await systemClock.sleep(100)) {
    const shown = await people.show(id);
    looks.push({ ...shown, at: Date.now() });
    if (shown['state'] === 'ended') return { txn: id };
  }
  const stands = ids.map((_, index) => {
    const { state, problem, attempts } = ownerIn(looks.at(-1), index + 1);
    return [index + 1, state, problem, attempts];
  });
  throw new Error(`the transaction does not end: ${JSON.stringify(stands)}`);
}

describe('F09: one request to twelve owners, one slow, three lying, one gone', () => {
  test('F09: answers of honest owners are shown as they come, while the others are still waited for, and all of them come', () => {
    const replied = (look: JsonObject) => GOOD.filter((nth) => ownerIn(look, nth)['state'] === 'replied');
    const early = looks.find((look) => replied(look).length > 0);
    expect(early).toMatchObject({ state: 'asking' });
    for (const nth of early === undefined ? [] : replied(early)) {
      expect(ownerIn(early, nth)).toMatchObject({ outcome: 'reads', read_count: 2, dropped_count: 0 });
    }
    for (const nth of [2, 11]) expect(ownerIn(early, nth)).toMatchObject({ state: 'asking', reads: [] });
    expect(replied(looks.at(-1) ?? {})).toEqual(GOOD);
  });

  test('F09: every other owner ends by the deadline in a state that says why', () => {
    const last = looks.at(-1);
    expect(ownerIn(last, 2)).toMatchObject({ state: 'failed', outcome: 'none', read_count: 0, reads: [] });
    expect(ownerIn(last, 11)).toMatchObject({ state: 'expired', outcome: 'none', read_count: 0, reads: [] });
    expect(ownerIn(last, 5)).toMatchObject({ outcome: 'none', problem: 'token_invalid', reads: [] });
    expect(ownerIn(last, 6)).toMatchObject({ outcome: 'none', problem: 'log_proof_invalid', reads: [] });
    expect(ownerIn(last, 9)).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 2, dropped_count: 2 });
    const took = Number(last?.['at']) - Number(looks[0]?.['at']);
    expect(took).toBeLessThan((RESPOND_SECONDS + 8) * 1_000);
  });

  test('F13: answers that end at once do not lock each other out', () => {
    expect(said.filter((line) => line.includes('40P01'))).toEqual([]);
  });

  test('F09: the trace over all ledgers names what is missing with the party that owes it, and proves the rest', async () => {
    const report = await eventually(trace, (seen) => owed(seen).length === OWED.length);
    expect(owed(report)).toEqual(OWED);
    expect(report.hops.filter(({ receipt }) => receipt?.kind === 'excess_dropped')).toHaveLength(1);
    expect(report.hops.length).toBeGreaterThan(GOOD.length * 4);
  });

  test('F09: its evidence is one file in which the same is missing, and nothing is said to be broken', async () => {
    // One that lies names a rule, too, that nobody has ever seen.
    const wanted = [...OWED, '5 signs_wrong: rule missing'].toSorted();
    expect(
      await eventually(
        () => evidenceOpen('full'),
        (open) => open.length === wanted.length,
      ),
    ).toEqual(wanted);
    const toTheDefence = (await evidenceOpen('defence')).filter((open) => !open.endsWith(' undisclosed'));
    expect(toTheDefence).toEqual(wanted);
    const toThePublic = (await evidenceOpen('public')).filter((open) => !open.endsWith(' undisclosed'));
    expect(toThePublic).toEqual([...wanted, `${federation.entityId(ASKS)}: two_persons missing`].toSorted());
  });
});

/** Of the checks of its evidence: those that a trace makes as well, and those about what lies beside it. */
async function evidenceOpen(level: DisclosureLevel): Promise<string[]> {
  const client = { get: (path: string) => people.call('officer', 'GET', path) };
  const document = { ...disclose(await collectedEvidence(txn, client, () => undefined, 5), level, []), level };
  const { report } = await makeBundle(document, { anchors: federation.agency(ASKS).node.anchors, now: Date.now() });
  return [...report.trace.checks, ...report.checks]
    .filter(({ state }) => state !== 'holds')
    .map(({ code, state, party }) => `${nameOf(party)}: ${code} ${state}`)
    .toSorted();
}

/**
 * One that was released and never stated as sent, one that was passed on and could not be proven, one ledger that cannot be asked and
 * one that tells nothing of what it was too late for. What was beyond the question is on record by itself.
 */
const OWED = [
  '11 gone: ledger_answers missing',
  '2 slow: ledger_answers missing',
  '5 signs_wrong: sent missing',
  'broker: delivered missing',
];

function nameOf(party: string | undefined): string {
  if (party === federation.laidOut.broker) return 'broker';
  const nth = Array.from({ length: OWNERS }, (_, index) => index + 1).find((each) => entityId(each) === party);
  return nth === undefined ? (party ?? 'nobody') : `${nth} ${BAD[nth] ?? 'honest'}`;
}

function owed(report: TraceReport): string[] {
  return unmatchedIn(report, 'asked')
    .map(({ code, state, party }) => `${nameOf(party)}: ${code} ${state}`)
    .toSorted();
}

const traced = (part: string) => people.call('officer', 'GET', `/trace/${txn}${part}`);

async function trace(): Promise<TraceReport> {
  const whole = await traced('');
  const [first, second] = [await traced('?from=0&count=5'), await traced('?from=5&count=100')];
  expect([first['next'], second['next']]).toEqual([5, undefined]);
  expect(namesOf(first).concat(namesOf(second))).toEqual(namesOf(whole));
  const bundle = readTrace(whole);
  const { node } = federation.agency(ASKS);
  return verifyTrace(bundle, { anchors: node.anchors, now: Date.now() });
}

function namesOf({ ledgers }: JsonObject): unknown[] {
  return Array.isArray(ledgers)
    ? ledgers.map((ledger) => (isJsonObject(ledger) ? ledger['entity_id'] : undefined))
    : [];
}

function entityId(nth: number): string {
  return federation.entityId(lightOwnerId(nth));
}

function ownerIn(look: JsonObject | undefined, nth: number): JsonObject {
  const all = look?.['owners'];
  const found = Array.isArray(all) ? all.find((one) => isJsonObject(one) && one['owner'] === entityId(nth)) : undefined;
  return isJsonObject(found) ? found : {};
}
