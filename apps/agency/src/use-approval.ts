import { protocolReason, type VerifiedRequest } from '#exchange';
import type { ReasonClaims } from '#protocol';
import type { AgencyNode } from './agency-node.js';
import type { DecidedHere } from './decide-here.js';

const APPROVAL_USED: ReasonClaims = protocolReason(
  'approval_used',
  'an approval that this owner has not seen used',
  'used by another request',
  'have the ask approved anew',
);

const CURSOR_USED: ReasonClaims = protocolReason(
  'cursor_used',
  'a page that was not given yet',
  'given to another request',
  'go on from the newest page',
);

/** An approval is used once, and so is each further page of what it opened. */
export async function reasonsBefore(
  request: VerifiedRequest,
  { opened, continues, reasons }: DecidedHere,
  node: AgencyNode,
): Promise<readonly ReasonClaims[]> {
  const { iss } = request.claims;
  // Where the approval follows, its ask is used once in its place.
  const jti = opened.approval?.jti ?? `afterwards/${request.claims.ask_digest}`;
  const { manager } = node.dataSource;
  const now = node.clock.now();
  if (opened.sealed.cursor === undefined) {
    const used = await node.incoming.useApproval(manager, iss, jti, request.digest, now);
    return used ? reasons : [APPROVAL_USED];
  }
  // A cursor that is not good is refused by name already, and uses nothing.
  if (continues === undefined) return reasons;
  const { first, page } = continues;
  const used = await node.incoming.usePage(manager, {
    iss,
    approvalJti: jti,
    first,
    page,
    digest: request.digest,
    now,
  });
  return used ? reasons : [CURSOR_USED];
}
