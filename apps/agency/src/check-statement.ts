import { ProblemError, problem, type Provenance } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import type { StatedAsk } from './open-ask.js';
import type { OfficerSession } from './session/index.js';

/** What goes out before anybody has approved it: one emergency of a person, for an answer of now, on no paper that is used up by it. */
export async function requireForNow(statement: StatedAsk, session: OfficerSession, node: AgencyNode): Promise<void> {
  const { exception, query, legal_process_documents: documents = [] } = statement;
  const isForNow = query['kind'] !== 'hot_list_alert' && query['reveal'] === undefined && documents.length === 0;
  if (exception === 'none' || !isForNow) {
    throw new ProblemError(
      problem(422, 'approval_first', 'this is approved before it is asked', {
        detail: 'only an exception can be approved afterwards; no standing alert, companion or enclosed order',
      }),
    );
  }
  if (!(await node.asks.owesApproval(session.sub))) return;
  throw new ProblemError(
    problem(409, 'approval_still_owed', 'an earlier emergency of yours waits for a supervisor', {
      detail: 'have it approved or disapproved first, or ask in the ordinary way',
    }),
  );
}

/** Each once, all of them enrolled. */
export function distinctOwners(named: readonly string[], node: AgencyNode): string[] {
  const owners = [...new Set(named)];
  const enrolled = new Set(node.directory.agencies().map(({ entityId }) => entityId));
  const unknown = owners.filter((owner) => owner === node.entityId || !enrolled.has(owner));
  if (unknown.length > 0) {
    // By their places: what stands there is no entity of ours, and may be a plate in the wrong field (W14).
    const places = unknown.map((owner) => `owners[${named.indexOf(owner)}]`);
    throw new ProblemError(
      problem(422, 'owner_not_enrolled', 'a named holding agency is not enrolled', {
        detail: `not enrolled here: ${places.join(', ')}`,
      }),
    );
  }
  return owners;
}

/** A release has one owner, who alone can be asked for it, and another agency that received it. */
export function requireOnePassing(
  provenance: Provenance | undefined,
  owners: readonly string[],
  node: AgencyNode,
): void {
  if (provenance === undefined || (owners.length === 1 && ![...owners, node.entityId].includes(provenance.recipient))) {
    return;
  }
  throw new ProblemError(
    problem(422, 'provenance_malformed', 'what another agency received is asked of its owner alone', {
      detail: 'name one owner, and as `recipient` an agency that is neither that owner nor this one',
    }),
  );
}
