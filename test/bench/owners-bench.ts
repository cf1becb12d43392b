import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { readTrace, unmatchedIn, verifyTrace } from '#exchange';
import { isJsonObject, type JsonObject } from '#protocol';
import type { PinnedAnchor } from '#trust';
import { AgencyClient } from '../../apps/cli/src/agency-client.js';
import { collectedEvidence, collectedTrace } from '../../apps/cli/src/collected-trace.js';
import { makeBundle } from '../../apps/cli/src/evidence-bundle.js';
import { STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import type { BadKind } from '../federation/light/bad-owners.js';
import { portOf, startOwnersFederation, type OwnersFederation } from './owners-federation.js';
import type { ProcessMemory } from './memory-of.js';
import { spreadOf, type Spread } from './percentile.js';

/** How an owner was asked to misbehave, and what the officer was shown of it. */
export interface BadOwner {
  readonly nth: number;
  readonly kind: BadKind;
  readonly owner: string;
  readonly state: string;
  readonly problem: string | undefined;
  readonly readCount: number;
  readonly droppedCount: number;
  /** From the approval to this end. Milliseconds. */
  readonly endedMs: number;
}

export interface OwnersBench {
  readonly owners: number;
  readonly openedMs: number;
  readonly knownMs: number;
  readonly respondWithinSeconds: number;
  readonly askMs: number;
  readonly approveMs: number;
  /** From the approval, of the honest owners: until the answer was verified, logged and stored. Milliseconds. */
  readonly firstMs: number;
  readonly answered: Spread;
  readonly lastMs: number;
  /** Until every owner, the bad ones included, had ended. Milliseconds. */
  readonly endedMs: number;
  /** Answers that the officer's page showed at each look while the request was under way. */
  readonly looks: readonly { readonly ms: number; readonly shown: number; readonly tookMs: number }[];
  readonly states: Readonly<Record<string, number>>;
  readonly bad: readonly BadOwner[];
  readonly memory: readonly ProcessMemory[];
  readonly trace: {
    readonly bytes: number;
    readonly collectMs: number;
    readonly verifyMs: number;
    readonly receipts: number;
    readonly checks: number;
    readonly unmatched: readonly {
      readonly code: string;
      readonly state: string;
      readonly party: string | undefined;
      readonly text: string;
    }[];
  };
  readonly evidence: {
    readonly bytes: number;
    readonly collectMs: number;
    /** Made, and verified as everybody verifies it. */
    readonly makeMs: number;
    readonly verdict: string;
    readonly checks: number;
  };
}

/** Long for an officer, so that a loaded machine is measured and not its deadlines. */
const RESPOND_SECONDS = 180;
const SLOW_MS = (RESPOND_SECONDS + 15) * 1_000;
const LOOK_MS = 2_000;
const SAY_MS = 5_000;
const DAY_MS = 86_400_000;
const END_MS = 30 * 60_000;

/** One request to `count` owners through one broker, of which one is slow, three lie and one is gone; then its trace. */
export async function measureOwners(
  input: { directory: string; port: number; count: number },
  say: (line: string) => void,
): Promise<OwnersBench> {
  const { count, port } = input;
  const bad = badAmong(count);
  const federation = await startOwnersFederation({ ...input, bad, slowMs: SLOW_MS }, say);
  try {
    for (const [nth, kind] of bad) if (kind === 'gone') await federation.lightOwners.goAway(portOf(nth, port));
    const asked = await askAll(federation, say);
    say('looking at what came when, and at the memory of each process');
    const memory = federation.memory();
    const ends = await endsOf(asked.txn, asked.approvedAt, federation);
    const badOwners = [...bad].map(([nth, kind]) => badOwner(nth, kind, federation, asked.shown, ends));
    const honest = [...ends].filter(([owner]) => !badOwners.some((one) => one.owner === owner)).map(([, ms]) => ms);
    say('the trace: every ledger is asked, and everything verified; the same as evidence in one file');
    const proofs = await measureProofs(asked.txn, federation);
    return {
      owners: count,
      openedMs: federation.openedMs,
      knownMs: federation.knownMs,
      respondWithinSeconds: RESPOND_SECONDS,
      askMs: asked.askMs,
      approveMs: asked.approveMs,
      firstMs: Math.min(...honest),
      answered: spreadOf(honest),
      lastMs: Math.max(...honest),
      endedMs: Math.max(...ends.values()),
      looks: asked.looks,
      states: countStates(asked.shown),
      bad: badOwners,
      memory,
      ...proofs,
    };
  } finally {
    say('stopping');
    await federation.stop();
  }
}

/** Spread over the request, so that each is met by honest ones before and after it. */
function badAmong(count: number): Map<number, BadKind> {
  const at = (share: number) => Math.max(1, Math.floor(count * share));
  return new Map([
    [at(0.1), 'slow'],
    [at(0.3), 'signs_wrong'],
    [at(0.5), 'forges'],
    [at(0.7), 'exceeds'],
    [at(0.9), 'gone'],
  ]);
}

interface Asked {
  readonly txn: string;
  readonly askMs: number;
  readonly approveMs: number;
  readonly approvedAt: number;
  readonly looks: OwnersBench['looks'];
  readonly shown: JsonObject;
}

async function askAll({ people, owners }: OwnersFederation, say: (line: string) => void): Promise<Asked> {
  await people.session('officer');
  await people.session('supervisor');
  say(`the officer asks ${owners.length} owners, the supervisor approves`);
  const [{ txn }, askMs] = await timed(() => people.ask(statementFor(owners)));
  if (typeof txn !== 'string') throw new TypeError('an ask has a transaction');
  const [, approveMs] = await timed(() => people.approve(txn));
  const approvedAt = Date.now();
  const looks: { ms: number; shown: number; tookMs: number }[] = [];
  let said = 0;
  for (const until = approvedAt + END_MS; Date.now() < until; await sleep(LOOK_MS)) {
    const [shown, tookMs] = await timed(() => people.show(txn));
    const states = countStates(shown);
    const ms = Date.now() - approvedAt;
    looks.push({ ms, shown: owners.length - (states['asking'] ?? 0), tookMs });
    if (ms - said >= SAY_MS) {
      said = ms;
      say(`${(ms / 1_000).toFixed(0)} s: ${JSON.stringify(states)}`);
    }
    if (shown['state'] === 'ended') return { txn, askMs, approveMs, approvedAt, looks, shown };
  }
  throw new Error('the transaction does not end');
}

function statementFor(owners: readonly string[]): JsonObject {
  const now = Date.now();
  return {
    case_number: '26-01234',
    offence: '120',
    purpose: 'criminal-investigation',
    narrative: 'armed robbery of a shop, vehicle seen leaving by two witnesses',
    beneficiary: 'none',
    exception: 'none',
    legal_process: { class: 'documented-purpose' },
    query: {
      kind: 'plate_history',
      plates: [{ text: STORY_PLATE }],
      from: new Date(now - 3 * DAY_MS).toISOString(),
      until: new Date(now).toISOString(),
    },
    owners: [...owners],
    respond_within_seconds: RESPOND_SECONDS,
  };
}

/** When each owner's outcome was verified and stored, after the approval. Milliseconds by entity id. */
async function endsOf(
  txn: string,
  approvedAt: number,
  { askerDatabase }: OwnersFederation,
): Promise<Map<string, number>> {
  const client = new Client({ connectionString: askerDatabase, application_name: 'bench' });
  await client.connect();
  try {
    const { rows } = await client.query<{ owner: string; ended_at: Date }>(
      'select owner, ended_at from outgoing_request where txn = $1 and ended_at is not null',
      [txn],
    );
    return new Map(rows.map(({ owner, ended_at }) => [owner, ended_at.getTime() - approvedAt]));
  } finally {
    await client.end();
  }
}

function badOwner(
  nth: number,
  kind: BadKind,
  { owners }: OwnersFederation,
  shown: JsonObject,
  ends: ReadonlyMap<string, number>,
): BadOwner {
  const owner = owners[nth - 1] ?? '';
  const found = ownersIn(shown).find((one) => one['owner'] === owner) ?? {};
  const { state, problem, read_count: reads, dropped_count: dropped } = found;
  return {
    nth,
    kind,
    owner,
    state: typeof state === 'string' ? state : 'unknown',
    problem: typeof problem === 'string' ? problem : undefined,
    readCount: typeof reads === 'number' ? reads : 0,
    droppedCount: typeof dropped === 'number' ? dropped : 0,
    endedMs: ends.get(owner) ?? Number.NaN,
  };
}

function ownersIn({ owners }: JsonObject): JsonObject[] {
  return Array.isArray(owners) ? owners.filter(isJsonObject) : [];
}

function countStates(shown: JsonObject): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of ownersIn(shown)) {
    const name = typeof state === 'string' ? state : 'unknown';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** As `comity trace` and `comity evidence export` do it: the node's answers, and nothing of them believed. */
async function measureProofs(
  txn: string,
  federation: OwnersFederation,
): Promise<Pick<OwnersBench, 'trace' | 'evidence'>> {
  const { people, network, laidOut } = federation;
  const client = new AgencyClient(network, people.agencyUrl, await people.session('officer'));
  const pinned = JSON.parse(await readFile(laidOut.anchorsFile, 'utf8')) as { entity_id: string; jwks: JsonObject }[];
  const anchors = pinned.map(({ entity_id: entityId, jwks }) => ({ entityId, jwks }));
  return { trace: await measureTrace(txn, client, anchors), evidence: await measureEvidence(txn, client, anchors) };
}

async function measureTrace(
  txn: string,
  client: AgencyClient,
  anchors: readonly PinnedAnchor[],
): Promise<OwnersBench['trace']> {
  const [answer, collectMs] = await timed(() => collectedTrace(txn, client));
  const [report, verifyMs] = await timed(() => verifyTrace(readTrace(answer), { anchors, now: Date.now() }));
  return {
    bytes: Buffer.byteLength(JSON.stringify(answer)),
    collectMs,
    verifyMs,
    receipts: report.hops.length,
    checks: report.checks.length,
    unmatched: unmatchedIn(report, 'asked').map(({ code, state, party, text }) => ({ code, state, party, text })),
  };
}

async function measureEvidence(
  txn: string,
  client: AgencyClient,
  anchors: readonly PinnedAnchor[],
): Promise<OwnersBench['evidence']> {
  const [document, collectMs] = await timed(() => collectedEvidence(txn, client));
  const judge = { anchors, now: Date.now() };
  const [{ archive, report }, makeMs] = await timed(() => makeBundle({ ...document, level: 'full' }, judge));
  const { verdict, checks, trace } = report;
  return { bytes: archive.length, collectMs, makeMs, verdict, checks: checks.length + trace.checks.length };
}

async function timed<T>(step: () => T | Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const value = await step();
  return [value, performance.now() - started];
}
