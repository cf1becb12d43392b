import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace, verifyTrace } from '#exchange';
import { newIdentifier, signToken, type JsonObject, type SigningKey } from '#protocol';
import { generateSigningKey, systemRandomness } from '#protocol/io';
import { signEntityConfiguration } from '#trust';
import { newTraceparent } from '#tracing/io';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { startFederation, type TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { seededRandomness } from '../support/fakes.js';
import { expectRefusal, post, type DoorAnswer } from './doors.js';

const [ASKER, OWNER] = ['salish-point', 'juniper-bend'];
let federation: TestFederation;
let people: AgencyPeople;
let txn: string;

beforeAll(async () => {
  federation = await startFederation({ start: [ASKER, OWNER] });
  people = federation.people(ASKER);
  const reads = demoReads(Date.now(), { state: 'OR', lat: 44, lon: -121 }, 10, seededRandomness(OWNER));
  await federation.agency(OWNER).node.reads.insertMany(reads);
  const outcome = await people.askAndWait(statementFor(federation, [OWNER], { plate: STORY_PLATE }));
  expect(outcome).toMatchObject({ owners: [{ state: 'replied' }] });
  txn = outcome['txn'] as string;
});
afterAll(async () => {
  await federation.close();
});

/** An oversight body with keys of its own, enrolled by the anchor within a scope. It answers no call. */
class Auditor {
  private constructor(
    readonly entityId: string,
    private readonly federationKey: SigningKey,
    private readonly signingKey: SigningKey,
  ) {}

  static async enrolled(name: string, scope: JsonObject): Promise<Auditor> {
    const auditor = new Auditor(`http://127.0.0.1:9/${name}`, await generateSigningKey(), await generateSigningKey());
    await federation.authority.enrol({
      entityId: auditor.entityId,
      superior: federation.laidOut.anchor,
      entityType: 'comity_auditor',
      stated: { name, scope },
      jwks: { keys: [auditor.federationKey.publicJwk] },
      constraints: {},
    });
    for (const { node } of [federation.broker, federation.agency(OWNER)]) {
      await node.directory.refresh();
      await node.directory.refresh();
    }
    return auditor;
  }

  async read(node: string): Promise<DoorAnswer> {
    const iat = Math.floor(Date.now() / 1000);
    const query = await signToken({
      kind: 'trace-query',
      key: this.signingKey,
      trustChain: await this.chain(),
      claims: {
        iss: this.entityId,
        aud: node,
        jti: newIdentifier(systemRandomness),
        iat,
        exp: iat + 60,
        txn,
        traceparent: newTraceparent(systemRandomness),
      },
    });
    return post(federation, `${node}/trace`, { query });
  }

  async chain(): Promise<string[]> {
    const { anchor } = federation.laidOut;
    const { desk, anchor: authority } = federation.authority.node;
    const own = await signEntityConfiguration({
      entityId: this.entityId,
      key: this.federationKey,
      metadata: { comity_auditor: { jwks: { keys: [this.signingKey.publicJwk] } } },
      authorityHints: [anchor],
      trustMarks: [],
      issuedAt: Date.now(),
      lifetimeSeconds: 600,
    });
    const statement = await desk.subordinateStatement(authority, this.entityId);
    return [own, statement ?? '', await desk.configuration(authority)];
  }
}

const doors = () => [federation.laidOut.broker, federation.entityId(OWNER)];

async function auditReads(): Promise<number[]> {
  return Promise.all(
    [federation.broker, federation.agency(OWNER)].map(async ({ node }) => {
      const rows = await node.dataSource.query<unknown[]>(
        `select 1 from receipt_index where receipt_id like 'audit_read/%'`,
      );
      return rows.length;
    }),
  );
}

describe('an auditor at the doors of broker and owner', () => {
  test('reads the receipts of a transaction within its scope, and every read is in the ledger before the answer', async () => {
    const auditor = await Auditor.enrolled('within', { agencies: [federation.entityId(OWNER)] });
    const before = await auditReads();
    for (const door of doors()) {
      const answer = await auditor.read(door);
      expect(answer.status).toBe(200);
      expect((answer.document['receipts'] as unknown[]).length).toBeGreaterThan(0);
    }
    expect(await auditReads()).toEqual(before.map((count) => count + 1));
  });

  test.each([
    ['of another agency', { agencies: ['https://elsewhere.example'] }],
    ['of another transaction', { txns: ['00000000-0000-4000-8000-000000000000'] }],
    ['that names nothing', {}],
  ])('with a scope %s finds nothing, as if there were nothing', async (name, scope) => {
    const auditor = await Auditor.enrolled(name.replaceAll(' ', '-'), scope);
    const before = await auditReads();
    for (const door of doors()) expectRefusal(await auditor.read(door), 404, 'not_found');
    expect(await auditReads()).toEqual(before);
  });

  test('T15: is refused from the moment it is suspended', async () => {
    const auditor = await Auditor.enrolled('suspended', { txns: [txn] });
    expect((await auditor.read(federation.laidOut.broker)).status).toBe(200);
    await federation.authority.suspend(auditor.entityId);
    for (const door of doors()) expectRefusal(await auditor.read(door), 403, 'status_suspended');
  });

  test('T16: asks for nothing but receipts: it is no agency, whatever it signs', async () => {
    const auditor = await Auditor.enrolled('asking', { txns: [txn] });
    const { directory } = federation.broker.node;
    await expect(directory.agencyView(await auditor.chain())).rejects.toMatchObject({
      code: 'entity_type_unexpected',
      entityId: auditor.entityId,
    });
    await expect(directory.readerChain(directory.statementsFor(federation.laidOut.broker))).rejects.toMatchObject({
      code: 'entity_type_unexpected',
    });
  });
});

test('what was exchanged before a suspension is still proven after it, over every ledger', async () => {
  await federation.authority.suspend(federation.entityId(OWNER));
  const trace = await people.call('officer', 'GET', `/trace/${txn}`);
  const ledgers = trace['ledgers'] as JsonObject[];
  expect(ledgers.map(({ missing }) => missing)).toEqual([undefined, undefined, undefined]);
  const file = JSON.parse(await readFile(federation.laidOut.anchorsFile, 'utf8')) as {
    entity_id: string;
    jwks: JsonObject;
  }[];
  const anchors = file.map(({ entity_id: entityId, jwks }) => ({ entityId, jwks }));
  const report = await verifyTrace(readTrace(trace), { anchors, now: Date.now() });
  expect(report.verdict).toBe('holds');
  await federation.authority.reinstate(federation.entityId(OWNER));
});
