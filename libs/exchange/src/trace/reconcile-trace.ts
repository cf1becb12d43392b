import { checkRequest, type TracedRequest } from './reconcile-request.js';
import type { RequestGroup } from './request-hops.js';
import { askChecks, isApprovedAfterwards } from './reconcile-ask.js';
import { check, type TraceCheck } from './trace-check.js';
import { isTurnedAway, turnedAwayChecks } from './turned-away.js';
import { byIndex, fieldOf, isOwnRefusal, rankOf, type ProvenHop } from './trace-hop.js';

/** A ledger that was asked and showed nothing. */
export interface SilentLedger {
  readonly entityId: string;
  /** In the words of the node that asked: not evidence of anything. */
  readonly reason: string;
}

export interface Reconciled {
  readonly checks: readonly TraceCheck[];
  readonly requests: readonly TracedRequest[];
  readonly inOrder: readonly ProvenHop[];
  readonly traceId: string | undefined;
}

/** Clocks of two nodes may differ by what a message may be dated ahead (protocol, token profile). */
const CLOCK_SECONDS = 10;

/**
 * Holds the proven receipts of one transaction against each other: each stands in the ledger of the party that can state
 * it, numbered without a gap where neighbours are shown; what was asked was approved by a second person; each request is
 * the same in every ledger, and each ends. Pure.
 */
export function reconcileTrace(input: {
  txn: string;
  hops: readonly ProvenHop[];
  silent: readonly SilentLedger[];
}): Reconciled {
  const { txn, hops, silent } = input;
  const [ofTransaction, strange] = partition(hops, (hop) => fieldOf(hop, 'txn') === txn);
  const own = ofTransaction.filter(mayState);
  const inOrder = own.toSorted((a, b) => a.receipt.iat - b.receipt.iat || rankOf(a) - rankOf(b) || byIndex(a, b));
  const [turnedAway, groups] = partition(requestsOf(own), isTurnedAway);
  const aside = new Set(turnedAway.flatMap((group) => group.hops));
  const story = inOrder.filter((hop) => !aside.has(hop));
  const broker = own.find(({ byBroker }) => byBroker)?.keeper;
  const of = groups.map((group) => checkRequest(group, broker));
  return {
    inOrder,
    traceId: traceIdsOf(story)[0],
    requests: of.map(({ request }) => request),
    checks: [
      ...strange.map((hop) => check('transaction', 'broken', hop.keeper, 'a receipt of another transaction was shown')),
      ...sequences(ofTransaction),
      ...placement(ofTransaction),
      ...askChecks(own, groups.length - furtherPages(of, own)),
      ...traces(story),
      ...times(story),
      ...of.flatMap(({ checks }) => checks),
      ...turnedAway.flatMap(turnedAwayChecks),
      ...silences(own, silent),
    ],
  };
}

/** A further page of an answer is a request too; the officer's asking for it is on record, by owner. */
function furtherPages(of: readonly { request: TracedRequest }[], hops: readonly ProvenHop[]): number {
  const owners = of.map(({ request }) => request.owner);
  const asked = hops.flatMap((hop) => (hop.receipt.kind === 'page_asked' ? (fieldOf(hop, 'owner') ?? []) : []));
  return [...new Set(asked)].reduce((pages, owner) => {
    const requests = owners.filter((each) => each === owner).length;
    return pages + Math.min(Math.max(0, requests - 1), asked.filter((each) => each === owner).length);
  }, 0);
}

function requestsOf(hops: readonly ProvenHop[]): RequestGroup[] {
  const groups = groupBy(
    hops.filter((hop) => !isOwnRefusal(hop)),
    (hop) => fieldOf(hop, 'request'),
  );
  return [...groups].map(([request, about]) => ({ request, hops: about }));
}

/** In the order of their first; what has no key is in none. A request may go to a thousand owners: nothing here looks at pairs. */
function groupBy<T>(all: readonly T[], keyOf: (each: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

/** `seq` counts each signer's receipts, and `prev` names the one before: one that was taken out or moved is missed (B07). */
function sequences(hops: readonly ProvenHop[]): TraceCheck[] {
  return [...groupBy(hops, ({ keeper }) => keeper)].map(([keeper, theirs]) => {
    const mine = theirs.toSorted(byIndex);
    const fits = mine.every(({ receipt }, position) => {
      const before = mine[position - 1]?.receipt;
      if (before === undefined) return true;
      const isNext = receipt.seq === before.seq + 1;
      return receipt.index > before.index && receipt.seq > before.seq && (!isNext || receipt.prev === before.digest);
    });
    return fits
      ? check('sequence', 'holds', keeper, 'its receipts follow each other in number and digest')
      : check('sequence', 'broken', keeper, 'its receipts do not follow each other in number and digest');
  });
}

/** Each party speaks for itself alone: a broker cannot log that an owner sent, nor an owner that somebody approved. */
function placement(hops: readonly ProvenHop[]): TraceCheck[] {
  return hops
    .filter((hop) => !mayState(hop))
    .map((hop) => {
      const text = `\`${hop.receipt.kind}\` is not this party's to state`;
      return check('placed', 'broken', hop.keeper, text, fieldOf(hop, 'request'));
    });
}

function mayState(hop: ProvenHop): boolean {
  const { keeper, byBroker, receipt } = hop;
  switch (receipt.kind) {
    case 'asked':
    case 'approved':
    case 'disapproved':
    case 'delivered':
    case 'deleted':
    case 'page_asked':
    case 'excess_dropped':
    case 'recall_held':
      return !byBroker && fieldOf(hop, 'requester') === keeper;
    case 'release':
    case 'sent':
    case 'recalled':
    case 'recall_answered':
      return !byBroker && fieldOf(hop, 'owner') === keeper;
    case 'refused':
      return byBroker || fieldOf(hop, 'owner') === keeper;
    case 'granted':
    case 'release_logged':
    case 'expired':
    case 'failed':
      return byBroker;
    default:
      return true;
  }
}

function traces(hops: readonly ProvenHop[]): TraceCheck[] {
  if (hops.length === 0) return [];
  const ids = traceIdsOf(hops);
  return ids.length === 1 && hops.every((hop) => fieldOf(hop, 'trace') !== undefined)
    ? [check('one_trace', 'holds', undefined, 'all hops name one trace')]
    : [check('one_trace', 'broken', undefined, 'the hops name different traces')];
}

function traceIdsOf(hops: readonly ProvenHop[]): string[] {
  return [...new Set(hops.flatMap((hop) => fieldOf(hop, 'trace')?.split('-')[1] ?? []))];
}

/** An effect that is dated before its cause was back-dated, or a clock is wrong (B07). */
function times(story: readonly ProvenHop[]): TraceCheck[] {
  const byRequest = groupBy(story, (hop) => fieldOf(hop, 'request') ?? '');
  // An approval that follows an emergency is cause of nothing.
  const follows = story.some((hop) => hop.receipt.kind === 'asked' && isApprovedAfterwards(hop));
  const ofAsk = story.filter((hop) => isOfAsk(hop) && !(follows && hop.receipt.kind === 'approved'));
  const late = story.flatMap((effect) => {
    const request = fieldOf(effect, 'request');
    const about = [...(byRequest.get(request ?? '') ?? []), ...ofAsk];
    const cause = about.find(
      (hop) => isWaitedFor(hop) && rankOf(hop) < rankOf(effect) && hop.receipt.iat > effect.receipt.iat + CLOCK_SECONDS,
    );
    const text = () => `\`${effect.receipt.kind}\` is dated before \`${cause?.receipt.kind}\``;
    return cause === undefined ? [] : [check('time_order', 'broken', effect.keeper, text(), request)];
  });
  return late.length > 0 ? late : [check('time_order', 'holds', undefined, 'no effect is dated before its cause')];
}

/** Every step waits until the receipt before it is durable, but nobody waits for the owner's `sent`. */
function isWaitedFor({ receipt }: ProvenHop): boolean {
  return receipt.kind !== 'sent';
}

function isOfAsk({ receipt }: ProvenHop): boolean {
  return receipt.kind === 'asked' || receipt.kind === 'approved';
}

/** A ledger that shows nothing is owed by its keeper, unless it says that it has nothing and nobody says that it should. */
function silences(hops: readonly ProvenHop[], silent: readonly SilentLedger[]): TraceCheck[] {
  const byOwner = groupBy(hops, (hop) => fieldOf(hop, 'owner'));
  return silent.flatMap(({ entityId, reason }) => {
    const about = byOwner.get(entityId) ?? [];
    const acted = about.some((hop) => {
      const told = hop.receipt.kind === 'delivered' ? fieldOf(hop, 'state') : hop.receipt.kind;
      return ['granted', 'release_logged', 'replied', 'denied'].includes(told ?? '');
    });
    if (/\b404 `not_found`/.test(reason) && !acted) {
      return about.length > 0
        ? [check('ledger_answers', 'holds', entityId, 'was never reached, and has nothing of this')]
        : [check('ledger_answers', 'pending', entityId, 'has nothing of this yet')];
    }
    return [check('ledger_answers', 'missing', entityId, `gave no evidence: ${reason}`)];
  });
}
