import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#protocol';
import type { AgencyPeople } from '../../apps/sandbox/src/agency-people.js';
import { STORY_PLATE } from '../../apps/sandbox/src/demo-reads.js';
import type { Sandbox } from '../../apps/sandbox/src/sandbox.js';
import { spreadOf, type Spread } from './percentile.js';
import type { ShownWatch } from './shown-watch.js';

export interface LevelOfLoad {
  readonly concurrency: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** From the supervisor's approval to the outcome in the officer's hands. Milliseconds. */
  readonly exchange: Spread;
  /** The officer's asking before that. Milliseconds. */
  readonly asking: Spread;
  readonly txns: readonly string[];
}

const ASKS = 'salish-point';
const HOLDS = 'juniper-bend';
const DAY_MS = 86_400_000;
const PACE_MS = 5;

/** One officer and one supervisor with one session each, and `concurrency` asks in flight, for so many seconds. */
export async function loadExchanges(
  sandbox: Sandbox,
  watch: ShownWatch,
  input: { concurrency: number; seconds: number },
): Promise<LevelOfLoad> {
  const people = sandbox.people(ASKS);
  const taken: { txn: string; exchangeMs: number; askingMs: number }[] = [];
  const started = performance.now();
  const until = started + input.seconds * 1_000;
  const officer = async (): Promise<void> => {
    while (performance.now() < until) taken.push(await exchange(people, sandbox.entityId(HOLDS), watch));
  };
  await Promise.all(Array.from({ length: input.concurrency }, officer));
  const seconds = (performance.now() - started) / 1_000;
  return {
    concurrency: input.concurrency,
    seconds,
    perSecond: taken.length / seconds,
    exchange: spreadOf(taken.map(({ exchangeMs }) => exchangeMs)),
    asking: spreadOf(taken.map(({ askingMs }) => askingMs)),
    txns: taken.map(({ txn }) => txn),
  };
}

async function exchange(people: AgencyPeople, owner: string, watch: ShownWatch) {
  const begun = performance.now();
  const { txn } = await people.ask(statementFor(owner));
  if (typeof txn !== 'string') throw new TypeError('an ask has a transaction');
  const asked = performance.now();
  await people.approve(txn);
  await watch.shown(txn);
  let outcome = await people.show(txn);
  // The last step of an ask is to end it, a moment after its outcome is written.
  for (; outcome['state'] !== 'ended'; outcome = await people.show(txn)) await sleep(PACE_MS);
  const shown = performance.now();
  requireReads(outcome);
  return { txn, exchangeMs: shown - asked, askingMs: asked - begun };
}

/** A refusal would be measured as a very fast exchange. */
function requireReads(outcome: JsonObject): void {
  const [owner] = outcome['owners'] as JsonObject[];
  if (owner?.['state'] !== 'replied' || owner['read_count'] !== 3) {
    throw new Error(`an exchange ended otherwise: ${JSON.stringify(owner)}`);
  }
}

function statementFor(owner: string): JsonObject {
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
    owners: [owner],
    respond_within_seconds: 60,
  };
}
