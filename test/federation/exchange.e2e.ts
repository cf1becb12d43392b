import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '#protocol';
import { confusables } from '#reads';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { publishRule } from '../../apps/sandbox/src/agency-people.js';
import { seededRandomness } from '../support/fakes.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

let federation: TestFederation;
/** Runs once before the next call of the holding agency to the broker: between its decision and its release. */
let beforeRelease: (() => Promise<void>) | undefined;

beforeAll(async () => {
  federation = await startFederation({
    // Its own rule lets a form of case number pass that the holding agency does not know.
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === 'salish-point'
          ? { ...agency, rule: withCaseNumbers(agency.rule, ['##-#####', '@@-####']) }
          : agency,
      ),
    }),
    log: (line) => {
      if (process.env['COMITY_TEST_LOG']) console.error(line);
    },
    ports: (party, ports) =>
      party === 'juniper-bend'
        ? {
            ...ports,
            network: {
              request: async (call) => {
                const interrupt = call.url.endsWith('/release-notices') ? beforeRelease : undefined;
                beforeRelease = interrupt === undefined ? beforeRelease : undefined;
                await interrupt?.();
                return ports.network.request(call);
              },
            },
          }
        : ports,
  });
  const now = Date.now();
  for (const [id, state] of [
    ['juniper-bend', 'OR'],
    ['mesa-clara', 'NM'],
  ] as const) {
    const reads = demoReads(now, { state, lat: 44, lon: -121 }, 50, seededRandomness(id));
    await federation.agency(id).node.reads.insertMany(reads);
  }
});

afterAll(async () => {
  await federation.close();
});

const story = (owners: readonly string[], statement: JsonObject = {}) => {
  const until = Date.now();
  return statementFor(federation, owners, { plate: STORY_PLATE, from: until - 3 * 86_400_000, until, statement });
};

/** `requirement: code` of every reason the first owner gave. */
function reasonsOf(outcome: JsonObject): string[] {
  const owner = list(outcome['owners'])[0] ?? {};
  return list(owner['reasons']).map((reason) => `${reason['requirement'] as string}: ${reason['code'] as string}`);
}

function list(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

async function kinds(id: string, txn: string): Promise<string[]> {
  const { ledger } = id === 'broker' ? federation.broker.node : federation.agency(id).node;
  return (await ledger.receipts({ txn })).map(({ kind }) => kind);
}

describe('one exchange across a border', () => {
  test('an agency whose law protects the data as well gets the reads of several owners, minimised and with obligations', async () => {
    const outcome = await federation.people('salish-point').askAndWait(story(['juniper-bend', 'mesa-clara']));
    const owners = list(outcome['owners']);
    expect(owners.map(({ state, outcome: kind, read_count: count }) => [state, kind, count])).toEqual([
      ['replied', 'reads', 3],
      ['replied', 'reads', 3],
    ]);
    const [oregon, newMexico] = owners;
    expect(list(oregon?.['reads'])[0]).toHaveProperty('device');
    expect(list(newMexico?.['reads'])[0]).not.toHaveProperty('device');
    // D6: what the plate may have been read for comes with every read, and with a plain warning.
    for (const read of list(oregon?.['reads'])) expect(read['look_alikes']).toEqual(confusables(STORY_PLATE));
    expect(oregon?.['warnings']).toContainEqual(expect.stringContaining('a read is no ground by itself'));
    expect(oregon?.['obligations']).toMatchObject({ onward_transfer: 'refused_without_new_request' });
  });

  test('every hop is in its ledger, the release before it was sent', async () => {
    const outcome = await federation.people('salish-point').askAndWait(story(['juniper-bend']));
    const txn = outcome['txn'] as string;
    await expect.poll(() => kinds('juniper-bend', txn)).toEqual(['release', 'sent']);
    expect(await kinds('broker', txn)).toEqual(['granted', 'release_logged']);
    expect(await kinds('salish-point', txn)).toEqual(['asked', 'approved', 'delivered']);
  });

  test('a refusal names every unmet protection at once', async () => {
    const outcome = await federation.people('peachtree-flats').askAndWait(story(['juniper-bend']));
    expect(outcome).toMatchObject({ owners: [{ state: 'broker_denied', reads: [] }] });
    expect(reasonsOf(outcome)).toEqual([
      'requester.legal-process-plate-history: protection_not_attested',
      'requester.retention: protection_not_met',
      'requester.immigration-use: protection_not_attested',
      'requester.agreement-287g: protection_not_attested',
    ]);
  });

  test('absence of a 287(g) agreement that nobody attests is not met, whatever the law of the state', async () => {
    const outcome = await federation.people('harbor-county').askAndWait(story(['juniper-bend']));
    expect(reasonsOf(outcome)).toEqual(['requester.agreement-287g: protection_not_attested']);
  });

  test('P05 P06: a beneficiary that is not enrolled meets nothing, and the word "investigation" decides nothing', async () => {
    const statement = { narrative: 'investigation', beneficiary: 'https://immigration-agency.example' };
    const outcome = await federation.people('salish-point').askAndWait(story(['juniper-bend'], statement));
    expect(reasonsOf(outcome)).toEqual(['beneficiary: beneficiary_not_enrolled']);
  });

  test('P05: signs in a narrative are shown to the supervisor and recorded at the owner, and change no answer', async () => {
    const narrative = 'assist \u0406\u0421\u0415 with a protest';
    const outcome = await federation.people('salish-point').askAndWait(story(['juniper-bend'], { narrative }));
    expect(outcome).toMatchObject({ owners: [{ state: 'replied', outcome: 'reads', read_count: 3 }] });
    expect(outcome['review']).toEqual([
      { kind: 'immigration', sign: 'ice' },
      { kind: 'protected-activity', sign: 'protest' },
      { kind: 'immigration', sign: 'disguised' },
    ]);
    const { node } = federation.agency('juniper-bend');
    const stored: { review_signs: JsonValue }[] = await node.dataSource.query(
      'select review_signs from incoming_request where txn = $1',
      [outcome['txn']],
    );
    expect(stored).toEqual([{ review_signs: outcome['review'] }]);
  });

  test('the own rule comes first: what it refuses goes nowhere, and is logged', async () => {
    const outcome = await federation
      .people('salish-point')
      .ask(story(['juniper-bend'], { purpose: 'immigration-enforcement' }));
    expect(outcome).toMatchObject({ state: 'refused_here', reasons: [{ code: 'purpose_not_allowed' }] });
    expect(await kinds('salish-point', outcome['txn'] as string)).toEqual(['asked', 'refused']);
    expect(await kinds('broker', outcome['txn'] as string)).toEqual([]);
  });

  test('a refusal on what only the owner may know comes sealed, with its reasons', async () => {
    const refused = await federation
      .people('salish-point')
      .askAndWait(story(['juniper-bend'], { case_number: 'XY-1234' }));
    expect(refused).toMatchObject({ owners: [{ state: 'replied', outcome: 'refused', reads: [] }] });
    expect(reasonsOf(refused)).toEqual(['case_number: case_number_malformed']);
    await expect.poll(() => kinds('juniper-bend', refused['txn'] as string)).toEqual(['release', 'sent']);
  });

  test('bad input gets an error that names it: a plate with a wildcard, an inverted window, an owner nobody enrolled', async () => {
    const people = federation.people('salish-point');
    const plate = statementFor(federation, ['juniper-bend'], { plate: 'AB%123' });
    await expect(people.ask(plate)).rejects.toMatchObject({ status: 422, code: 'plate_wildcard' });
    const inverted = statementFor(federation, ['juniper-bend'], { from: Date.now(), until: Date.now() - 1_000 });
    await expect(people.ask(inverted)).rejects.toMatchObject({ status: 422, code: 'window_inverted' });
    const unknown = { ...story(['juniper-bend']), owners: ['https://nobody.example'] };
    await expect(people.ask(unknown)).rejects.toMatchObject({ status: 422, code: 'owner_not_enrolled' });
    await expect(people.ask({ ...story(['juniper-bend']), extra: 1 })).rejects.toMatchObject({ status: 400 });
  });

  test('P18: the officer who asked cannot approve', async () => {
    const people = federation.people('salish-point');
    const { txn } = await people.ask(story(['juniper-bend']));
    await expect(people.call('officer', 'POST', `/asks/${txn as string}/approval`)).rejects.toMatchObject({
      status: 403,
      code: 'role_missing',
    });
  });
});

describe('what changes between decision and release', () => {
  test('P19: a rule that became narrower after the decision stops the release, and the refusal is logged beside it', async () => {
    const people = federation.people('juniper-bend');
    const { rule } = federation.laidOut.agencies.find(({ plan }) => plan.id === 'juniper-bend') ?? {};
    beforeRelease = () => publishRule(people, narrowed(rule ?? {}, 2, ['09A']));
    const outcome = await federation.people('salish-point').askAndWait(story(['juniper-bend']));
    expect(outcome).toMatchObject({ owners: [{ state: 'denied', reads: [] }] });
    expect(reasonsOf(outcome)).toEqual(['offence: offence_not_allowed']);
    expect(await kinds('juniper-bend', outcome['txn'] as string)).toEqual(['release', 'refused']);
    await publishRule(people, narrowed(rule ?? {}, 3, 'all'));
  });

  test('N05: one person alone publishes no rule', async () => {
    const people = federation.people('juniper-bend');
    const { rule } = federation.laidOut.agencies.find(({ plan }) => plan.id === 'juniper-bend') ?? {};
    const { digest } = await people.call('rules-one', 'POST', '/rules', { rule: narrowed(rule ?? {}, 4, 'all') });
    const path = `/rules/${digest as string}/publication`;
    await expect(people.call('rules-one', 'POST', path)).rejects.toMatchObject({
      status: 403,
      code: 'second_person_needed',
    });
    await people.call('rules-two', 'POST', path);
  });
});

/** The rule as version `version`, with other offences allowed. */
function narrowed(rule: JsonObject, version: number, allow: JsonValue): JsonObject {
  const copy = structuredClone(rule) as { release: { plate_history: { offences: JsonObject } } } & JsonObject;
  copy.release.plate_history.offences['allow'] = allow;
  return { ...copy, version };
}

/** The rule with other forms of case number for its own officers. */
function withCaseNumbers(rule: JsonObject, patterns: JsonValue): JsonObject {
  const copy = structuredClone(rule) as { ask: { plate_history: { case_number: JsonObject } } } & JsonObject;
  copy.ask.plate_history.case_number['patterns'] = patterns;
  return copy;
}
