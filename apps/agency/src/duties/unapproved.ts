import { protocolReason, type VerifiedRequest } from '#exchange';
import type { ReasonClaims } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import type { OpenedHere } from '../open-here.js';
import { OfficerTokenError } from '../session/index.js';

/**
 * What stands against a request that nobody has approved yet, besides the rule, which has to let the approval follow. Such a
 * request is for an answer of now: nothing that stands for a day, no plate of a companion, no further page. Whoever owes this
 * owner an approval gets no second emergency on credit. Looked up at the decision and once more at the release.
 */
export async function unapprovedReasons(
  request: VerifiedRequest,
  { opened, persons }: OpenedHere,
  node: AgencyNode,
): Promise<readonly ReasonClaims[]> {
  if (opened.approval !== undefined || persons instanceof OfficerTokenError) return [];
  const { ask, cursor } = opened.sealed;
  const isForNow = !('hot_list' in ask.query) && !('reveal' in ask.query && ask.query.reveal) && cursor === undefined;
  const owed = await node.duties.approvalOwedBy(request.claims.iss, persons.tags.officer, request.digest);
  return [...(isForNow ? [] : [APPROVAL_FIRST]), ...(owed ? [STILL_OWED] : [])];
}

const APPROVAL_FIRST: ReasonClaims = protocolReason(
  'approval_first',
  'an approval before what stands for a day, names a companion or goes on with a page',
  'one that would follow',
  'have a supervisor approve it first',
);

const STILL_OWED: ReasonClaims = protocolReason(
  'approval_still_owed',
  'no earlier emergency of this officer that nobody has approved yet',
  'one',
  'have a supervisor approve or disapprove the earlier one',
);
