import { receiptsOf } from '#exchange/io';
import { ProblemError, problem, type JsonObject } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import { askTrace } from './ask-trace.js';

/**
 * The receipts of a transaction from every ledger that has a part in it: `{txn, ledgers: [{entity_id, chain, evidence |
 * missing}]}`. Each chain leads to the anchor, so that whoever reads it can verify everything without trusting this node.
 *
 * @throws ProblemError 404 where this agency has no part in it
 */
export async function collectTrace(txn: string, node: AgencyNode): Promise<{ txn: string; ledgers: JsonObject[] }> {
  const own = await receiptsOf(txn, node.entityId, node);
  if (own === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such transaction'));
  const requests = await node.outgoing.forTransaction(txn);
  const others = [...new Set(requests.flatMap(({ broker, owner }) => [broker, owner]))];
  const ledgers = [
    { entity_id: node.entityId, chain: [...node.own.ownChain()], evidence: own as unknown as JsonObject },
    ...(await Promise.all(others.map((entityId) => ask(entityId, txn, node)))),
  ];
  return { txn, ledgers };
}

async function ask(entityId: string, txn: string, node: AgencyNode): Promise<JsonObject> {
  const known = { entity_id: entityId, ...chainOf(entityId, node) };
  try {
    const peer = node.directory.chainFor(entityId);
    return { ...known, evidence: (await askTrace(peer, txn, node)) as unknown as JsonObject };
  } catch (error) {
    // Named, not left out: a ledger that says nothing is what a trace has to show.
    return { ...known, missing: error instanceof Error ? error.message : 'no answer' };
  }
}

/** Also of a ledger that says nothing: whose it is can be verified all the same. */
function chainOf(entityId: string, node: AgencyNode): { chain?: string[] } {
  try {
    return { chain: [...node.directory.statementsFor(entityId)] };
  } catch {
    return {};
  }
}
