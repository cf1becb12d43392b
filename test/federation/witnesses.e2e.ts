import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '#ledger';
import { readTrace, verifyTrace } from '#exchange';
import { parseStrictJson, parseStrictObject, type JsonObject } from '#protocol';
import type { OpenNode } from '#exchange/io';
import { ReconciliationJob } from '../../apps/agency/src/reconciliation/reconciliation.job.js';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { askAndApprove } from '../attacks/held-exchange.js';
import { Hands, nobodyThere } from '../attacks/party-hands.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { sighting } from './sightings.js';
import { statementFor } from './statements.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const hands = new Hands();
let federation: TestFederation;
let people: AgencyPeople;

beforeAll(async () => {
  federation = await startFederation({
    ports: hands.ports,
    start: [OWNER, REQUESTER],
    // Everybody else who could vouch for the broker's ledger: the requester, and the oversight witness.
    plan: (plan) => ({
      ...plan,
      agencies: plan.agencies.map((agency) =>
        agency.id === OWNER ? { ...agency, rule: withWitnesses(agency.rule, 2) } : agency,
      ),
    }),
    prepare: (laidOut) => {
      for (const { environment } of laidOut.agencies) Object.assign(environment, { COMITY_UNWITNESSED_SECONDS: '60' });
      return Promise.resolve();
    },
  });
  people = federation.people(REQUESTER);
  await federation.agency(OWNER).node.reads.insertMany([sighting('ORE123')]);
});

afterAll(async () => {
  await federation.close();
});

function withWitnesses(rule: JsonObject, count: number): JsonObject {
  const release = rule['release'] as Record<string, JsonObject>;
  const witnesses = { at_least: count, source: 'a test' };
  return { ...rule, release: { ...release, plate_history: { ...release['plate_history'], witnesses } } };
}

const statement = (within?: number) =>
  statementFor(federation, [OWNER], {
    plate: 'ORE123',
    statement: within === undefined ? {} : { respond_within_seconds: within },
  });
const owner = () => federation.agency(OWNER).node;
const kept = () => hands.wire('broker').answers.filter(({ path, status }) => path === '/grants' && status === 503);
/** The oversight witness is away for one party. */
const withoutOversight = (party: string) =>
  hands.wire(party).tap('/witness/add-checkpoint', (request, pass) => {
    if (request.url.startsWith(federation.laidOut.environments.authority['COMITY_BASE_URL'] ?? '-'))
      throw nobodyThere();
    return pass();
  });

/** The job as it runs, but for the two minutes and the pauses that it waits. */
const roundOf = (id: string) => {
  const { node } = federation.agency(id);
  const { reconciliation } = node;
  const now = Date.now() + 3_600_000;
  const impatient = Object.assign(Object.create(reconciliation) as typeof reconciliation, {
    due: () => reconciliation.due(now, now, 100),
  });
  return new ReconciliationJob({ ...node, reconciliation: impatient }, () => undefined).round();
};
/** What an agency’s people see. */
const shown = (path: string) => people.call('supervisor', 'GET', path);

describe('a rule that asks for two independent witnesses before a release', () => {
  test('is met by the requester and the oversight witness, whose words are on record before the answer is sent', async () => {
    const txn = await askAndApprove(people, statement());
    expect(await people.outcome(txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
    await expect
      .poll(async () => (await owner().ledger.receipts({ txn })).map(({ kind }) => kind))
      .toEqual(['release', 'witnessed', 'sent']);
    const [, witnessed] = await owner().ledger.receipts({ txn });
    const fields = witnessed?.opening.accountability ?? {};
    expect(fields['witnesses']?.value).toHaveLength(2);
    const notes = fields['notes']?.value;
    const keys = [...owner().directory.witnessKeys(), federation.agency(REQUESTER).node.witnessKey.vkey];
    for (const note of Array.isArray(notes) ? (notes as string[]) : []) {
      expect(openCheckpoint(note, federation.broker.node.ledger.vkey, keys).cosignatures).toHaveLength(1);
    }
    const trace = await people.call('officer', 'GET', `/trace/${txn}`);
    const pinned = parseStrictJson(await readFile(federation.laidOut.anchorsFile)) as JsonObject[];
    const anchors = pinned.map(({ entity_id: id, jwks }) => ({ entityId: id as string, jwks: jwks as JsonObject }));
    const report = await verifyTrace(readTrace(trace), { anchors, now: Date.now() });
    expect(report.checks.filter(({ state }) => state !== 'holds')).toEqual([]);
    // The broker holds nothing to judge it by.
    const [granted] = await federation.broker.node.ledger.receipts({ txn });
    expect(granted?.opening.accountability['undetermined']?.value).toContain('witnesses');
  });

  test('B13: holds the release while a witness is away, and releases when it is back', async () => {
    const back = withoutOversight(OWNER);
    const txn = await askAndApprove(people, statement());
    const before = kept().length;
    const held = () => kept().slice(before);
    await expect.poll(() => held().length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect((await owner().ledger.receipts({ txn })).map(({ kind }) => kind)).toEqual(['release']);
    expect(await people.show(txn)).toMatchObject({ owners: [{ state: 'asking', reads: [] }] });
    back();
    expect(await people.outcome(txn)).toMatchObject({ owners: [{ state: 'replied', read_count: 1 }] });
  });

  test('B13: refuses by name where the requester cannot wait for them', async () => {
    const back = withoutOversight(OWNER);
    const txn = await askAndApprove(people, statement(9));
    const outcome = await people.outcome(txn);
    back();
    expect(outcome).toMatchObject({
      owners: [{ state: 'denied', read_count: 0, reasons: [{ code: 'witnesses_insufficient', found: '`1`' }] }],
    });
    expect((await owner().ledger.receipts({ txn })).map(({ kind }) => kind)).toEqual(['release', 'refused']);
  });
});

describe('reconciliation, once the time of a transaction is over', () => {
  test('a release matches from both ends; an owner whose ledger is silent is named, kept, and settled when it answers', async () => {
    const txn = await askAndApprove(people, statement());
    await people.outcome(txn);
    await expect.poll(async () => (await owner().ledger.receipts({ txn })).at(-1)?.kind).toBe('sent');
    const back = hands.wire(REQUESTER).tap('/trace', (request, pass) => {
      if (request.url.startsWith(federation.entityId(OWNER))) throw nobodyThere();
      return pass();
    });
    await roundOf(REQUESTER);
    back();
    const findings = (await shown(`/reconciliation?txn=${txn}`))['findings'] as JsonObject[];
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'ledger_answers',
        state: 'missing',
        party: federation.entityId(OWNER),
        settled_at: null,
      }),
    );
    await roundOf(REQUESTER);
    expect(await shown(`/reconciliation?txn=${txn}`)).toMatchObject({ findings: [] });
    expect(await shown(`/reconciliation?txn=${txn}&all=true`)).toMatchObject({
      findings: findings.map(() => ({ settled_at: expect.stringMatching(/^20/) as string })),
    });
    await roundOf(OWNER);
    expect(await owner().reconciliation.findings({ all: false, txn, limit: 10 })).toEqual([]);
    expect((await owner().reconciliation.counts()).settled).toBeGreaterThan(0);
  });

  test('N02 F07: a release that its owner never states as sent is reported to both, with the owner that owes it', async () => {
    const { incoming } = owner();
    const noteSent = incoming.noteSent.bind(incoming);
    incoming.noteSent = () => Promise.reject(new Error('a crash right after the last byte'));
    const txn = await askAndApprove(people, statement());
    expect(await people.outcome(txn)).toMatchObject({ owners: [{ state: 'replied' }] });
    incoming.noteSent = noteSent;
    await Promise.all([roundOf(REQUESTER), roundOf(OWNER)]);
    const owed = { code: 'sent', state: 'missing', party: federation.entityId(OWNER) };
    for (const id of [REQUESTER, OWNER]) {
      const { reconciliation } = federation.agency(id).node;
      expect(await reconciliation.findings({ all: false, txn, limit: 10 })).toEqual([expect.objectContaining(owed)]);
    }
  });
});

describe('a ledger that nobody cosigns (B13)', () => {
  test('is named, on record, and after the grace stops the work of its node until witnesses are back', async () => {
    const { node } = federation.agency(REQUESTER);
    const back = withoutOversight(REQUESTER);
    await people.ask(statement());
    const clock = hands.clock(REQUESTER);
    clock.moveBy(33_000);
    await node.witnessWatch.look();
    expect(node.witnessWatch.state).toBe('unwitnessed');
    await expect(people.ask(statement())).resolves.toMatchObject({ state: 'awaiting_approval' });
    clock.moveBy(30_000);
    expect(node.witnessWatch.state).toBe('refusing');
    await expect(people.ask(statement())).rejects.toMatchObject({ status: 503, code: 'unwitnessed' });
    const health = await healthOf(REQUESTER);
    expect(health.status).toBe(503);
    expect(parseStrictObject(health.body)).toMatchObject({
      ready: false,
      checks: { witnessed: false },
      unwitnessed_since: expect.stringMatching(/^\d{4}-/) as string,
    });
    back();
    clock.restore();
    await (node as unknown as OpenNode).witnessJob.cosignHead();
    await node.witnessWatch.look();
    expect(node.witnessWatch.state).toBe('witnessed');
    const { ledger, dataSource } = node;
    const kinds = await dataSource.query<{ kind: string }[]>(
      `select kind from receipt_index where kind in ('unwitnessed', 'witnessed_again') union all
       select kind from log_pending where kind in ('unwitnessed', 'witnessed_again')`,
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['unwitnessed', 'witnessed_again']);
    expect(ledger.signs).toBe(true);
  });
});

function healthOf(id: string) {
  const url = `${federation.entityId(id)}/health`;
  return federation.network.request({ method: 'GET', url, timeoutMs: 10_000, maxBytes: 64 * 1024 });
}
