// Long because one federation bears the releases that are passed on, called back and held.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace, verifyTrace } from '#exchange';
import { newIdentifier, type JsonObject } from '#protocol';
import { systemRandomness } from '#protocol/io';
import { protectionMarkType, signRecall } from '#trust';
import type { Read } from '#reads';
import { RecallJob } from '../../apps/agency/src/recall.job.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import type { FederationPlan } from '../../apps/sandbox/src/plan.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { eventually, expectRefusal, post, receiptKinds } from '../attacks/doors.js';
import { seededRandomness } from '../support/fakes.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
const OREGON = { state: 'OR', lat: 44, lon: -121 };
let federation: TestFederation;
let people: AgencyPeople;
let txn: string;
let other: string;
/** Releases on which the receiver has a hold: one that the owner's rule allows, and one that it does not. */
let allowed: string;
let unallowed: string;

beforeAll(async () => {
  federation = await startFederation({
    start: [ASKER, OWNER, 'mesa-clara'],
    plan: allowingDefence,
    prepare: async ({ agencies }) => {
      const owner = agencies.find(({ plan }) => plan.id === 'mesa-clara');
      Object.assign(owner?.environment ?? {}, { COMITY_READS_PER_PAGE: '2' });
    },
  });
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), OREGON, 10, seededRandomness(OWNER));
  for (const id of [OWNER, 'mesa-clara']) await federation.agency(id).node.reads.insertMany(reads);
  [txn, other] = [await asked(OWNER), await asked('mesa-clara')];
  [allowed, unallowed] = [await asked(OWNER), await asked(OWNER)];
  await held(allowed, { basis: 'defence', statute: 'ut-41-6a-2005' });
  await held(unallowed, {
    basis: 'prosecution',
    statute: 'nc-20-183.32',
    sworn_digest: 'D'.repeat(43),
    sworn_by: 'a deputy',
  });
});
afterAll(async () => {
  await federation.close();
});

async function asked(owner: string): Promise<string> {
  const outcome = await people.askAndWait(statementFor(federation, [owner], { plate: STORY_PLATE }));
  expect(outcome).toMatchObject({ owners: [{ state: 'replied', outcome: 'reads' }] });
  const id = outcome['txn'] as string;
  await eventually(
    () => receiptKinds(federation.agency(owner), id),
    (kinds) => kinds.includes('sent'),
  );
  return id;
}

/** The owner's rule lets a receiver keep for a defence what it calls back, for a month. */
function allowingDefence(plan: FederationPlan): FederationPlan {
  const agencies = plan.agencies.map((agency) => {
    if (agency.id !== OWNER) return agency;
    const rule = structuredClone(agency.rule) as { release: { plate_history: { obligations: JsonObject } } };
    rule.release.plate_history.obligations['recall_holds'] = { bases: ['defence'], max_days: 30 };
    return { ...agency, rule };
  });
  return { ...plan, agencies };
}

/** The receiver places a hold on what a transaction brought, by two persons. */
async function held(id: string, under: JsonObject): Promise<void> {
  const { release } = await releaseOf(id, OWNER);
  const stated = {
    ...under,
    case_number: '26-01234',
    release_owner: federation.entityId(OWNER),
    release_digest: release,
  };
  const { hold } = await people.call('officer', 'POST', '/holds', stated);
  await people.call('supervisor', 'POST', `/holds/${hold as string}/confirmation/place`);
}

async function ownerOf(id: string): Promise<JsonObject> {
  return ((await people.show(id))['owners'] as JsonObject[])[0] ?? {};
}

/** The receipts of the transaction, once one of this kind is in the ledger. */
function until(id: string, kind: string): Promise<string[]> {
  return eventually(
    () => receiptKinds(federation.agency(id), txn),
    (kinds) => kinds.includes(kind),
  );
}

function round(owner = OWNER): Promise<void> {
  return new RecallJob(federation.agency(owner).node, () => undefined).round();
}

/** Washington repeals what Oregon's rule requires of it: the protection that a refusal would name. */
async function repeal(protection: string): Promise<void> {
  const { node } = federation.agency(ASKER);
  const { attestations } = await node.directory.agencyView(node.own.ownChain());
  const law = attestations.find((found) => found.protection === protection);
  if (law === undefined) throw new Error(`\`${protection}\` is not attested`);
  const { level, version, issuer, subject } = law;
  const type = protectionMarkType(federation.laidOut.anchor, { protection, level, version });
  await federation.authority.revokeMark(issuer, subject, type);
  for (const id of [OWNER, 'mesa-clara', ASKER]) {
    await federation.agency(id).node.directory.refresh();
    await federation.agency(id).node.directory.refresh();
  }
}

/** Another agency asks the owner for what ours received from it. */
async function passedOn(change: JsonObject = {}, statement: JsonObject = {}, plate = STORY_PLATE) {
  const cited = { ...(await releaseOf(other, 'mesa-clara')), recipient: federation.entityId(ASKER), ...change };
  const asks = statementFor(federation, ['mesa-clara'], { plate, statement: { provenance: cited, ...statement } });
  const outcome = await federation.people(OWNER).askAndWait(asks);
  const [owner] = outcome['owners'] as JsonObject[];
  const reasons = (owner?.['reasons'] ?? []) as JsonObject[];
  return { txn: outcome['txn'] as string, owner, codes: reasons.map(({ code }) => code) };
}

describe('P23: what one agency received and another asks the owner for', () => {
  test('is decided anew for the new recipient, and both ledgers record which release it came from', async () => {
    const { txn: id, owner } = await passedOn();
    expect(owner).toMatchObject({ state: 'replied', outcome: 'reads', read_count: 2 });
    const { reads } = ((await people.show(other))['owners'] as JsonObject[])[0] ?? {};
    expect(owner?.['reads']).toEqual(reads);
    const cited = { ...(await releaseOf(other, 'mesa-clara')), recipient: federation.entityId(ASKER) };
    for (const [party, kind] of [
      ['mesa-clara', 'release'],
      [OWNER, 'asked'],
    ] as const) {
      const receipts = await federation.agency(party).node.ledger.receipts({ txn: id });
      const receipt = receipts.find((each) => each.kind === kind);
      expect(receipt?.opening.content?.['provenance']?.value).toEqual(cited);
      expect(receipt?.opening.accountability).not.toHaveProperty('provenance');
    }
  });

  test('is at most what that release held, whatever else a search would find', async () => {
    const seen = { ...demoReads(Date.now(), OREGON, 1, seededRandomness('later'))[0], plate: STORY_PLATE } as Read;
    await federation.agency('mesa-clara').node.reads.insertMany([{ ...seen, seenAt: Date.now() - 60_000 }]);
    // Nor does it show in pages: the newest two of three would be one of these and the other one.
    const { owner } = await passedOn();
    expect(owner).toMatchObject({ outcome: 'reads', read_count: 2, truncated: false, more: false });
    const without = await federation
      .people(OWNER)
      .askAndWait(statementFor(federation, ['mesa-clara'], { plate: STORY_PLATE }));
    expect(without).toMatchObject({ owners: [{ outcome: 'reads', read_count: 2, more: true }] });
  });

  test('P17: another release, transaction or recipient is refused in one text, which tells nobody whose a release is', async () => {
    const changes = [
      { release: 'R'.repeat(43) },
      { txn: '0f0e0d0c-0b0a-4908-8706-050403020100' },
      { recipient: 'https://other.example' },
      await releaseOf(txn, OWNER),
    ];
    const answers = [];
    for (const change of changes) answers.push((await passedOn(change)).owner);
    for (const owner of answers) {
      expect(owner).toMatchObject({ state: 'replied', outcome: 'refused', reads: [] });
      expect(owner?.['reasons']).toEqual(answers[0]?.['reasons']);
    }
    expect(answers[0]?.['reasons']).toMatchObject([{ code: 'provenance_unknown', found: 'none such' }]);
  });

  test('is asked of one owner, and of what a third agency received', async () => {
    const asks = (change: object, owners: string[]) =>
      federation.people(OWNER).call(
        'officer',
        'POST',
        '/asks',
        statementFor(federation, owners, {
          statement: { provenance: { release: 'R'.repeat(43), txn, recipient: federation.entityId(ASKER), ...change } },
        }),
      );
    const two = asks({}, ['mesa-clara', ASKER]);
    await expect(two).rejects.toThrow('provenance_malformed');
    const own = asks({ recipient: federation.entityId(OWNER) }, ['mesa-clara']);
    await expect(own).rejects.toThrow('provenance_malformed');
  });
});

describe('a release whose law ended early', () => {
  test('T07: is not called back while everything that it rested on stands', async () => {
    await round();
    expect(await receiptKinds(federation.agency(OWNER), txn)).toEqual(['release', 'sent']);
  });

  test('is called back by its owner, deleted by its receiver, and both ledgers show it', async () => {
    expect((await ownerOf(txn))['reads']).toHaveLength(2);
    await repeal('retention');
    await round();
    expect(await ownerOf(txn)).toMatchObject({ recalled: true, reads: [], read_count: 2 });
    expect(await until(OWNER, 'recall_answered')).toEqual(['release', 'sent', 'recalled', 'recall_answered']);
    expect(await until(ASKER, 'deleted')).toEqual(['asked', 'approved', 'delivered', 'deleted']);
    const rows = await federation
      .agency(ASKER)
      .node.dataSource.query<unknown[]>('select 1 from received_read where txn = $1', [txn]);
    expect(rows).toEqual([]);
  });

  test('stays proven over every ledger, recall and deletion included', async () => {
    const trace = await people.call('officer', 'GET', `/trace/${txn}`);
    const file = await readFile(federation.laidOut.anchorsFile, 'utf8');
    const pinned = JSON.parse(file) as { entity_id: string; jwks: JsonObject }[];
    const anchors = pinned.map(({ entity_id: entityId, jwks }) => ({ entityId, jwks }));
    const report = await verifyTrace(readTrace(trace), { anchors, now: Date.now() });
    expect(report.checks.filter(({ state }) => state !== 'holds')).toEqual([]);
  });

  test('is called back once, and a copy of the recall gets the same receipt', async () => {
    const { node } = federation.agency(OWNER);
    const [sent] = await node.dataSource.query<{ token: string }[]>('select token from recall');
    const [first, second] = [
      await post(federation, `${federation.entityId(ASKER)}/recalls`, { recall: sent?.token ?? '' }),
      await post(federation, `${federation.entityId(ASKER)}/recalls`, { recall: sent?.token ?? '' }),
    ];
    expect(first.status).toBe(200);
    const indexes = [first, second].map(
      ({ document }) => ((document['evidence'] as JsonObject)['receipts'] as JsonObject[])[0]?.['index'],
    );
    expect(indexes[0]).toBe(indexes[1]);
    await round();
    expect((await receiptKinds(federation.agency(ASKER), txn)).filter((kind) => kind === 'deleted')).toHaveLength(1);
  });
});

const outcomes = async (id: string) => {
  const receipts = await federation.agency(OWNER).node.ledger.receipts({ txn: id });
  return receipts
    .filter(({ kind }) => kind === 'recall_answered')
    .map(({ opening }) => opening.accountability['outcome']?.value);
};

describe('a release that is called back and that a hold keeps', () => {
  test('is out of sight, and kept for the hold alone; the owner accepts a hold that its rule allows', async () => {
    expect(await ownerOf(allowed)).toMatchObject({ recalled: true, reads: [], read_count: 2 });
    expect(await receiptKinds(federation.agency(ASKER), allowed)).toEqual([
      'asked',
      'approved',
      'delivered',
      'recall_held',
    ]);
    await eventually(
      () => outcomes(allowed),
      (found) => found.length > 0,
    );
    expect(await outcomes(allowed)).toEqual(['held']);
    const { dataSource } = federation.agency(ASKER).node;
    expect(await dataSource.query('select 1 from received_read where txn = $1', [allowed])).toEqual([]);
    expect(await dataSource.query('select 1 from held_received_read where txn = $1', [allowed])).toHaveLength(2);
  });

  test('P03: under a hold that the rule does not name is insisted on, and that is on record', async () => {
    await eventually(
      () => outcomes(unallowed),
      (found) => found.length > 0,
    );
    expect(await outcomes(unallowed)).toEqual(['held_not_allowed']);
    const { dataSource } = federation.agency(OWNER).node;
    const waits = await dataSource.query<{ outcome: string | null }[]>('select outcome from recall order by outcome');
    expect(waits.map(({ outcome }) => outcome)).toEqual(['deleted', null, null]);
  });

  test('goes when its hold is over, and the recall that comes then is answered with the deletion', async () => {
    const { node } = federation.agency(ASKER);
    await node.dataSource.query(
      `update preservation_hold set expires_at = now() - interval '1 second' where basis = 'defence'`,
    );
    await node.holds.endExpired();
    expect(await node.dataSource.query('select 1 from held_received_read where txn = $1', [allowed])).toEqual([]);
    await federation.agency(OWNER).node.dataSource.query('update recall set next_attempt_at = now()');
    await round();
    await eventually(
      () => outcomes(allowed),
      (found) => found.length > 1,
    );
    expect(await outcomes(allowed)).toEqual(['held', 'deleted']);
    expect(await receiptKinds(federation.agency(ASKER), allowed)).toContain('deleted');
  });
});

const signed = async (owner: string, of: { txn: string; release: string }, receiver = ASKER) => {
  const { node } = federation.agency(owner);
  return signRecall({
    issuer: node.entityId,
    receiver: federation.entityId(receiver),
    jti: newIdentifier(systemRandomness),
    issuedAt: Date.now(),
    key: node.signingKey,
    ...of,
    reason: 'attestation_ended',
    because: 'A'.repeat(43),
    answerWithinSeconds: 3_600,
  });
};
const releaseOf = async (id: string, owner: string) => {
  const found = await federation.agency(ASKER).node.outgoing.find(id, federation.entityId(owner));
  return { txn: id, release: found?.release ?? '' };
};

describe('a recall', () => {
  test('T06: of another agency’s release deletes nothing', async () => {
    const foreign = await signed(OWNER, await releaseOf(other, 'mesa-clara'));
    const before = await federation.agency(ASKER).node.received.forTransaction(other);
    const answer = await post(federation, `${federation.entityId(ASKER)}/recalls`, { recall: foreign });
    expect(answer.status).toBe(200);
    expect(answer.document).not.toHaveProperty('evidence');
    expect(await federation.agency(ASKER).node.received.forTransaction(other)).toHaveLength(before.length);
  });

  test('J17: to somebody else, or that nobody enrolled signed, is not authentic', async () => {
    const misled = await signed(OWNER, await releaseOf(other, 'mesa-clara'), 'mesa-clara');
    expectRefusal(
      await post(federation, `${federation.entityId(ASKER)}/recalls`, { recall: misled }),
      401,
      'token_invalid',
    );
  });

  test('P23: of a release ends that it is passed on', async () => {
    await round('mesa-clara');
    await eventually(
      () => receiptKinds(federation.agency('mesa-clara'), other),
      (kinds) => kinds.includes('recalled'),
    );
    expect((await passedOn()).codes).toEqual(['provenance_unknown']);
  });
});
