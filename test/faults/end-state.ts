import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from 'typeorm';
import { digestOf, digestOfText } from '#protocol';
import { openedReceipts } from '../support/opened-receipts.js';
import { READ_COUNT, asksOf, environmentOf, type ExchangeUnderTest, type Role } from './exchange-under-test.js';

interface Receipt {
  readonly kind: string;
  readonly at: Date;
  readonly digest: string;
  readonly opening: { readonly accountability: Readonly<Record<string, { readonly value: unknown } | undefined>> };
}

interface Outgoing {
  readonly jti: string;
  readonly request: string;
  readonly digest: string;
  readonly state: string | null;
  readonly outcome: string | null;
  readonly shown: boolean;
  readonly release: string | null;
  readonly answer: string | null;
  readonly answer_key: unknown;
  readonly problem: string | null;
  readonly read_count: number;
  readonly attempts: number;
}

/** What a whole exchange of one case left behind, in the three databases. */
export interface Traces {
  readonly asks: readonly { txn: string; state: string }[];
  readonly outgoing: readonly Outgoing[];
  readonly receivedReads: number;
  readonly spent: readonly {
    jti: string;
    digest: string;
    state: string | null;
    answer: string | null;
    denial: string | null;
    ciphertext: string | null;
    owner_release: string | null;
  }[];
  readonly incoming: readonly { jti: string; digest: string; answer: string | null }[];
  readonly approvalUses: number;
  readonly receipts: Readonly<Record<Role, readonly Receipt[]>>;
  readonly waiting: number;
}

const NO_TXN = '00000000-0000-0000-0000-000000000000';

export async function tracesOf(exchange: ExchangeUnderTest, caseNumber: string): Promise<Traces> {
  const { requester, broker, owner } = exchange.database;
  const asks = await asksOf(exchange, caseNumber);
  const txn = asks[0]?.txn ?? NO_TXN;
  const count = async (database: DataSource, sql: string, parameters: unknown[] = [txn]): Promise<number> =>
    (await database.query<{ n: number }[]>(`select count(*)::int as n ${sql}`, parameters))[0]?.n ?? 0;
  const receipts = (role: Role): Promise<Receipt[]> =>
    openedReceipts(exchange.database[role], environmentOf(exchange.federation, role), 'txn = $1', [txn]);
  const waiting = await Promise.all([requester, broker, owner].map((each) => count(each, 'from log_pending', [])));
  return {
    asks,
    outgoing: await requester.query('select * from outgoing_request where txn = $1', [txn]),
    receivedReads: await count(requester, 'from received_read where txn = $1'),
    spent: await broker.query(
      `select jti, digest, state, outcome->>'answer' as answer, outcome->>'denial' as denial, ciphertext, owner_release from broker_request where txn = $1`,
      [txn],
    ),
    incoming: await owner.query('select jti, digest, answer from incoming_request where txn = $1', [txn]),
    approvalUses: await count(
      owner,
      'from approval_use where request_digest in (select digest from incoming_request where txn = $1)',
    ),
    receipts: {
      requester: await receipts('requester'),
      broker: await receipts('broker'),
      owner: await receipts('owner'),
    },
    waiting: waiting.reduce((sum, each) => sum + each, 0),
  };
}

/** Waits until what happens after the last answer (the owner's `sent`, the ledgers' queues) is over. */
export async function settled(exchange: ExchangeUnderTest, caseNumber: string, withinMs = 2_500): Promise<Traces> {
  const until = Date.now() + withinMs;
  for (;;) {
    const traces = await tracesOf(exchange, caseNumber);
    const sent = traces.receipts.owner.some(({ kind }) => kind === 'sent');
    // Where the owner died before it noted `sent` there will be none; everything else comes by itself.
    if ((traces.waiting === 0 && sent) || Date.now() > until) return traces;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Law 6, at any moment and so also over a dead party: nothing has left without an entry in both ledgers. */
export function releasedWithoutEntry({ spent, outgoing, receivedReads, receipts }: Traces): string[] {
  const answers = [...spent, ...outgoing].map(({ answer }) => answer).filter((answer) => answer !== null);
  const faults: string[] = [];
  for (const answer of answers) {
    const logged = (of: readonly Receipt[], kind: string) =>
      of.some((receipt) => receipt.kind === kind && opened(receipt, 'ciphertext') === digestOfText(answer));
    if (!logged(receipts.owner, 'release')) faults.push('an answer is out that the owner has not logged');
    if (!logged(receipts.broker, 'release_logged')) faults.push('an answer is out that the broker has not logged');
  }
  const shown = receivedReads > 0 || outgoing.some(({ outcome }) => outcome === 'reads');
  if (shown && !receipts.requester.some(({ kind }) => kind === 'delivered')) {
    faults.push('reads are shown whose delivery is not logged');
  }
  return faults;
}

/** Released, and lost with the process whether it was sent. */
export function isUnconfirmed({ receipts: { owner } }: Traces): boolean {
  return owner.some(({ kind }) => kind === 'release') && !owner.some(({ kind }) => kind === 'sent');
}

/** How an exchange ends: with reads, or denied on clear facts by one of the two who decide. */
export type Ending = 'reads' | 'broker_denied' | 'denied';

const ENDINGS = {
  reads: {
    state: 'replied',
    outcome: 'reads',
    reads: READ_COUNT,
    rows: [1, 1, 1],
    broker: { granted: 1, release_logged: 1 },
    owner: { release: 1 },
  },
  broker_denied: {
    state: 'broker_denied',
    outcome: 'none',
    reads: 0,
    rows: [1, 0, 0],
    broker: { refused: 1 },
    owner: {},
  },
  denied: {
    state: 'denied',
    outcome: 'none',
    reads: 0,
    rows: [1, 1, 0],
    broker: { granted: 1 },
    owner: { refused: 1 },
  },
} as const;

type Check = readonly [what: string, found: unknown, wanted: unknown];

/** One end state, one receipt of each kind, one row of each request; empty where all is as it must be. */
export function faultsOfEnd(traces: Traces, ending: Ending): string[] {
  const { asks, outgoing, spent, incoming, receipts } = traces;
  const wanted = ENDINGS[ending];
  const { state, outcome } = wanted;
  const [sent] = outgoing;
  // A release whose `sent` was lost with the process stays unconfirmed: reported, and true (F07).
  const { sent: confirmed = 0, ...ofOwner } = kinds(receipts.owner);
  const checks: readonly Check[] = [
    ['asks of the case', asks.map((ask) => ask.state), ['ended']],
    [
      'end state at the requester',
      outgoing.map((end) => ({ state: end.state, outcome: end.outcome, shown: end.shown, problem: end.problem })),
      [{ state, outcome, shown: true, problem: null }],
    ],
    ['what is left of the sealed answer', [sent?.answer, sent?.answer_key], [null, null]],
    ['reads that are shown', [sent?.read_count, traces.receivedReads], [wanted.reads, wanted.reads]],
    ['end state at the broker', spent.map((end) => end.state), [state]],
    ['rows of one (iss, jti)', [spent.length, incoming.length, traces.approvalUses], wanted.rows],
    ['identity of the request', new Set([sent, ...spent, ...incoming].map((one) => one?.digest)).size, 1],
    ['receipts of the requester', kinds(receipts.requester), { asked: 1, approved: 1, delivered: 1 }],
    ['receipts of the broker', kinds(receipts.broker), wanted.broker],
    ['receipts of the owner', ofOwner, wanted.owner],
    ['`sent` receipts at most', confirmed <= (ending === 'reads' ? 1 : 0), true],
    ['receipts that wait', traces.waiting, 0],
  ];
  return [
    ...releasedWithoutEntry(traces),
    ...differences(checks),
    ...(ending === 'reads' ? differences(releaseChecks(traces)) : []),
  ];
}

/** One ciphertext, named alike in three ledgers, and logged in both before its delivery. */
function releaseChecks({ outgoing, spent, incoming, receipts }: Traces): readonly Check[] {
  const [[sent], [routed], [answered]] = [outgoing, spent, incoming];
  const receipt = (role: Role, kind: string) => receipts[role].find((one) => one.kind === kind);
  const release = receipt('owner', 'release');
  const logged = receipt('broker', 'release_logged');
  const delivered = receipt('requester', 'delivered');
  const ciphertext = digestOfText(answered?.answer ?? '');
  const both = [release, logged].map((one) => opened(one, 'ciphertext'));
  const evidence = digestOf({ answer: ciphertext, release: release?.digest ?? '' });
  return [
    ['the released ciphertext', [routed?.answer, routed?.ciphertext], [answered?.answer, ciphertext]],
    ['the ciphertext in both ledgers', both, [ciphertext, ciphertext]],
    ['the release that others name', [sent?.release, routed?.owner_release], [release?.digest, release?.digest]],
    ['the release that the broker logged', opened(logged, 'release'), release?.digest],
    ['the delivery', opened(delivered, 'evidence'), evidence],
    ['the order of release, its logging and its delivery', inOrder(release, logged, delivered), true],
  ];
}

function differences(checks: readonly Check[]): string[] {
  return checks
    .filter(([, found, wanted]) => !isDeepStrictEqual(found, wanted))
    .map(([what, found, wanted]) => `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

function kinds(receipts: readonly Receipt[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const kind of receipts.map((receipt) => receipt.kind).toSorted()) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}

function opened(receipt: Receipt | undefined, field: string): unknown {
  return receipt?.opening.accountability[field]?.value;
}

function inOrder(...receipts: readonly (Receipt | undefined)[]): boolean {
  const times = receipts.map((receipt) => receipt?.at.getTime() ?? Number.NaN);
  return times.every((time, index) => index === 0 || time >= (times[index - 1] ?? Number.NaN));
}
