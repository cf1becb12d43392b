import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpResponse, JsonObject } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { seededRandomness } from '../support/fakes.js';
import { eventually } from './doors.js';
import { ask, txnOf } from './held-exchange.js';
import { Hands } from './party-hands.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({
    start: [ASKER, OWNER],
    ports: hands.ports,
    log: (line) => {
      if (process.env['COMITY_TEST_LOG']) console.error(line);
    },
  });
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), { state: 'OR', lat: 44, lon: -121 }, 10, seededRandomness(OWNER));
  await federation.agency(OWNER).node.reads.insertMany(reads);
});
afterAll(async () => {
  await federation.close();
});

const statement = () => statementFor(federation, [OWNER], { plate: STORY_PLATE });

async function ownerOutcome(txn: string): Promise<JsonObject> {
  const outcome = await people.show(txn);
  return (outcome['owners'] as JsonObject[])[0] ?? {};
}

/** Until it is called, the asking node hears that no authority lists the owner any more. */
async function unlistOwner(): Promise<() => Promise<void>> {
  const { directory } = federation.agency(ASKER).node;
  const without = (answer: HttpResponse): HttpResponse => ({
    ...answer,
    body: JSON.stringify((JSON.parse(answer.body) as string[]).filter((id) => id !== federation.entityId(OWNER))),
  });
  const paths = ['/federation/list', '/jurisdictions/or/federation/list'];
  const letGo = paths.map((path) => hands.wire(ASKER).tap(path, async (_request, pass) => without(await pass())));
  await directory.refresh();
  // A round that was under way may have begun before.
  await directory.refresh();
  return async () => {
    letGo.forEach((untap) => untap());
    await directory.refresh();
    await directory.refresh();
  };
}

describe('a party that cannot be verified any more', () => {
  test('T01: an outcome of an owner that left the federation meanwhile is not waited for without end, and ends by name', async () => {
    const txn = await ask(people, statement());
    const answered = Promise.withResolvers<void>();
    const gone: { back?: () => Promise<void> } = {};
    const letGo = hands.wire(ASKER).tap('/requests', async (request, pass) => {
      const answer = await pass();
      if (txnOf(request) !== txn || answer.status !== 200) return answer;
      gone.back ??= await unlistOwner();
      answered.resolve();
      return answer;
    });
    await people.approve(txn);
    await answered.promise;
    const waiting = await eventually(
      () => federation.agency(ASKER).node.outgoing.find(txn, federation.entityId(OWNER)),
      (request) => (request?.attempts ?? 0) >= 2,
    );
    expect(waiting).toMatchObject({ state: undefined });
    // What was asked lives a minute, and the broker is given another one.
    hands.clock(ASKER).moveBy(121_000);
    const ended = await eventually(
      () => ownerOutcome(txn),
      ({ state }) => state !== 'asking',
    );
    expect(ended).toMatchObject({ state: 'failed', problem: 'owner_unverifiable', reads: [] });
    hands.clock(ASKER).restore();
    letGo();
    await gone.back?.();
    const { node } = federation.agency(ASKER);
    expect((await node.ledger.receipts({ txn })).map(({ kind }) => kind)).toEqual(['asked', 'approved', 'delivered']);
  });
});
