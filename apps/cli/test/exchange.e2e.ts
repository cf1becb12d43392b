import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#protocol/io';
import { startFederation, type TestFederation } from '../../../test/federation/start-federation.js';
import { walkSignIn } from '../../dev-idp/src/scripted-login.js';
import { STORY_PLATE } from '../../sandbox/src/demo-reads.js';
import { runCli } from '../src/run-cli.js';
import { plainText } from '../src/terminal.js';

const DAY_MS = 86_400_000;
let federation: TestFederation;
let home: string;
beforeAll(async () => {
  federation = await startFederation({ start: ['juniper-bend', 'salish-point'] });
  home = await mkdtemp(join(tmpdir(), 'comity-cli-e2e-'));
  // Found there without being named.
  await writeFile(join(home, 'anchors.json'), await readFile(federation.laidOut.anchorsFile));
});
afterAll(async () => {
  await federation.close();
  await rm(home, { recursive: true, force: true });
});

function comity(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  return run(argv, []);
}

async function run(argv: readonly string[], err: string[]): Promise<{ exit: number; out: string; err: string }> {
  const out: string[] = [];
  const exit = await runCli(argv, {
    environment: { COMITY_HOME: home },
    clock: systemClock,
    network: federation.network,
    terminal: {
      out: (line) => void out.push(plainText(line)),
      err: (line) => void err.push(plainText(line)),
      progress: () => undefined,
    },
    browser: { open: () => Promise.resolve(false) },
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

function accountOf(agency: string, person: string): { username: string; password: string; totpSecret: string } {
  const account = federation.laidOut.accounts.find(({ username }) => username === `${person}.${agency}`);
  if (account === undefined) throw new Error(`nobody is ${person}.${agency}`);
  return account;
}

function login(agency: string, person: string): ReturnType<typeof comity> {
  const { username, password, totpSecret } = accountOf(agency, person);
  const credentials = ['--username', username, '--password', password, '--totp-secret', totpSecret];
  return comity('login', '--agency', federation.entityId(agency), '--as', person, '--script', ...credentials);
}

const instant = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString();

function ask(...change: string[]): ReturnType<typeof comity> {
  const query = ['--plate', STORY_PLATE, '--from', instant(3), '--until', instant(0)];
  const reason = ['--case', '26-04411', '--offence', '120', '--purpose', 'criminal-investigation'];
  const stated = ['--narrative', 'Armed robbery', '--beneficiary', 'none', '--legal-process', 'documented-purpose'];
  const owner = ['--owner', federation.entityId('juniper-bend')];
  return comity('ask', '--as', 'officer', '--json', ...query, ...reason, ...stated, ...owner, ...change);
}

describe('the command against a federation', () => {
  it('lets nobody approve an ask of their own, and shows that it waits', async () => {
    expect(await login('salish-point', 'officer')).toMatchObject({ exit: 0 });
    const asked = await ask();
    expect(asked).toMatchObject({ exit: 0, err: '' });
    const { txn } = JSON.parse(asked.out);
    expect(await comity('approve', txn, '--as', 'officer')).toMatchObject({ exit: 1 });
    expect(await comity('show', txn, '--as', 'officer')).toMatchObject({ exit: 5 });
    const traced = await comity('trace', txn, '--as', 'officer');
    expect(traced.out).toContain('Salish Point Police  waits for a supervisor');
    expect(traced.exit).toBe(5);
  });

  it('RFC 8252: signs in by the provider’s own page, which comes back to this machine', async () => {
    const err: string[] = [];
    const argv = ['login', '--agency', federation.entityId('salish-point'), '--as', 'supervisor', '--no-browser'];
    const running = run(argv, err);
    const line = await vi.waitUntil(() => err.find((text) => text.startsWith('open this page ')), { timeout: 10_000 });
    const authorizationUrl = line.replace('open this page ', '');
    const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri') ?? '';
    const person = accountOf('salish-point', 'supervisor');
    const callbackUrl = await walkSignIn({ authorizationUrl, redirectUri, ...person });
    expect((await fetch(callbackUrl)).status).toBe(200);
    expect(await running).toMatchObject({ exit: 0, out: expect.stringContaining('as supervisor (supervisor) until') });
    expect((await comity('requests', '--as', 'supervisor')).exit).toBe(0);
  });

  it('stops at the agency’s own rule, and proves that nothing left', async () => {
    const asked = await ask('--purpose', 'immigration-enforcement');
    expect(asked.exit).toBe(3);
    const traced = await comity('trace', JSON.parse(asked.out).txn, '--as', 'officer');
    expect(traced.out).toContain('nothing left the agency');
    expect(traced.exit).toBe(0);
  });

  it('remembers what it read of a ledger, and finds it continued', async () => {
    const state = join(home, 'ledgers.json');
    const agency = federation.entityId('salish-point');
    const first = await comity('ledger', 'verify', '--entity', agency, '--from-file', state);
    expect(first).toMatchObject({ exit: 0, err: '' });
    expect(first.out).toContain('signatures  checked');
    await ask();
    const again = await comity('ledger', 'verify', agency, '--from-file', state);
    expect(again.out).toMatch(/continues the \d+ entries seen before/);
    const { vkey } = federation.agency('salish-point').node.ledger;
    const byKey = await comity('ledger', 'verify', agency, '--vkey', vkey, '--json');
    expect(JSON.parse(byKey.out)).toMatchObject({ verdict: 'verified', signatures: 'verified' });
    const wrongKey = await comity('ledger', 'verify', agency, '--vkey', federation.broker.node.ledger.vkey);
    expect(wrongKey.exit).toBe(6);
    const unknown = await comity('ledger', 'verify', '--entity', 'http://127.0.0.1:9');
    expect(unknown).toMatchObject({ exit: 6 });
  });

  it('shows a published rule with its signature checked, and publishes the next by two persons', async () => {
    const agency = federation.entityId('juniper-bend');
    const shown = await comity('rule', 'show', '--agency', agency, '--json');
    const { rule, signature } = JSON.parse(shown.out);
    expect(signature).toBe('verified');
    await login('juniper-bend', 'rules-one');
    await login('juniper-bend', 'rules-two');
    const file = join(home, 'rule.json');
    await writeFile(file, JSON.stringify({ ...rule, version: rule.version + 1, title: 'the next' }));
    const of = ['rule', 'publish', '--agency', agency, '--json'];
    const proposed = await comity(...of, '--file', file, '--as', 'rules-one');
    expect(proposed).toMatchObject({ exit: 0, err: '' });
    const { digest } = JSON.parse(proposed.out);
    expect(await comity(...of, '--digest', digest, '--as', 'rules-one')).toMatchObject({ exit: 1 });
    expect(await comity(...of, '--digest', digest, '--as', 'rules-two')).toMatchObject({ exit: 0 });
    expect(JSON.parse((await comity('rule', 'show', '--agency', agency, '--json')).out)).toMatchObject({ digest });
  });

  it('signs out', async () => {
    const agency = federation.entityId('salish-point');
    expect(await comity('logout', '--agency', agency, '--as', 'officer')).toMatchObject({ exit: 0 });
    expect(await comity('requests', '--agency', agency, '--as', 'officer')).toMatchObject({ exit: 8 });
  });
});
