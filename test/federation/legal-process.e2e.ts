import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace, verifyTrace } from '#exchange';
import { digestOfText, newIdentifier, signToken, type JsonObject } from '#protocol';
import { generateSigningKey, systemClock, systemRandomness } from '#protocol/io';
import { boundsClaims, type ProcessBounds } from '#trust';
import { publishRule, type AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { sendDuty } from '../../apps/agency/src/duties/send-report.js';
import { DutyJob } from '../../apps/agency/src/duties/duty.job.js';
import { seededRandomness } from '../support/fakes.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';
import { boundsFor, layOutCourt, type TestCourt } from './test-court.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
const HOUR = 3_600_000;
let federation: TestFederation;
let court: TestCourt;
let people: AgencyPeople;
/** Runs once between the owner's decision and its release. */
let beforeRelease: (() => Promise<void>) | undefined;
/** Of the owner's rule. */
let version = 1;

beforeAll(async () => {
  federation = await startFederation({
    start: [ASKER, OWNER],
    prepare: async (laidOut) => {
      court = await layOutCourt(laidOut, 'wa');
    },
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === OWNER
          ? { ...agency, rule: demanding(agency.rule, { signed_by: 'court' }) }
          : { ...agency, rule: allowingEmergencies(agency.rule) },
      ),
    }),
    ports: (party, ports) =>
      party === OWNER
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
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), { state: 'OR', lat: 44, lon: -121 }, 10, seededRandomness(OWNER));
  await federation.agency(OWNER).node.reads.insertMany(reads);
  for (const id of [ASKER, OWNER]) {
    const { directory } = federation.agency(id).node;
    for (let round = 0; round < 30 && directory.courts().length === 0; round += 1) await directory.refresh();
    expect(directory.courts().map(({ entityId }) => entityId)).toEqual([court.entityId]);
  }
});
afterAll(async () => {
  await federation.close();
  await court.close();
});

function demanding(rule: JsonObject, process: JsonObject, more: JsonObject = {}): JsonObject {
  const copy = structuredClone(rule) as { release: { plate_history: JsonObject } } & JsonObject;
  const source = 'a demonstration council policy, not a law';
  copy.release.plate_history['legal_process'] = { at_least: 'warrant', ...process, source };
  Object.assign(copy.release.plate_history, more);
  return copy;
}

const EMERGENCY: JsonObject = {
  exception: 'emergency',
  purposes: ['threat-to-life'],
  afterwards: { report_within_hours: 1 },
  source: 'a demonstration council policy, not a law',
};

/** The same, and its approval may follow. */
const AFTERWARDS: JsonObject = { ...EMERGENCY, afterwards: { approve_within_hours: 1, report_within_hours: 1 } };

/** Over the agency's own officers: what they may claim at all. */
function allowingEmergencies(rule: JsonObject): JsonObject {
  const copy = structuredClone(rule) as { ask: { plate_history: JsonObject } } & JsonObject;
  copy.ask.plate_history['exceptions'] = [AFTERWARDS];
  return copy;
}

/** Publishes another version of the owner's rule. */
async function rule(process: JsonObject, more: JsonObject = {}): Promise<void> {
  version += 1;
  const agency = federation.laidOut.agencies.find(({ plan: { id } }) => id === OWNER);
  await publishRule(federation.people(OWNER), { ...demanding(agency?.rule ?? {}, process, more), version });
}

const statement = (documents: readonly string[], change: JsonObject = {}) =>
  statementFor(federation, [OWNER], {
    plate: STORY_PLATE,
    statement: {
      legal_process: { class: 'warrant' },
      ...(documents.length === 0 ? {} : { legal_process_documents: [...documents] }),
      ...change,
    },
  });

const signed = async (bounds: Partial<ProcessBounds> = {}) =>
  (await court.sign(federation.entityId(ASKER), bounds)).token;

interface Outcome {
  readonly state: string;
  readonly codes: string[];
  readonly reads: number;
  readonly warnings: string[];
  readonly txn: string;
}

async function ended(asked: JsonObject): Promise<Outcome> {
  const [owner = {}] = asked['owners'] as JsonObject[];
  const reasons = (owner['reasons'] ?? []) as JsonObject[];
  return {
    state: owner['state'] as string,
    codes: reasons.map(({ requirement, code }) => `${requirement as string}: ${code as string}`),
    reads: (owner['reads'] as JsonObject[]).length,
    warnings: (owner['warnings'] ?? []) as string[],
    txn: asked['txn'] as string,
  };
}

const ask = async (documents: readonly string[], change: JsonObject = {}): Promise<Outcome> =>
  ended(await people.askAndWait(statement(documents, change)));

describe('an owner whose rule asks for a warrant that a court has signed itself', () => {
  test('refuses without one, and by words alone', async () => {
    const { state, codes } = await ask([], { legal_process: { class: 'warrant', reference: '26-SW-0417' } });
    expect(state).toBe('replied');
    expect(codes).toEqual(['warrant: fact_missing']);
  });

  test('releases what lies inside it, after the supervisor has seen what it allows', async () => {
    const asked = await people.ask(statement([await signed({ plates: [STORY_PLATE], offences: ['120'] })]));
    expect(asked['legal_process_documents']).toMatchObject([
      { signed_by: 'court', issuer: court.entityId, docket: '26-SW-0417', plates: [STORY_PLATE], uses: 'any' },
    ]);
    await people.approve(asked['txn'] as string);
    expect(await ended(await people.outcome(asked['txn'] as string))).toMatchObject({ codes: [], reads: 2 });
  });

  test.each<[string, Partial<ProcessBounds>, string]>([
    ['P08: another plate', { plates: ['OTHER1'] }, 'warrant.plates: outside_warrant'],
    ['P08: another time', { window: { from: 0, until: HOUR } }, 'warrant.window: outside_warrant'],
    ['P08: another offence', { offences: ['13A'] }, 'warrant.offence: outside_warrant'],
    ['P08: expired', { validUntil: Date.now() - 1_000 }, 'warrant.validity: warrant_not_in_force'],
    ['P08: not valid yet', { validFrom: Date.now() + HOUR / 2 }, 'warrant.validity: warrant_not_in_force'],
    ['P09: another case', { caseNumber: '26-09999' }, 'warrant.case: outside_warrant'],
  ])('%s refuses, sealed and by name', async (_title, bounds, code) => {
    expect((await ask([await signed(bounds)])).codes).toEqual([code]);
  });

  test('P08: the digest of another document refuses', async () => {
    const [mine, other] = [await signed(), await signed({ docket: '26-SW-0999' })];
    const asked = await people.ask(statement([mine]));
    const txn = asked['txn'] as string;
    // A node that lies encloses another document than the one that its own supervisor approved.
    const { asks } = federation.agency(ASKER).node;
    const find = asks.find.bind(asks);
    asks.find = async (id) => {
      const found = await find(id);
      return found?.approval === undefined || found.txn !== txn ? found : { ...found, documents: [other] };
    };
    await people.approve(txn);
    const { codes } = await ended(await people.outcome(txn));
    asks.find = find;
    expect(codes).toEqual(['legal_process.content: legal_process_missing', 'warrant.document: warrant_mismatch']);
  });

  test('P08: one that the agency signed itself, or that was issued to another agency, is not believed', async () => {
    const forged = await court.sign(federation.entityId(ASKER), {}, await generateSigningKey());
    const others = await court.sign(federation.entityId(OWNER));
    for (const { token } of [forged, others]) {
      // At home the rule asks for no warrant; words alone are enough there, and a document that is not believed is none.
      const { state, codes } = await ask([token], { legal_process: { class: 'warrant', reference: '26-SW-0417' } });
      expect([state, ...codes]).toEqual(['replied', 'warrant: fact_missing', 'protocol: legal_process_not_believed']);
    }
  });

  test('P08: revoked between decision and release refuses at release', async () => {
    const { token, index } = await court.sign(federation.entityId(ASKER));
    beforeRelease = async () => {
      await court.issued.revoke(index, { at: new Date().toISOString(), reason: 'quashed' });
      await federation.agency(OWNER).node.directory.statuses.refresh(court.entityId);
    };
    const { state, codes, reads, txn } = await ask([token]);
    expect([state, codes, reads]).toEqual(['denied', ['protocol: no_longer_permitted'], 0]);
    expect((await ask([token])).codes).toEqual(['warrant.revocation: warrant_revoked']);
    const { ledger } = federation.agency(OWNER).node;
    expect((await ledger.receipts({ txn })).map(({ kind }) => kind)).toContain('refused');
  });

  test('P09: one use is one ask, however many are approved at once', async () => {
    const token = await signed({ uses: 1 });
    const asked = await Promise.all([people.ask(statement([token])), people.ask(statement([token]))]);
    const approved = await Promise.allSettled(asked.map(({ txn }) => people.approve(txn as string)));
    expect(approved.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const third = await people.ask(statement([token]));
    await expect(people.approve(third['txn'] as string)).rejects.toMatchObject({ code: 'warrant_used_up' });
  });
});

const attest = (bounds: Partial<ProcessBounds>) =>
  people.call('supervisor', 'POST', '/warrant-attestations', {
    paper: 'A'.repeat(43),
    court: 'a court that signs nothing',
    bounds: boundsClaims({ ...boundsFor('26-01234'), ...bounds }),
    lifetime_seconds: 3_600,
  });

describe('an owner whose rule takes the word of the agency, and answers what the warrant covers', () => {
  test('P08: cuts the query to the warrant, and says in answer and receipt what was cut', async () => {
    await rule({ outside_warrant: 'narrow' });
    const token = await signed({ plates: [STORY_PLATE] });
    const plates = [{ text: STORY_PLATE }, { text: 'OTHER1' }];
    const { query } = statement([]) as { query: JsonObject };
    const { reads, codes, warnings, txn } = await ask([token], { query: { ...query, plates } });
    expect([reads, codes]).toEqual([2, []]);
    expect(warnings).toContain('not searched, because the warrant does not cover it: 1 of 2 plates');
    const { opening } = await releaseOf(txn);
    expect(opening.content['cut']?.value).toEqual(['plates: 1 of 2 plates']);
  });

  test('believes an attestation for its day, bound by the same bounds', async () => {
    const { token } = await attest({});
    expect(await ask([token as string])).toMatchObject({ codes: [], reads: 2 });
    const narrow = await attest({ caseNumber: '26-09999' });
    expect((await ask([narrow['token'] as string])).codes).toEqual(['warrant.case: outside_warrant']);
    await rule({ signed_by: 'court' });
    expect((await ask([token as string])).codes).toEqual(['warrant.signature: legal_process_not_signed_by_court']);
  });

  test('P15: refuses on sealed facts what is over its budget, whatever the case', async () => {
    await rule({}, { budgets: [{ per: 'plate', counted: 'requests', hours: 24, at_most: 1 }] });
    const token = await signed({ caseNumber: '26-07777' });
    const { state, codes } = await ask([token], { case_number: '26-07777' });
    expect(state).toBe('replied');
    expect(codes).toEqual(['budget.plate.requests.24h.1: budget_exceeded']);
  });
});

const claim = { exception: 'emergency', purpose: 'threat-to-life', legal_process: { class: 'documented-purpose' } };

describe('an exception', () => {
  test('P21: is paid for with a report; late, there is no other one and the ledger says so, until the report is there', async () => {
    await rule({ at_least: 'documented-purpose' }, { exceptions: [EMERGENCY] });
    // A wider rule holds for what was signed after it, and messages are dated in whole seconds.
    await systemClock.sleep(1_100);
    const asked = await people.askAndWait(statement([], claim));
    const { codes, txn } = await ended(asked);
    expect(codes).toEqual([]);
    const [answered = {}] = asked['owners'] as JsonObject[];
    expect(answered['obligations']).toMatchObject({ duties: [{ duty: 'report', exception: 'emergency' }] });
    const { dataSource, ledger } = federation.agency(OWNER).node;
    await dataSource.query(`update duty_owed_here set due_by = now() - interval '1 minute' where txn = $1`, [txn]);
    await new DutyJob(federation.agency(OWNER).node, () => undefined).round();
    const kinds = async () => (await ledger.receipts({ txn })).map(({ kind }) => kind);
    await expect.poll(kinds).toContain('duty_overdue');
    expect((await ask([], claim)).codes).toEqual(['exception.duties: duty_overdue']);
    const report = { owner: federation.entityId(OWNER), report: 'an invented child was found; two reads used' };
    await expect(people.call('officer', 'POST', `/duties/${txn}/report`, report)).rejects.toMatchObject({
      status: 403,
    });
    const reported = await people.call('supervisor', 'POST', `/duties/${txn}/report`, report);
    expect(reported).toMatchObject({ state: 'fulfilled', duty: 'report' });
    expect(await kinds()).toContain('duty_fulfilled');
    expect(await federation.people(OWNER).call('supervisor', 'GET', '/duties')).toMatchObject({
      owed_to_us: [{ txn, state: 'fulfilled late' }],
    });
    expect((await ask([], claim)).codes).toEqual([]);
  });

  test('P21: is no way round for what was not released, and nobody reports for another', async () => {
    const { dataSource } = federation.agency(OWNER).node;
    const open = 'select txn from duty_owed_here where fulfilled_at is null';
    const before = await dataSource.query<unknown[]>(open);
    expect((await ask([], { ...claim, purpose: 'criminal-investigation' })).state).toBe('not_asked');
    expect(await dataSource.query<unknown[]>(open)).toEqual(before);
    const [owed] = before as { txn: string }[];
    const other = { owner: federation.entityId(ASKER), report: 'a report of an agency that owes nothing' };
    const byOther = federation.people(OWNER).call('supervisor', 'POST', `/duties/${owed?.txn ?? ''}/report`, other);
    await expect(byOther).rejects.toMatchObject({ status: 404 });
  });
});

async function releaseOf(txn: string) {
  const { node } = federation.agency(OWNER);
  const [release] = await node.ledger.receipts({ txn });
  return node.ledger.proofOf(release?.receiptId ?? '');
}

const atOnce = (change: JsonObject = {}) =>
  people.call('officer', 'POST', '/asks', statement([], { ...claim, approve_afterwards: true, ...change }));
const endOf = async (shown: Promise<JsonObject>) => people.outcome((await shown)['txn'] as string);
const owner = () => federation.agency(OWNER).node;
const kindsAt = async (id: string, txn: string) =>
  (await federation.agency(id).node.ledger.receipts({ txn })).map(({ kind }) => kind);
const approved = (txn: string, person: 'officer' | 'supervisor' = 'supervisor') =>
  people.call(person, 'POST', `/asks/${txn}/approval`);

describe('an emergency that is approved after it was asked', () => {
  test('P21: needs the approval first wherever the owner’s rule does not let it follow, and so does what is no emergency', async () => {
    const outcome = await endOf(atOnce());
    expect(outcome).toMatchObject({ owners: [{ state: 'broker_denied', reasons: [{ code: 'approval_missing' }] }] });
    await expect(atOnce({ exception: 'none', purpose: 'criminal-investigation' })).rejects.toMatchObject({
      status: 422,
      code: 'approval_first',
    });
    // It claimed an emergency all the same: a supervisor looks at it.
    await approved(outcome['txn'] as string);
  });

  test('P21: goes at once where the rule lets it, one for each officer, and a second person stands for it after', async () => {
    await rule({ at_least: 'documented-purpose' }, { exceptions: [AFTERWARDS] });
    await systemClock.sleep(1_100);
    const outcome = await endOf(atOnce());
    const txn = outcome['txn'] as string;
    expect(outcome).toMatchObject({
      approval: 'owed',
      owners: [{ state: 'replied', outcome: 'reads', read_count: 2 }],
    });
    expect(await kindsAt(ASKER, txn)).not.toContain('approved');
    await expect(atOnce()).rejects.toMatchObject({ status: 409, code: 'approval_still_owed' });
    const file = { txn, owner: federation.entityId(OWNER), case_number: '26-01234' };
    await expect(people.call('officer', 'POST', '/exports', file)).rejects.toMatchObject({ code: 'export_refused' });
    await expect(approved(txn, 'officer')).rejects.toMatchObject({ status: 403 });
    expect(await approved(txn)).toMatchObject({ approval: 'approved' });
    await expect(approved(txn)).rejects.toMatchObject({ status: 409 });
    expect(await kindsAt(OWNER, txn)).toContain('duty_fulfilled');
    const trace = readTrace(await people.call('officer', 'GET', `/trace/${txn}`));
    const pinned = JSON.parse(await readFile(federation.laidOut.anchorsFile, 'utf8')) as JsonObject[];
    const anchors = pinned.map(({ entity_id: id, jwks }) => ({ entityId: id as string, jwks: jwks as JsonObject }));
    const { checks } = await verifyTrace(trace, { anchors, now: Date.now() });
    expect(checks.filter(({ state }) => state !== 'holds')).toEqual([]);
  });

  test('P18: takes no approval of another ask, by the officer, or that was signed by nobody; it stays owed', async () => {
    const { node } = federation.agency(ASKER);
    const txn = (await endOf(atOnce()))['txn'] as string;
    const owed = (await node.duties.owedByUs(txn)).find(({ duty }) => duty === 'approve');
    const [ask, others] = [await node.asks.find(txn), await node.asks.list(100)];
    const other = others.find(({ approval, txn: id }) => approval !== undefined && id !== txn)?.approval;
    if (owed === undefined || ask === undefined || other === undefined) throw new Error('an approval is owed');
    const signed = (idToken: string, change: JsonObject = {}, key = node.signingKey) =>
      signToken({
        kind: 'approval',
        key,
        claims: {
          iss: node.entityId,
          jti: newIdentifier(systemRandomness),
          iat: Math.floor(Date.now() / 1000),
          exp: Math.floor(Date.now() / 1000) + 600,
          ask_digest: ask.askDigest,
          officer_id_token: digestOfText(ask.officer.idToken),
          supervisor_id_token: digestOfText(idToken),
          ...change,
        },
      });
    const tries = [
      { token: other.token, supervisor_id_token: other.idToken },
      { token: await signed(ask.officer.idToken), supervisor_id_token: ask.officer.idToken },
      {
        token: await signed(other.idToken, { officer_id_token: digestOfText('x') }),
        supervisor_id_token: other.idToken,
      },
      { token: await signed(other.idToken, {}, await generateSigningKey()), supervisor_id_token: other.idToken },
    ];
    for (const approval of tries) {
      await expect(sendDuty(owed, { report: 'approved', approval }, node)).rejects.toMatchObject({
        code: 'approval_invalid',
      });
    }
    // A node that forgets what it owes is still held to it by the owner.
    await node.dataSource.query(
      `update ask set approval = 'x', supervisor_id_token = 'x', approved_at = now() where txn = $1`,
      [txn],
    );
    expect(await endOf(atOnce())).toMatchObject({ owners: [{ reasons: [{ code: 'approval_still_owed' }] }] });
    const token = { token: await signed(other.idToken), supervisor_id_token: other.idToken };
    await sendDuty(owed, { report: 'approved', approval: token }, node);
    expect(await kindsAt(OWNER, txn)).toContain('duty_fulfilled');
  });

  test('P21: that nobody approves in time is on record, and ends every further exception until somebody has', async () => {
    const { node } = federation.agency(ASKER);
    await node.dataSource.query(
      `update ask set approval = 'x', supervisor_id_token = 'x', approved_at = now() where approve_afterwards and approval is null`,
    );
    const txn = (await endOf(atOnce()))['txn'] as string;
    await owner().dataSource.query(
      `update duty_owed_here set due_by = now() - interval '1 minute' where txn = $1 and duty = 'approve'`,
      [txn],
    );
    await new DutyJob(owner(), () => undefined).round();
    await expect.poll(() => kindsAt(OWNER, txn)).toContain('duty_overdue');
    expect((await ask([], claim)).codes).toEqual(['exception.duties: duty_overdue']);
    await approved(txn);
    expect((await ask([], claim)).codes).toEqual([]);
  });

  test('P21: that a supervisor disapproves of leaves nothing here, and no exception to the agency', async () => {
    const txn = (await endOf(atOnce()))['txn'] as string;
    const disapproval = { reason: 'nobody was in danger' };
    const by = (person: 'officer' | 'supervisor') =>
      people.call(person, 'POST', `/asks/${txn}/disapproval`, disapproval);
    await expect(by('officer')).rejects.toMatchObject({ status: 403 });
    expect(await by('supervisor')).toMatchObject({ approval: 'disapproved', owners: [{ reads: [] }] });
    await expect(by('supervisor')).rejects.toMatchObject({ status: 409 });
    await expect(approved(txn)).rejects.toMatchObject({ status: 409 });
    expect(await kindsAt(OWNER, txn)).toContain('duty_disapproved');
    expect(await kindsAt(ASKER, txn)).toContain('disapproved');
    const { dataSource } = federation.agency(ASKER).node;
    expect(await dataSource.query('select 1 from received_read where txn = $1', [txn])).toEqual([]);
    expect((await atOnce())['state']).toBe('refused_here');
    expect(await owner().duties.overdueOf(federation.entityId(ASKER), Date.now())).toBe(1);
    for (const [node, table] of [
      [owner(), 'duty_owed_here'],
      [federation.agency(ASKER).node, 'ask'],
    ] as const) {
      await node.dataSource.query(
        `update ${table} set disapproved_at = now() - interval '31 days' where disapproved_at is not null`,
      );
    }
  });

  test('P21: that a supervisor disapproves of while it is on its way arrives, and is not kept', async () => {
    const { dataSource } = federation.agency(ASKER).node;
    beforeRelease = async () => {
      const [row] = await dataSource.query<{ txn: string }[]>('select txn from ask order by created_at desc limit 1');
      await people.call('supervisor', 'POST', `/asks/${row?.txn ?? ''}/disapproval`, { reason: 'no emergency' });
    };
    const outcome = await endOf(atOnce());
    expect(outcome).toMatchObject({ approval: 'disapproved', owners: [{ state: 'replied', reads: [] }] });
    const txn = outcome['txn'] as string;
    expect(await dataSource.query('select 1 from received_read where txn = $1', [txn])).toEqual([]);
    await new DutyJob(federation.agency(ASKER).node, () => undefined).round();
    expect(await kindsAt(OWNER, txn)).toContain('duty_disapproved');
  });
});
