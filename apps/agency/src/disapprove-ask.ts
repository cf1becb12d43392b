import { disapprovedFields } from '#exchange';
import { ProblemError, problem } from '#protocol';
import { inSpan } from '#tracing/io';
import type { AgencyNode } from './agency-node.js';
import { requireOther, type StoredAsk } from './asks.store.js';
import { tellVerdicts } from './duties/tell-verdicts.js';
import type { OfficerSession } from './session/index.js';

/**
 * A supervisor disapproves of an emergency that was asked before anybody approved it. What came of it is deleted in the same
 * transaction, or goes out of sight where a confirmed hold is on it; what still comes is not kept; every owner is told, and the
 * ledger says so.
 */
export async function disapproveAsk(
  txn: string,
  reason: string,
  session: OfficerSession,
  node: AgencyNode,
): Promise<StoredAsk> {
  const ask = await node.asks.find(txn);
  if (ask === undefined) throw new ProblemError(problem(404, 'not_found', 'there is no such ask'));
  requireOther(ask, session);
  await inSpan('disapprove', { parent: ask.traceparent, attributes: {} }, async () => {
    await node.dataSource.transaction(async (manager) => {
      if (
        !(await node.asks.disapprove(manager, txn, { reason, pseudonym: session.pseudonym, now: node.clock.now() }))
      ) {
        throw new ProblemError(
          problem(409, 'not_waiting', 'only an emergency that waits for its approval can be disapproved'),
        );
      }
      let [deleted, held] = [0, 0];
      for (const { owner, release } of await node.outgoing.forTransaction(txn)) {
        if (release === undefined) continue;
        const kept = await node.holds.keepRecalled(manager, { owner, release });
        held += kept?.reads ?? 0;
        if (kept === undefined) deleted += await node.received.deleteRelease(owner, release, manager);
      }
      await node.ledger.append(manager, {
        receiptId: `disapproved/${txn}`,
        kind: 'disapproved',
        txn,
        fields: disapprovedFields(
          {
            txn,
            trace: ask.traceparent,
            requester: node.entityId,
            ask: ask.askDigest,
            supervisor: session.pseudonym,
          },
          { reads_deleted: deleted, reads_held: held },
        ),
      });
    });
    await node.ledger.integrated(`disapproved/${txn}`);
    await tellVerdicts(node, () => undefined);
  });
  return (await node.asks.find(txn)) ?? ask;
}
