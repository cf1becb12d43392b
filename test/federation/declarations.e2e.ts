import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifiedDeclarations } from '#exchange';
import type { JsonObject } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { seededRandomness } from '../support/fakes.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
const DECLARATION = 'access-under-penalty-of-perjury';
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({
    start: [ASKER, OWNER],
    // The owner's law asks for a sworn declaration, as New Mexico's does.
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === OWNER ? { ...agency, rule: demanding(agency.rule) } : agency,
      ),
    }),
  });
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), { state: 'OR', lat: 44, lon: -121 }, 10, seededRandomness(OWNER));
  await federation.agency(OWNER).node.reads.insertMany(reads);
});
afterAll(async () => {
  await federation.close();
});

function demanding(rule: JsonObject): JsonObject {
  const copy = structuredClone(rule) as { release: { plate_history: JsonObject } } & JsonObject;
  const source = 'a demonstration council policy, not a law';
  copy.release.plate_history['declarations'] = [{ declaration: DECLARATION, sworn: true, max_age_hours: 24, source }];
  return copy;
}

async function codes(): Promise<string[]> {
  const outcome = await people.askAndWait(statementFor(federation, [OWNER], { plate: STORY_PLATE }));
  const [owner = {}] = outcome['owners'] as JsonObject[];
  expect(owner['state']).toBe('replied');
  return (owner['reasons'] as JsonObject[]).map(({ code }) => code as string);
}

const declared = (swornUnder?: string) =>
  people.call('supervisor', 'POST', '/declarations', {
    declaration: DECLARATION,
    wording:
      'The reads are asked for the purpose that is stated, and for no other. This is true under penalty of perjury.',
    officer_name: 'Robin Example',
    officer_title: 'Chief of Police',
    ...(swornUnder === undefined ? {} : { sworn_under: swornUnder }),
    lifetime_seconds: 3_600,
  });

describe('a rule that asks for a sworn declaration of the requesting agency', () => {
  test('refuses without one, sealed and by name', async () => {
    expect(await codes()).toEqual(['declaration_missing']);
  });

  test('refuses one that is written and not sworn, and releases once a named officer has sworn it', async () => {
    await declared();
    expect(await codes()).toEqual(['declaration_insufficient']);
    const sworn = await declared('RCW 5.50.050');
    expect(sworn).toMatchObject({ declaration: DECLARATION, officer: { name: 'Robin Example' } });
    expect(await codes()).toEqual([]);
    await people.call('supervisor', 'POST', `/declarations/${sworn['jti'] as string}/withdrawal`);
    expect(await codes()).toEqual(['declaration_insufficient']);
  });

  test('is not met by what an officer without the office declares', async () => {
    const body = {
      declaration: DECLARATION,
      wording: 'x',
      officer_name: 'y',
      officer_title: 'z',
      lifetime_seconds: 60,
    };
    await expect(people.call('officer', 'POST', '/declarations', body)).rejects.toMatchObject({ status: 403 });
    const long = { ...body, lifetime_seconds: 86_401 };
    await expect(people.call('supervisor', 'POST', '/declarations', long)).rejects.toMatchObject({ status: 400 });
  });

  test('T06: is not met by the declaration of another agency, by an altered one, nor after its time', async () => {
    await declared('RCW 5.50.050');
    const { node } = federation.agency(ASKER);
    const tokens = await node.declarations.good();
    const { federationKeys: keys } = node.directory.chainFor(node.entityId);
    const { federationKeys: others } = node.directory.chainFor(federation.entityId(OWNER));
    const read = (input: Partial<Parameters<typeof verifiedDeclarations>[0]>) =>
      verifiedDeclarations({ tokens, issuer: node.entityId, keys, now: Date.now(), ...input });
    expect((await read({})).length).toBeGreaterThan(0);
    expect(await read({ issuer: federation.entityId(OWNER) })).toEqual([]);
    expect(await read({ keys: others })).toEqual([]);
    expect(await read({ tokens: tokens.map((token) => `${token.slice(0, -4)}AAAA`) })).toEqual([]);
    expect(await read({ now: Date.now() + 3_700_000 })).toEqual([]);
  });
});
