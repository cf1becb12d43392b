import { receiptsOf } from '#exchange/io';
import { ProblemError, problem, type JsonObject, type LedgerEvidenceBody } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { askTrace } from './ask-trace.js';
import { memberOf } from './members-of-then.js';

const AT_ONCE = 32;

/**
 * The receipts of a transaction from every ledger that has a part in it: `{txn, ledgers: [{entity_id, chain, chain_at?, evidence |
 * missing}]}`. Each chain leads to the anchor, so that whoever reads it can verify everything without trusting this node.
 *
 * @throws ProblemError 404 where this agency has no part in it
 */
export async function collectTrace(txn: string, node: AgencyNode): Promise<{ txn: string; ledgers: JsonObject[] }> {
  const own = await receiptsOf(txn, node.entityId, node);
  if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  const requests = await node.outgoing.forTransaction(txn);
  const others = [...new Set(requests.flatMap(({ broker, owner }) => [broker, owner]))];
  return { txn, ledgers: await ledgersOf(txn, own, others, node) };
}

/** The same of a transaction in which this agency was asked: its own ledger, the brokers' and the requesters'. */
export async function collectHeld(txn: string, node: AgencyNode): Promise<{ txn: string; ledgers: JsonObject[] }> {
  const own = await receiptsOf(txn, node.entityId, node);
  if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  const parties = await node.incoming.partiesOf(txn);
  const others = [...new Set(parties.flatMap(({ broker, requester }) => [broker, requester]))];
  return { txn, ledgers: await ledgersOf(txn, own, others, node) };
}

async function ledgersOf(
  txn: string,
  own: LedgerEvidenceBody,
  others: readonly string[],
  node: AgencyNode,
): Promise<JsonObject[]> {
  return [
    { entity_id: node.entityId, chain: [...node.own.ownChain()], evidence: own as unknown as JsonObject },
    ...(await askInTurns(others, (entityId) => ask(entityId, txn, node))),
  ];
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
