import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#protocol/io';
import { runCli } from '../../apps/cli/src/run-cli.js';
import { plainText } from '../../apps/cli/src/terminal.js';
import { demoReads, STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import { seededRandomness } from '../support/fakes.js';
import { startFederation, type TestFederation } from './start-federation.js';

let federation: TestFederation;
let home: string;

beforeAll(async () => {
  federation = await startFederation({ start: ['juniper-bend', 'salish-point', 'peachtree-flats'] });
  const place = { state: 'OR', lat: 44, lon: -121 };
  const reads = demoReads(Date.now(), place, 20, seededRandomness('cli'));
  await federation.agency('juniper-bend').node.reads.insertMany(reads);
  home = await mkdtemp(join(tmpdir(), 'comity-cli-e2e-'));
});

afterAll(async () => {
  await federation.close();
  await rm(home, { recursive: true, force: true });
});

/** Runs `comity` as a person would at `agency`, with a terminal that remembers. */
async function comity(agency: string, ...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await runCli(argv, {
    terminal: {
      out: (line) => void out.push(plainText(line)),
      err: (line) => void err.push(plainText(line)),
      progress: () => undefined,
    },
    network: federation.network,
    clock: systemClock,
    browser: { open: () => Promise.resolve(false) },
    environment: {
      COMITY_HOME: home,
      COMITY_AGENCY: federation.entityId(agency),
      COMITY_ANCHORS: federation.laidOut.anchorsFile,
    },
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

async function signIn(agency: string, role: 'officer' | 'supervisor' | 'rule_admin'): Promise<void> {
  const account = federation.laidOut.accounts.find((each) => each.agency === agency && each.role === role);
  const { username = '', password = '', totpSecret = '' } = account ?? {};
  const secrets = ['--username', username, '--password', password, '--totp-secret', totpSecret];
  const signedIn = await comity(agency, 'login', '--as', role, '--script', ...secrets);
  expect(signedIn).toMatchObject({ exit: 0, err: '' });
}

/** The officer asks by command; returns the transaction. */
async function ask(agency: string, beneficiary = 'none'): Promise<string> {
  const until = Date.now();
  const window = ['--from', new Date(until - 3 * 86_400_000).toISOString(), '--until', new Date(until).toISOString()];
  const who = ['--owner', federation.entityId('juniper-bend'), '--beneficiary', beneficiary];
  const why = [
    '--case',
    '26-01234',
    '--offence',
    '120',
    '--purpose',
    'criminal-investigation',
    '--narrative',
    'robbery',
  ];
  const asked = await comity(
    agency,
    'ask',
    '--as',
    'officer',
    '--plate',
    STORY_PLATE,
    ...window,
    ...who,
    ...why,
    '--legal-process',
    'documented-purpose',
    '--json',
  );
  expect(asked).toMatchObject({ exit: 0, err: '' });
  return (JSON.parse(asked.out) as { txn: string }).txn;
}

test('ask, approve, show and trace by command: permitted, and the whole way is proven from three ledgers', async () => {
  await signIn('salish-point', 'officer');
  await signIn('salish-point', 'supervisor');
  const txn = await ask('salish-point');
  const approved = await comity('salish-point', 'approve', txn, '--as', 'supervisor', '--wait');
  expect(approved).toMatchObject({ exit: 0 });
  expect(approved.out).toContain('permitted: 3 reads');
  await expect.poll(async () => (await comity('salish-point', 'trace', txn, '--as', 'officer')).exit).toBe(0);
  const traced = await comity('salish-point', 'trace', txn, '--as', 'officer');
  expect(traced.out).toMatch(/asked[^]*approved[^]*granted[^]*release[^]*release_logged[^]*sent[^]*delivered/);
  expect(traced.out).toContain('verdict  the whole way is proven: 7 receipts in 3 ledgers');
});

test('a refused request exits 3 with every reason, and its trace is proven too', async () => {
  await signIn('peachtree-flats', 'officer');
  await signIn('peachtree-flats', 'supervisor');
  const txn = await ask('peachtree-flats');
  const approved = await comity('peachtree-flats', 'approve', txn, '--as', 'supervisor', '--wait');
  expect(approved.exit).toBe(3);
  for (const protection of ['legal-process-plate-history', 'retention', 'immigration-use', 'agreement-287g']) {
    expect(approved.out).toContain(`requester.${protection}`);
  }
  const traced = await comity('peachtree-flats', 'trace', txn, '--as', 'officer');
  expect(traced).toMatchObject({ exit: 0 });
  expect(traced.out).toContain('protection_not_attested');
});

test('the ledgers of the broker and of an agency verify from outside, and a log that is another one does not', async () => {
  const broker = federation.laidOut.broker;
  const anchors = ['--anchors', federation.laidOut.anchorsFile];
  const verified = await comity('salish-point', 'ledger', 'verify', broker, '--entity', broker, ...anchors);
  expect(verified).toMatchObject({ exit: 0 });
  expect(verified.out).toContain('everything verifies');
  const owner = federation.entityId('juniper-bend');
  const mixed = await comity('salish-point', 'ledger', 'verify', owner, '--entity', broker, ...anchors);
  expect(mixed.exit).toBe(6);
});

test('sidedoors says of a living federation what nobody attests of those whom a published rule permits', async () => {
  const owner = federation.entityId('juniper-bend');
  const found = await comity('juniper-bend', 'sidedoors', '--owner', owner, '--to', 'immigration');
  expect(found).toMatchObject({ exit: 3 });
  expect(found.out).toContain(`nobody attests \`task-force\` of ${federation.entityId('salish-point')}`);
  expect(found.out).not.toContain(federation.entityId('peachtree-flats'));
  expect(found.out).toContain('require `task-force` at `local-only` or stricter of every recipient');
  const nobody = await comity('juniper-bend', 'sidedoors', '--owner', owner, '--to', 'stale-account');
  expect(nobody).toMatchObject({ exit: 0 });
});

test('a trace is not believed under anchors that nobody pinned for it', async () => {
  const txn = await ask('salish-point');
  const anchors = join(home, 'other-anchors.json');
  const { publicJwk } = federation.broker.node.signingKey;
  await writeFile(anchors, JSON.stringify([{ entity_id: federation.laidOut.anchor, jwks: { keys: [publicJwk] } }]));
  const traced = await comity('salish-point', 'trace', txn, '--as', 'officer', '--anchors', anchors);
  expect(traced.exit).toBe(6);
});

interface Simulated {
  was: string;
  would_be: string;
  reasons: { code: string }[];
}

function simulated(document: string): Simulated[] {
  return (JSON.parse(document) as { requests: Simulated[] }).requests;
}

test('a rule administrator tries a narrower rule on the requests that the node has decided, by command', async () => {
  await signIn('juniper-bend', 'rule_admin');
  const shown = await comity('juniper-bend', 'rule', 'show', '--json');
  const { rule } = JSON.parse(shown.out) as { rule: { release: { plate_history: { scope: object } } } };
  const simulate = async (name: string) => {
    const file = join(home, name);
    await writeFile(file, JSON.stringify(rule));
    return comity('juniper-bend', 'rule', 'simulate', '--rule', file, '--as', 'rule_admin', '--json');
  };
  const same = await simulate('same.json');
  expect(same).toMatchObject({ exit: 0, err: '' });
  const permitted = simulated(same.out).filter(({ was }) => was === 'permitted');
  expect(permitted.length).toBeGreaterThan(0);
  expect(permitted.every(({ would_be: now }) => now === 'not_refused')).toBe(true);
  rule.release.plate_history.scope = { ...rule.release.plate_history.scope, max_window_hours: 24 };
  const narrower = simulated((await simulate('narrower.json')).out).filter(({ was }) => was === 'permitted');
  expect(narrower.length).toBe(permitted.length);
  for (const each of narrower)
    expect(each).toMatchObject({ would_be: 'refused', reasons: [{ code: 'window_too_wide' }] });
  expect(same.out).not.toContain(STORY_PLATE);
});

test('a camera that is registered by command posts to its agency’s node, and what it reads is found', async () => {
  await signIn('juniper-bend', 'rule_admin');
  const as = ['--as', 'rule_admin', '--json'];
  const place = ['--location', '44.05,-121.31'];
  const added = await comity(
    'juniper-bend',
    'camera',
    'add',
    'gate',
    '--format',
    'rekor',
    '--owner-class',
    'business',
    ...place,
    ...as,
  );
  expect(added).toMatchObject({ exit: 0, err: '' });
  const { url, secret } = JSON.parse(added.out) as { url: string; secret: string };
  const post = (token: string) =>
    federation.network.request({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ data_type: 'alpr_group', epoch_start: Date.now() - 1_000, best_plate_number: '4KLM207' }),
      timeoutMs: 10_000,
      maxBytes: 64 * 1024,
    });
  expect((await post(secret)).status).toBe(200);
  expect((await post('x'.repeat(43))).status).toBe(401);
  const status = await comity('juniper-bend', 'camera', 'status', 'gate', ...as);
  expect(JSON.parse(status.out)).toMatchObject({
    owner_class: 'business',
    accepted: 1,
    rejected: {},
    revoked_at: null,
  });
  const { node } = federation.agency('juniper-bend');
  const query = { plates: [{ text: '4KLM207' }], from: Date.now() - 60_000, until: Date.now() + 60_000 };
  const { reads } = await node.reads.plateHistory(query, { limit: 10, retentionMs: undefined });
  expect(reads).toMatchObject([
    { device: 'gate', cameraOwnerClass: 'business', source: 'camera:gate', location: { lat: 44.05 } },
  ]);
  const officer = await comity('juniper-bend', 'camera', 'revoke', 'gate', '--as', 'officer');
  expect(officer.exit).not.toBe(0);
  expect((await comity('juniper-bend', 'camera', 'revoke', 'gate', ...as)).exit).toBe(0);
  expect((await post(secret)).status).toBe(401);
});
