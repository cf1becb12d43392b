import type { AgencyNode } from '../agency-node.js';
import { sendDuty } from './send-report.js';

/**
 * Brings what a supervisor said of an emergency after it was asked to every owner that is owed it, until each has it in its
 * ledger. What one owner cannot take now waits for the next round, and keeps no other waiting.
 */
export async function tellVerdicts(node: AgencyNode, log: (line: string) => void): Promise<void> {
  for (const owed of await node.duties.verdictsToTell()) {
    const ask = await node.asks.find(owed.txn);
    const approval = ask?.approval;
    if (approval === undefined && ask?.disapproved === undefined) continue;
    const verdict =
      approval === undefined
        ? { report: ask?.disapproved?.reason ?? '' }
        : { report: 'approved', approval: { token: approval.token, supervisor_id_token: approval.idToken } };
    await sendDuty(owed, verdict, node).catch(() => {
      log(`duty: the verdict on ${owed.txn} has not reached ${owed.owner} yet`);
    });
  }
}
