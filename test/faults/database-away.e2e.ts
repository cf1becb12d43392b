import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { HttpResponse } from '#protocol';
import { proxyDatabase, type DatabaseProxy } from './database-proxy.js';
import { faultsOfEnd, settled, tracesOf } from './end-state.js';
import { PARTIES, ROLES, askUntilEnded, environmentOf, nextCase, type Role } from './exchange-under-test.js';
import { holdRequest, startThreeTogether, type ThreeTogether } from './three-together.js';
import { createTestDatabase } from '../support/database.js';
import { someOf } from '../support/how-much.js';

const RULE_FRESH_MS = 5_000;
/** `npm run faults` takes every write; a plain test run some, each day other ones. */
const SOME_WRITES = 6;
const EVERY = process.env['COMITY_CRASH_POINTS'] === 'all';

let three: ThreeTogether;
const proxies = new Map<string, DatabaseProxy>();
/** The addresses themselves, without a proxy. */
const behind = new Map<string, string>();
let admin: Client;

beforeAll(async () => {
  admin = new Client({ connectionString: inject('comityTestDatabaseUrl') });
  await admin.connect();
  three = await startThreeTogether({
    databaseUrl: async (party) => {
      const { url, dataSource } = await createTestDatabase('empty');
      await dataSource.destroy();
      const proxy = await proxyDatabase(url);
      proxies.set(party, proxy);
      behind.set(party, url);
      return proxy.url;
    },
    lookAt: (role) => behind.get(PARTIES[role]) ?? '',
  });
});

afterAll(async () => {
  await three.close();
  for (const proxy of proxies.values()) await proxy.close();
  await admin.end();
});

afterEach(() => {
  for (const role of ROLES) three.meddle(role, undefined);
});

describe('F02: the acknowledgement of a write is lost, though the write lasts', () => {
  test.each(ROLES)(
    'after each lasting write of the %s: one end state, one receipt, nothing asked twice, and no restart',
    async (role) => {
      const proxy = proxyOf(role);
      await forgetLedgers();
      proxy.watch();
      expect(await exchangeEnds(nextCase())).toEqual([]);
      const writes = [...new Set(proxy.writes)];
      expect(writes.length).toBeGreaterThan(3);
      for (const write of EVERY ? writes : someOf(writes, SOME_WRITES)) {
        if (write === 'insert seen_checkpoint') await forgetLedgers();
        // The broker reads an owner's rule anew only where what it has is older than that.
        if (write === 'insert broker_rule') await sleep(RULE_FRESH_MS);
        proxy.loseAcknowledgementOf(write);
        const faults = await exchangeEnds(nextCase());
        expect.soft({ write, lost: proxy.hasLost, faults }).toEqual({ write, lost: true, faults: [] });
      }
    },
    120_000,
  );

  test('the broker answers 503 where it cannot know, and the same request then gets the one receipt that there is', async () => {
    const caseNumber = nextCase();
    const { held, release } = holdRequest(three);
    const ended = askUntilEnded(three, caseNumber, { withinMs: 60_000 });
    const request = await held;
    proxyOf('broker').loseAcknowledgementOf('commit (insert broker_request, insert log_pending)');
    expectAway(await submit(request));
    expect(proxyOf('broker').hasLost).toBe(true);
    const [first, second] = [await submit(request), await submit(request)].map(receiptsOf);
    expect(first).toEqual(second);
    release();
    await ended;
    expect(faultsOfEnd(await settled(three, caseNumber), 'reads')).toEqual([]);
  });
});

describe('F04: the database of a party is away', () => {
  describe.each([
    { how: 'refuses connections', begin: refuseConnections },
    { how: 'takes no writes', begin: refuseWrites },
    { how: 'says nothing at all', begin: freeze },
  ])('and $how', ({ how, begin }) => {
    // Reading is still possible there, so that nothing but a write shows it.
    const isSeenByHealth = how !== 'takes no writes';
    // What waits for a database that says nothing ends with the limit of the handler, after a minute.
    const isAnsweredAtOnce = how !== 'says nothing at all';
    let caseNumber: string;
    let request: string;
    let ended: Promise<unknown>;
    let release: () => void;
    let end: (() => Promise<void>) | undefined;

    beforeEach(async () => {
      caseNumber = nextCase();
      const holding = holdRequest(three);
      ({ release } = holding);
      ended = askUntilEnded(three, caseNumber, { withinMs: 60_000 });
      ended.catch(() => undefined);
      request = await holding.held;
    });

    afterEach(async () => {
      await end?.();
      end = undefined;
    });

    test.each(['broker', 'owner'] as const)(
      'the %s is not ready within 5 s, answers 503 with Retry-After, releases nothing, and is back within 10 s without a restart',
      async (role) => {
        end = await begin(role);
        if (isSeenByHealth) expect(await untilHealth(role, 503, 5_000)).toBe(503);
        // An owner that is away is the broker's answer, too: it can give no other.
        if (isAnsweredAtOnce || EVERY) expectAway(await submit(request));
        if (how === 'takes no writes') {
          const { incoming, receivedReads, spent } = await tracesOf(three, caseNumber);
          expect([incoming, receivedReads, spent.filter(({ state }) => state !== null)]).toEqual([[], 0, []]);
        }
        await end();
        const away = Date.now();
        expect(await untilHealth(role, 200, 10_000)).toBe(200);
        expect((await untilAnswered(request, 10_000)).status).toBe(200);
        expect(Date.now() - away).toBeLessThan(10_000);
        release();
        await ended;
        expect(faultsOfEnd(await settled(three, caseNumber), 'reads')).toEqual([]);
      },
      180_000,
    );

    test('the requester answers its officers 503, shows nothing, and carries on by itself', async () => {
      end = await begin('requester');
      release();
      if (isSeenByHealth) expect(await untilHealth('requester', 503, 5_000)).toBe(503);
      if (isAnsweredAtOnce || EVERY) {
        const failure = await three.people.call('officer', 'GET', '/asks').catch((error: unknown) => error);
        expect(failure).toMatchObject({ status: 503, code: 'unavailable' });
      }
      await end();
      expect(await untilHealth('requester', 200, 10_000)).toBe(200);
      await ended;
      expect(faultsOfEnd(await settled(three, caseNumber), 'reads')).toEqual([]);
    }, 180_000);
  });
});

function proxyOf(role: Role): DatabaseProxy {
  const proxy = proxies.get(PARTIES[role]);
  if (proxy === undefined) throw new Error(`no database of the ${role}`);
  return proxy;
}

/** The first look at a ledger is a write of its own. */
async function forgetLedgers(): Promise<void> {
  for (const role of ['requester', 'owner'] as const) await three.database[role].query('delete from seen_checkpoint');
}

async function exchangeEnds(caseNumber: string): Promise<string[]> {
  await askUntilEnded(three, caseNumber, { withinMs: 60_000 });
  return faultsOfEnd(await settled(three, caseNumber), 'reads');
}

/** As an operator takes a database out of service. */
async function refuseConnections(role: Role): Promise<() => Promise<void>> {
  const name = nameOf(role);
  await admin.query(`alter database "${name}" allow_connections false`);
  await disconnectAll(name);
  return async () => {
    await admin.query(`alter database "${name}" allow_connections true`);
  };
}

/** As after a failover to a replica. */
async function refuseWrites(role: Role): Promise<() => Promise<void>> {
  const name = nameOf(role);
  await admin.query(`alter database "${name}" set default_transaction_read_only = on`);
  await disconnectAll(name);
  return async () => {
    await admin.query(`alter database "${name}" reset default_transaction_read_only`);
    await disconnectAll(name);
  };
}

function nameOf(role: Role): string {
  return new URL(behind.get(PARTIES[role]) ?? '').pathname.slice(1);
}

async function disconnectAll(name: string): Promise<void> {
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
}

/** As behind a switch that died: connections stand and nothing comes. */
function freeze(role: Role): Promise<() => Promise<void>> {
  proxyOf(role).freeze();
  return Promise.resolve(() => {
    proxyOf(role).resume();
    return Promise.resolve();
  });
}

function submit(body: string): Promise<HttpResponse> {
  return three.federation.network.request({
    method: 'POST',
    url: `${three.federation.laidOut.broker}/requests`,
    headers: { 'content-type': 'application/json' },
    body,
    timeoutMs: 70_000,
    maxBytes: 4_000_000,
  });
}

async function untilAnswered(body: string, withinMs: number): Promise<HttpResponse> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await submit(body);
    if (answer.status !== 503 || Date.now() > until) return answer;
    await sleep(100);
  }
}

function expectAway(answer: HttpResponse): void {
  expect({ status: answer.status, type: answer.headers['content-type'], retry: answer.headers['retry-after'] }).toEqual(
    {
      status: 503,
      type: expect.stringMatching(/^application\/problem\+json\b/) as string,
      retry: '2',
    },
  );
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'unavailable', status: 503 });
}

function receiptsOf(answer: HttpResponse): unknown {
  expect(answer.status).toBe(200);
  const { broker_evidence: evidence } = JSON.parse(answer.body) as { broker_evidence: { receipts: unknown[] } };
  return evidence.receipts.map((receipt) => (receipt as { entry: string }).entry);
}

/** The status of `/health` as soon as it is the wanted one, or the last one seen. */
async function untilHealth(role: Role, wanted: number, withinMs: number): Promise<number> {
  const url = `${environmentOf(three.federation, role)['COMITY_ENTITY_ID'] ?? ''}/health`;
  const until = Date.now() + withinMs;
  for (;;) {
    const timeoutMs = Math.max(1, until - Date.now());
    const status = await three.federation.network
      .request({ method: 'GET', url, timeoutMs, maxBytes: 64_000 })
      .then((answer) => answer.status)
      .catch(() => 0);
    if (status === wanted || Date.now() >= until) return status;
    await sleep(100);
  }
}
