import { receiptsOf } from '#exchange/io';
import { ProblemError, problem, type JsonObject, type LedgerEvidenceBody } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { askTrace } from './ask-trace.js';
import { memberOf } from './members-of-then.js';

const AT_ONCE = 32;

/** Which ledgers to ask, by their places: a thousand take longer than one call may. */
export interface TracePart {
  readonly from: number;
  readonly count: number;
}

export type CollectedTrace = {
  readonly txn: string;
  readonly ledgers: JsonObject[];
  /** Where the next part begins; absent where there is none. */
  readonly next?: number;
};

export const WHOLE_TRACE: TracePart = { from: 0, count: Number.MAX_SAFE_INTEGER };

/**
 * The receipts of a transaction from every ledger that has a part in it: `{txn, ledgers: [{entity_id, chain, chain_at?, evidence |
 * missing}]}`. Each chain leads to the anchor, so that whoever reads it can verify everything without trusting this node. This
 * node's own ledger comes first, then the brokers', then the owners'.
 *
 * @throws ProblemError 404 where this agency has no part in it
 */
export async function collectTrace(
  txn: string,
  node: AgencyNode,
  { from, count }: TracePart = WHOLE_TRACE,
): Promise<CollectedTrace> {
  const own = await receiptsOf(txn, node.entityId, node);
  if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  const requests = await node.outgoing.forTransaction(txn);
  const brokers = requests.map(({ broker }) => broker);
  const others = [...new Set([...brokers, ...requests.map(({ owner }) => owner)])];
  const asked = await askInTurns(others.slice(Math.max(0, from - 1), from + count - 1), (entityId) =>
    ask(entityId, txn, node),
  );
  const ledgers = from === 0 ? [ownLedger(own, node), ...asked] : asked;
  const next = from + count;
  return { txn, ledgers, ...(next <= others.length ? { next } : {}) };
}

/** The same of a transaction in which this agency was asked: its own ledger, the brokers' and the requesters'. */
export async function collectHeld(txn: string, node: AgencyNode): Promise<CollectedTrace> {
  const own = await receiptsOf(txn, node.entityId, node);
  if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  const parties = await node.incoming.partiesOf(txn);
  const others = [...new Set(parties.flatMap(({ broker, requester }) => [broker, requester]))];
  const asked = await askInTurns(others, (entityId) => ask(entityId, txn, node));
  return { txn, ledgers: [ownLedger(own, node), ...asked] };
}

function ownLedger(own: LedgerEvidenceBody, node: AgencyNode): JsonObject {
  return { entity_id: node.entityId, chain: [...node.own.ownChain()], evidence: own as unknown as JsonObject };
}

/** A request may have gone to a thousand owners: so many are asked at once, and each answer keeps its place. */
async function askInTurns<T>(all: readonly string[], askOne: (entityId: string) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let first = 0; first < all.length; first += AT_ONCE) {
    answers.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(askOne))));
  }
  return answers;
}

async function ask(entityId: string, txn: string, node: AgencyNode): Promise<JsonObject> {
  const member = await memberOf(entityId, node);
  const known = { entity_id: entityId, ...member?.shown };
  try {
    if (member === undefined) throw new TypeError('nobody here knows its chain');
    return { ...known, evidence: (await askTrace(member.chain, txn, node)) as unknown as JsonObject };
  } catch (error) {
    // Named, not left out: a ledger that says nothing is what a trace has to show.
    return { ...known, missing: error instanceof Error ? error.message : 'no answer' };
  }
}
