import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ReadStore } from '#reads/io';
import { BUSINESS_EVENTS, parseTraceparent } from '#tracing';
import { systemClock } from '#protocol/io';
import { sighting } from '../federation/sightings.js';
import { statementFor } from '../federation/statements.js';
import { openedReceipts } from '../support/opened-receipts.js';
import type { CollectedSpan } from '../support/otlp-collector.js';
import { ASKING, HOLDING, startWatchedFederation, type Node, type WatchedFederation } from './watched-federation.js';

const FORGED_TRACE = 'f0'.repeat(16);
const FORGED_SPAN = 'e1'.repeat(8);
const PARTIES = [ASKING, 'broker', HOLDING] as const;

let watched: WatchedFederation;
let txn: string;

beforeAll(async () => {
  watched = await startWatchedFederation();
  const dataSource = watched.database.get(HOLDING);
  if (dataSource === undefined) throw new Error('no database of the holding agency');
  await new ReadStore({ dataSource, clock: systemClock }).insertMany([sighting('ABC123')]);
  const people = watched.federation.people(ASKING);
  const asked = await watched.send(ASKING, {
    path: '/asks',
    headers: { authorization: `Bearer ${await people.session('officer')}`, ...forgedHeaders() },
    body: JSON.stringify(statementFor(watched.federation, [HOLDING])),
  });
  ({ txn } = JSON.parse(asked.text) as { txn: string });
  await people.approve(txn);
  await people.outcome(txn);
  await replay();
  // Spans leave in batches, some seconds later.
  await vi.waitFor(
    () => {
      const last = ['ask_federation', 'receive_answer', 'answer_request', 'log_release'];
      for (const name of last) expect(spansNamed(name)).not.toEqual([]);
      expect(spansNamed('route_request').length).toBeGreaterThan(1);
    },
    { timeout: 20_000, interval: 200 },
  );
});

afterAll(() => watched.close());

describe('one trace goes from the officer over both nodes and the broker, and back', () => {
  test('every step of the exchange, at every party, is in the trace that all receipts name', async () => {
    const receipts = await Promise.all(
      PARTIES.map(async (party) => ({ party, traces: await tracesInReceipts(party) })),
    );
    const [traceId] = receipts[0]?.traces ?? [];
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(receipts).toEqual(PARTIES.map((party) => ({ party, traces: [traceId] })));

    const steps = watched.collector.spans().filter((span) => span.traceId === traceId && isStep(span));
    const byParty = (party: string) => [
      ...new Set(steps.filter(({ service }) => service === party).map(({ name }) => name)),
    ];
    expect(byParty(ASKING).toSorted()).toEqual(['approve', 'ask_federation', 'officer_ask', 'receive_answer']);
    expect(byParty('broker').toSorted()).toEqual(['log_release', 'route_request']);
    expect(byParty(HOLDING).toSorted()).toEqual([
      'answer_request',
      'decide',
      'log_release',
      'open_request',
      'search_reads',
    ]);
  });

  test('no step of the exchange is in any other trace', () => {
    const steps = watched.collector.spans().filter((span) => isStep(span) && span.name !== 'publish_rule');
    expect(new Set(steps.map(({ traceId }) => traceId)).size).toBe(1);
  });

  test('each step hangs below one that another party sent with a signed message, or below the officer’s ask', () => {
    const steps = watched.collector.spans().filter(isStep);
    const ids = new Map(watched.collector.spans().map((span) => [span.spanId, span]));
    const parents = (name: string) =>
      steps.filter((span) => span.name === name).map(({ parentSpanId }) => ids.get(parentSpanId)?.name);
    const roots = watched.collector
      .spans()
      .filter(({ traceId, parentSpanId }) => traceId === steps.find(isAsk)?.traceId && parentSpanId === '');
    expect(roots.map(({ name }) => name)).toEqual(['POST /asks']);
    expect(new Set(parents('approve'))).toEqual(new Set(['officer_ask']));
    expect(new Set(parents('ask_federation'))).toEqual(new Set(['officer_ask']));
    expect(new Set(parents('route_request'))).toEqual(new Set(['ask_federation']));
    expect(parents('answer_request')).toHaveLength(1);
    expect(parents('search_reads')).toEqual(['answer_request']);
  });
});

describe('W13: an incoming `traceparent` is never a parent', () => {
  test('neither a forged trace nor a forged span leaves any node, though it was sent to each of its doors', async () => {
    expect(await watched.send('broker', { method: 'GET', path: '/health', headers: forgedHeaders() })).toMatchObject({
      status: 200,
    });
    expect(watched.collector.raw()).not.toContain(FORGED_TRACE);
    expect(watched.collector.raw()).not.toContain(FORGED_SPAN);
  });

  test('the span of a server is a root of its own, linked from the step of the verified message', () => {
    const spans = watched.collector.spans();
    const servers = spans.filter(({ name }) => name === 'POST /requests' || name === 'POST /grants');
    expect(servers.length).toBeGreaterThan(2);
    expect(new Set(servers.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(['']));
    const linked = spans.filter(({ name }) => name === 'route_request' || name === 'answer_request');
    const serverIds = new Set(spans.filter(({ parentSpanId }) => parentSpanId === '').map(({ traceId }) => traceId));
    expect(linked.every(({ links }) => links.length === 1 && serverIds.has(links[0]?.traceId ?? ''))).toBe(true);
  });

  test('a replay by a stranger, under a trace of its own, is a step of the trace that the message names', () => {
    const routed = spansNamed('route_request');
    expect(routed.length).toBeGreaterThan(1);
    expect(new Set(routed.map(({ traceId }) => traceId)).size).toBe(1);
  });
});

test('W14: no plate, case number, narrative, statement or address is in any span', () => {
  expect(watched.collector.spans().length).toBeGreaterThan(100);
  expect(watched.collector.raw()).not.toMatch(/ABC123|26-01234|armed robbery/);
  expect(watched.collector.raw()).not.toMatch(/select |insert into|db\.query\.text|url\.full/i);
});

function forgedHeaders(): Record<string, string> {
  return {
    traceparent: `00-${FORGED_TRACE}-${FORGED_SPAN}-01`,
    tracestate: `forged=${FORGED_SPAN}`,
    baggage: `trace=${FORGED_TRACE}`,
  };
}

function spansNamed(name: string): CollectedSpan[] {
  return watched.collector.spans().filter((span) => span.name === name);
}

function isAsk({ name }: CollectedSpan): boolean {
  return name === 'officer_ask';
}

function isStep({ name }: CollectedSpan): boolean {
  return BUSINESS_EVENTS.some((event) => event === name);
}

async function tracesInReceipts(node: Node): Promise<string[]> {
  const database = watched.database.get(node);
  if (database === undefined) throw new Error(`no database of \`${node}\``);
  const { agencies, environments } = watched.federation.laidOut;
  const environment = agencies.find(({ plan }) => plan.id === node)?.environment ?? environments.broker;
  const receipts = await openedReceipts(database, environment, 'txn = $1', [txn]);
  const traces = receipts.map(({ opening }) => opening.accountability['trace']?.value as string);
  return [...new Set(traces.map((trace) => parseTraceparent(trace)?.traceId ?? trace))];
}

async function replay(): Promise<void> {
  const rows = await watched.database
    .get(ASKING)
    ?.query<{ request: string }[]>('select request from outgoing_request where txn = $1', [txn]);
  const body = JSON.stringify({ request: rows?.[0]?.request, log_size: 0 });
  expect(await watched.send('broker', { path: '/requests', headers: forgedHeaders(), body })).toMatchObject({
    status: 200,
  });
}
