import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ProtocolError,
  isJsonObject,
  parseStrictObject,
  readToken,
  signToken,
  type JsonObject,
  type JsonValue,
  type Network,
} from '#protocol';
import { systemClock } from '#protocol/io';
import { unzipEvidence, zipEvidence } from '../../apps/cli/src/evidence-zip.js';
import { collectedEvidence } from '../../apps/cli/src/collected-trace.js';
import { textIn } from '../../apps/cli/src/json-reading.js';
import { runCli } from '../../apps/cli/src/run-cli.js';
import { plainText } from '../../apps/cli/src/terminal.js';
import { expectRefusal, post, receiptKinds } from '../attacks/doors.js';
import { sighting } from './sightings.js';
import { startFederation, type TestFederation } from './start-federation.js';
import { statementFor } from './statements.js';

const OWNER = 'juniper-bend';
const REQUESTER = 'salish-point';
const PLATE = 'ORE123';
let federation: TestFederation;
let home: string;
let txn: string;
let anchors: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'comity-evidence-'));
  federation = await startFederation({ start: [OWNER, REQUESTER] });
  await federation.agency(OWNER).node.reads.insertMany([sighting(PLATE)]);
  const outcome = await federation.people(REQUESTER).askAndWait(statementFor(federation, [OWNER], { plate: PLATE }));
  txn = textIn(outcome, 'txn');
  anchors = join(home, 'anchors.json');
  await writeFile(anchors, await readFile(federation.laidOut.anchorsFile));
  const account = federation.laidOut.accounts.find(({ agency, role }) => agency === REQUESTER && role === 'supervisor');
  const { username = '', password = '', totpSecret = '' } = account ?? {};
  const secrets = ['--username', username, '--password', password, '--totp-secret', totpSecret];
  expect(await comity(federation.network, 'login', '--as', 'supervisor', '--script', ...secrets)).toMatchObject({
    exit: 0,
  });
});

afterAll(async () => {
  await federation.close();
  await rm(home, { recursive: true, force: true });
});

/** Nobody is there. */
const offline: Network = { request: () => Promise.reject(new ProtocolError('network_failed', 'no network')) };

async function comity(network: Network, ...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await runCli(argv, {
    terminal: {
      out: (line) => void out.push(plainText(line)),
      err: (line) => void err.push(plainText(line)),
      progress: () => undefined,
    },
    network,
    clock: systemClock,
    browser: { open: () => Promise.resolve(false) },
    environment: { COMITY_HOME: home, COMITY_AGENCY: federation.entityId(REQUESTER), COMITY_ANCHORS: anchors },
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

async function exported(
  name: string,
  ...more: string[]
): Promise<{ file: string; evidence: JsonObject; text: string }> {
  const file = join(home, name);
  const made = await comity(
    federation.network,
    'evidence',
    'export',
    txn,
    '--as',
    'supervisor',
    '--out',
    file,
    ...more,
  );
  expect(made).toMatchObject({ exit: 0, err: '' });
  const files = unzipEvidence(await readFile(file));
  const text = Buffer.from(files.get('evidence.json') ?? []).toString();
  return { file, text, evidence: parseStrictObject(text, { maxBytes: 10_000_000 }) };
}

/** What a bundle is made of, by names: checkpoints and statements may be newer from one call to the next. */
function contents({ trace, ask, requests, ...lists }: JsonObject) {
  const named = ['rules', 'jurisdictions', 'witnessed', 'histories'].map((list) => [list, new Set(names(lists[list]))]);
  const ledgers = names(isJsonObject(trace) ? trace['ledgers'] : undefined);
  return { ledgers, ask, requests, ...Object.fromEntries(named), members: new Set(Object.keys(lists)) };
}

function names(list: JsonValue | undefined) {
  const all = Array.isArray(list) ? list : [];
  return all.map((each) => (isJsonObject(each) ? (each['entity_id'] ?? each['owner']) : each));
}

const verified = (file: string) => comity(offline, 'evidence', 'verify', file, '--json');

describe('evidence of a transaction in one file', () => {
  test('is verified offline with nothing but the pinned anchors, and says what it proves and what it does not', async () => {
    const { file } = await exported('full.zip');
    const checked = await comity(offline, 'evidence', 'verify', file);
    expect(checked).toMatchObject({ exit: 0, err: '' });
    expect(checked.out).toContain('✓ One person asked, and another person approved exactly that.');
    expect(checked.out).toContain('✓ What was asked is the document in this bundle');
    expect(checked.out).toContain('✓ Each decision names the sharing rule in this bundle');
    expect(checked.out).toContain('✓ Each ledger’s history was cosigned by a witness other than its keeper');
    expect(checked.out).toContain('– That a camera read the plate rightly');
    expect(checked.out).toContain('verified: 7 receipts in 3 ledgers');
    const report = Buffer.from(unzipEvidence(await readFile(file)).get('report.html') ?? []).toString();
    for (const part of ['@media print', txn, PLATE, 'release_logged']) expect(report).toContain(part);
    expect(report).not.toContain('<script');
  });

  test('for defence counsel shows what was asked only to the person it was asked about', async () => {
    const mine = await exported('mine.zip', '--level', 'defence', '--plate', PLATE);
    expect(mine.evidence['ask']).toMatchObject({ document: { case_number: '26-01234' } });
    const other = await exported('other.zip', '--level', 'defence', '--plate', 'OTHER1');
    expect(other.evidence['ask']).toBeNull();
    expect(other.text).not.toContain(PLATE);
    for (const { file } of [mine, other]) {
      expect(JSON.parse((await verified(file)).out)).toMatchObject({ level: 'defence', verdict: 'verified' });
    }
  });

  test('for the public names no person, no purpose and no plate, and proves the same ledgers', async () => {
    const { file, text } = await exported('public.zip', '--level', 'public');
    for (const hidden of [PLATE, '26-01234', 'armed robbery']) expect(text).not.toContain(hidden);
    for (const name of ['officer', 'supervisor', 'purpose']) expect(text).not.toContain(`"${name}":{"salt"`);
    const { out } = await verified(file);
    expect(JSON.parse(out)).toMatchObject({ level: 'public', verdict: 'verified' });
    expect(JSON.parse(out).trace.hops).toHaveLength(7);
    // Held against itself it owes nothing that the level leaves out.
    expect(await comity(offline, 'reconcile', file)).toMatchObject({ exit: 0, err: '' });
  });

  test('tells at every level of a further message that was turned away, and is verified all the same', async () => {
    const { node } = federation.agency(REQUESTER);
    const [{ request = '' } = {}] = await node.outgoing.forTransaction(txn);
    const { claims, header } = readToken('request', request);
    const iat = Math.floor(Date.now() / 1_000);
    const trustChain = header.trustChain ?? [];
    const another = { ...claims, iat, exp: iat + 60, respond_by: iat + 60 };
    const token = await signToken({ kind: 'request', key: node.signingKey, claims: another, trustChain });
    const refused = await post(federation, `${federation.laidOut.broker}/requests`, { request: token, log_size: 0 });
    expectRefusal(refused, 409, 'conflict');
    await expect.poll(() => receiptKinds(federation.broker, txn)).toContain('refused');
    for (const level of ['full', 'defence', 'public']) {
      const { file } = await exported(`away-${level}.zip`, '--level', level, '--plate', PLATE);
      const { trace, verdict } = JSON.parse((await verified(file)).out);
      expect(verdict).toBe('verified');
      expect(trace.checks).toContainEqual(expect.objectContaining({ code: 'turned_away', state: 'holds' }));
    }
  });

  test('comes in parts, one ledger at a time, and is the same as the whole', async () => {
    const people = federation.people(REQUESTER);
    const client = { get: (path: string) => people.call('officer', 'GET', path) };
    const whole = await client.get(`/evidence/${txn}`);
    const asked: number[] = [];
    const parts = await collectedEvidence(txn, client, (ledgers) => void asked.push(ledgers), 1);
    expect(asked).toEqual([1, 2]);
    expect(contents(parts)).toEqual(contents(whole));
    for (const wrong of ['from=-1&count=1', 'from=0&count=0', 'from=0', 'count=1', 'from=x&count=1']) {
      await expect(client.get(`/evidence/${txn}?${wrong}`)).rejects.toThrow('bad_range');
    }
  });

  test('with another report for people than its evidence makes is not believed', async () => {
    const { file } = await exported('told.zip');
    const files = new Map(unzipEvidence(await readFile(file)));
    const report = Buffer.from(files.get('report.html') ?? []).toString();
    files.set('report.html', Buffer.from(report.replace('criminal-investigation', 'something-else')));
    const forged = join(home, 'forged.zip');
    await writeFile(forged, zipEvidence(files));
    const { exit, out } = await verified(forged);
    expect([exit, JSON.parse(out)]).toEqual([
      6,
      expect.objectContaining({ verdict: 'broken', altered: ['report.html'] }),
    ]);
  });

  test('is not believed under anchors that nobody pinned for it', async () => {
    const { file } = await exported('anchored.zip');
    const other = join(home, 'other.json');
    const { publicJwk } = federation.broker.node.signingKey;
    await writeFile(other, JSON.stringify([{ entity_id: federation.laidOut.anchor, jwks: { keys: [publicJwk] } }]));
    expect((await comity(offline, 'evidence', 'verify', file, '--anchors', other)).exit).toBe(6);
  });

  test('is made and verified after the owner has left the federation for good, by the chain that it had', async () => {
    const { directory } = federation.agency(REQUESTER).node;
    await federation.authority.withdraw(federation.entityId(OWNER));
    await directory.refresh();
    await directory.refresh();
    expect(() => directory.chainFor(federation.entityId(OWNER))).toThrow(
      expect.objectContaining({ code: 'entity_unknown' }) as Error,
    );
    const { file, evidence } = await exported('left.zip');
    expect(evidence).toMatchObject({
      trace: {
        ledgers: expect.arrayContaining([
          expect.objectContaining({
            entity_id: federation.entityId(OWNER),
            chain_at: expect.any(Number) as unknown,
            evidence: expect.anything() as unknown,
          }),
        ]) as unknown,
      },
    });
    const { exit, out } = await verified(file);
    expect([exit, JSON.parse(out)]).toEqual([0, expect.objectContaining({ verdict: 'verified' })]);
    const traced = await comity(federation.network, 'trace', txn, '--as', 'supervisor');
    expect(traced).toMatchObject({ exit: 0 });
    expect(traced.out).toMatch(
      /Juniper Bend Police: chain led on \d{4}-\d\d-\d\d to a pinned anchor, and is no member now/,
    );
  });
});
