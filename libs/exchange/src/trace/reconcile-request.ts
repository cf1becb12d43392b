import { digestOf, type RequestState } from '#protocol';
import { checkRelease } from './reconcile-release.js';
import {
  endOf,
  isWithdrawn,
  toldBy,
  type Note,
  type RequestEnd,
  type RequestGroup,
  type RequestParties,
  type Told,
} from './request-hops.js';
import { check, type TraceCheck } from './trace-check.js';
import { fieldOf, reasonsOf, type ProvenHop } from './trace-hop.js';

/** One request to one holding agency, as the ledgers tell it. */
export interface TracedRequest {
  /** Message digest. */
  readonly request: string;
  readonly requester: string;
  readonly owner: string;
  readonly end: RequestEnd;
  /** State that the requesting node logged when the outcome arrived. */
  readonly delivered: string | undefined;
}

/** Checks the links between the ledgers for one request: each grant ends, each release is logged, sent and delivered. */
export function checkRequest(
  group: RequestGroup,
  broker: string | undefined,
): { request: TracedRequest; checks: TraceCheck[] } {
  const { request, hops } = group;
  const told = toldBy(hops);
  const requester = commonValue(hops, 'requester');
  const owner = commonValue(hops, 'owner');
  const decider = hops.find(({ byBroker }) => byBroker)?.keeper ?? broker;
  const of = { requester: requester ?? '', owner: owner ?? '', broker: decider };
  const delivered = told.delivered && fieldOf(told.delivered, 'state');
  const note: Note = (code, state, party, text) => check(code, state, party, text, request);
  const parties =
    requester !== undefined && owner !== undefined
      ? note('same_parties', 'holds', undefined, 'one request, one requester and one owner in every ledger')
      : note('same_parties', 'broken', undefined, 'the ledgers name different parties for one request');
  return {
    request: { request, requester: of.requester, owner: of.owner, end: endOf(told), delivered },
    checks: [
      parties,
      ...statedTwice(hops, note),
      ...decided(told, of, delivered, note),
      ...grantEnded(told, of, delivered, note),
      ...checkRelease(told, of, delivered, note),
      ...delivery(told, of, delivered, note),
    ],
  };
}

/** The value that every hop opened, or `undefined` where one differs or lacks it. */
function commonValue(hops: readonly ProvenHop[], name: string): string | undefined {
  const values = new Set(hops.map((hop) => fieldOf(hop, name)));
  return values.size === 1 ? [...values][0] : undefined;
}

function statedTwice(hops: readonly ProvenHop[], note: Note): TraceCheck[] {
  const seen = new Set<string>();
  return hops.flatMap((hop) => {
    const name = `${hop.receipt.kind} ${hop.keeper}`;
    // What was prepared may be withdrawn more than once, for different reasons.
    if (!seen.has(name) || (hop.receipt.kind === 'refused' && !hop.byBroker)) {
      seen.add(name);
      return [];
    }
    return [note('once', 'broken', hop.keeper, `\`${hop.receipt.kind}\` is stated twice for one request`)];
  });
}

/** Without the broker's decision in its ledger an owner must not act, and nothing can have come back (B03). */
function decided(told: Told, { broker }: RequestParties, delivered: string | undefined, note: Note): TraceCheck[] {
  const decisions = [told.granted, told.refusedByBroker, told.expired].filter((hop) => hop !== undefined);
  const [decision] = decisions;
  if (decisions.length > 1) return [note('decided', 'broken', broker, 'the broker logged more than one decision')];
  if (decision !== undefined) {
    return [note('decided', 'holds', decision.keeper, `the broker’s decision is logged: \`${decision.receipt.kind}\``)];
  }
  const acted = told.released ?? told.refusedByOwner ?? told.logged ?? told.sent;
  if (acted !== undefined) {
    return [note('decided', 'missing', broker, 'the owner acted on a request that the broker’s ledger does not hold')];
  }
  if (delivered !== undefined && isEndState(delivered)) {
    return [note('decided', 'missing', broker, 'an outcome came back, and the broker’s ledger holds no decision')];
  }
  return delivered === undefined ? [note('decided', 'pending', broker, 'the broker has not decided yet')] : [];
}

function grantEnded(told: Told, { owner }: RequestParties, delivered: string | undefined, note: Note): TraceCheck[] {
  if (told.granted === undefined) return [];
  if (told.released !== undefined || told.refusedByOwner !== undefined) {
    const how = endOf(told) === 'released' ? 'a release' : 'a refusal';
    return [note('grant_ended', 'holds', owner, `the grant ended in ${how}`)];
  }
  if (told.failed !== undefined) {
    return [note('grant_ended', 'holds', told.failed.keeper, 'the grant ended without the owner’s answer')];
  }
  return delivered === undefined
    ? [note('grant_ended', 'pending', owner, 'the owner has not answered the grant yet')]
    : [note('grant_ended', 'missing', owner, 'the grant has no end in the owner’s ledger')];
}

/** The end that the requesting node logged is the end that the other ledgers prove. */
function delivery(told: Told, of: RequestParties, delivered: string | undefined, note: Note): TraceCheck[] {
  const { requester } = of;
  if (delivered === undefined) {
    return [note('delivered', 'pending', requester, 'the requesting node has not logged an outcome yet')];
  }
  if (!isEndState(delivered)) {
    const refused = [told.refusedByBroker, told.refusedByOwner].find(
      (hop) => hop && reasonsOf(hop).includes(delivered),
    );
    if (refused !== undefined) {
      return [note('delivered', 'holds', requester, `turned away by name, as the ledgers prove: \`${delivered}\``)];
    }
    const text = `ended by the requesting node’s own word \`${delivered}\`: nothing that came back was proven`;
    return [note('delivered', 'missing', of.broker, text)];
  }
  // A broker that holds an answer back and states another end (B08).
  if (delivered !== 'replied' && delivered !== 'denied' && told.sent !== undefined) {
    return [note('delivered', 'broken', of.broker, 'the owner sent an answer that never arrived')];
  }
  const proof = proofOf(delivered, told);
  // Who owes the other half is named by the checks above.
  if (proof === undefined) {
    const other = endOf(told);
    return other === 'open'
      ? []
      : [note('delivered', 'broken', requester, `logged as \`${delivered}\`, and the ledgers prove \`${other}\``)];
  }
  if (delivered !== 'replied' || fieldOf(told.delivered ?? proof, 'evidence') === evidenceOf(proof)) {
    return [note('delivered', 'holds', requester, `what arrived is what the ledgers prove: \`${delivered}\``)];
  }
  return [note('delivered', 'broken', requester, 'what arrived is not what was released')];
}

function isEndState(state: string): state is RequestState {
  return ['replied', 'denied', 'broker_denied', 'expired', 'failed'].includes(state);
}

/** The receipt of another ledger that proves a delivered end. */
function proofOf(state: RequestState, told: Told): ProvenHop | undefined {
  switch (state) {
    case 'replied':
      return isWithdrawn(told) ? undefined : told.released;
    case 'denied':
      return told.refusedByOwner;
    case 'broker_denied':
      return told.refusedByBroker;
    case 'expired':
      return told.expired;
    case 'failed':
      return told.failed;
  }
}

/** As the requesting node commits to it in `delivered`: the ciphertext and the release that it checked. */
function evidenceOf(released: ProvenHop): string {
  return digestOf({ answer: fieldOf(released, 'ciphertext') ?? '', release: released.receipt.digest });
}
