import { factsAtBroker, readRequest, type Parties } from '#exchange';
import { partiesView, partyView } from '#exchange/io';
import { decide, type Facts, type Rule } from '#policy';
import type { RequestClaims } from '#protocol';
import type { AgencyNode } from './agency-node.js';

/** What a rule would have said to one request of the past. No plate, person, case or narrative: those stay sealed. */
export interface SimulatedRequest {
  readonly txn: string;
  readonly requester: string;
  readonly received_at: string;
  /** What became of it. */
  readonly was: 'permitted' | 'refused';
  /** What the rule says on what everybody may know; `left` is what only the sealed part could tell. */
  readonly would_be: 'refused' | 'not_refused' | 'requester_unknown';
  readonly reasons: readonly { readonly code: string; readonly requirement: string }[];
  readonly left: readonly string[];
}

const MOST = 1_000;

/**
 * A proposed rule against the newest requests that this node has decided, at most 1,000 of them, by the law that is attested
 * today. The sealed parts are not opened again: their keys are gone after a week, and so they should be.
 */
export async function simulateRule(rule: Rule, node: AgencyNode): Promise<SimulatedRequest[]> {
  const simulated: SimulatedRequest[] = [];
  const owner = await partyView(node.directory, node.entityId);
  for (const past of await node.incoming.newest(MOST)) {
    const { claims } = readRequest(past.request);
    const requester = await partyView(node.directory, claims.iss);
    const about = {
      txn: claims.txn,
      requester: claims.iss,
      received_at: past.receivedAt,
      was: past.reasons.length === 0 ? ('permitted' as const) : ('refused' as const),
    };
    if (requester === undefined) {
      simulated.push({ ...about, would_be: 'requester_unknown', reasons: [], left: [] });
      continue;
    }
    const named = { requester, beneficiary: claims.clear.beneficiary, owner };
    const parties = await partiesView(node.directory, named);
    simulated.push({ ...about, ...judged(rule, claims, parties, node.clock.now()) });
  }
  return simulated;
}

function judged(
  rule: Rule,
  claims: RequestClaims,
  parties: Parties,
  now: number,
): Pick<SimulatedRequest, 'would_be' | 'reasons' | 'left'> {
  const facts = asOfNow(factsAtBroker(parties, claims.clear, claims.fan_out), now - claims.iat * 1000);
  // The question is what the rule says, not from when on.
  const { effective_until: _until, ...rest } = rule;
  const inEffect = { ...rest, effective_from: '1970-01-01T00:00:00Z' };
  const decision = decide(facts, { rule: inEffect, side: 'release' }, now);
  const reasons = decision.outcome === 'deny' ? decision.reasons : [];
  const undetermined = decision.outcome === 'permit' ? [] : decision.undetermined;
  return {
    would_be: decision.outcome === 'deny' ? 'refused' : 'not_refused',
    reasons: reasons.map(({ code, requirement }) => ({ code, requirement })),
    left: undetermined.map(({ requirement }) => requirement),
  };
}

/** The window moves along, so that the reads are as old as they were when the request was made. */
function asOfNow(facts: Facts, movedMs: number): Facts {
  const { window } = facts.request;
  if (window.state !== 'known') return facts;
  const { fromMs, untilMs } = window.value;
  const moved = { fromMs: fromMs + movedMs, untilMs: untilMs + movedMs };
  return { ...facts, request: { ...facts.request, window: { state: 'known', value: moved } } };
}
