import { parseMessage, digestOfText, NO_AUDIENCE, ApprovalClaims, readToken, verifyToken } from '#protocol';
import { ProblemError, problem, type LateApproval } from '#protocol';
import { QUERY_KINDS } from '#policy';
import { readRequest, type PartyView } from '#exchange';
import type { AgencyNode } from '../agency-node.js';
import { OfficerTokenError } from '../session/index.js';
import { verifyPerson } from '../verify-persons.js';
import type { OwedHere } from './duties.store.js';

/**
 * The approval that follows an emergency, held against the request that it is for: of the very ask, of the officer's own sign-in, by
 * another person who is a supervisor, in a role that the rule would have taken before. Used once, like every approval (P18).
 *
 * @throws ProblemError 422 `approval_invalid`, in one text; nothing changes, and it is still owed
 */
export async function verifyLateApproval(
  late: LateApproval,
  duty: OwedHere,
  requester: PartyView,
  node: AgencyNode,
): Promise<void> {
  const approval = await believed(late, duty, requester, node);
  const supervisor = await verifyPerson(late.supervisor_id_token, requester, approval.iat, node);
  if (supervisor instanceof OfficerTokenError || !supervisor.roles.includes('supervisor')) throw invalid();
  if (node.tags.person(supervisor.issuer, supervisor.sub) === duty.officerTag) throw invalid();
  if (!(await takesSupervisors(duty, node))) throw invalid();
  const { manager } = node.dataSource;
  const now = node.clock.now();
  if (!(await node.incoming.useApproval(manager, duty.requester, approval.jti, duty.requestDigest, now))) {
    throw invalid();
  }
}

/** It speaks for the moment at which it was signed, like the ID tokens in it: an owner that was away may get it late. */
async function believed(
  { token, supervisor_id_token: supervisor }: LateApproval,
  duty: OwedHere,
  requester: PartyView,
  node: AgencyNode,
): Promise<ApprovalClaims> {
  const { exp } = parseMessage(ApprovalClaims, readToken('approval', token).claims);
  const { claims } = await verifyToken({
    kind: 'approval',
    token,
    keys: requester.chain.protocolKeys.signing,
    issuer: duty.requester,
    audience: NO_AUDIENCE,
    now: Math.min(node.clock.now(), exp * 1000 - 1),
  }).catch((cause: unknown) => {
    throw invalid(cause);
  });
  const approval = parseMessage(ApprovalClaims, claims);
  const fits =
    approval.ask_digest === duty.askDigest &&
    approval.officer_id_token === duty.officerIdToken &&
    approval.supervisor_id_token === digestOfText(supervisor);
  if (!fits) throw invalid();
  return approval;
}

/** The rule waives when the approval comes, and not by whom. */
async function takesSupervisors({ requestDigest }: OwedHere, node: AgencyNode): Promise<boolean> {
  const stored = await node.incoming.requestByDigest(requestDigest);
  const asked = stored === undefined ? undefined : readRequest(stored).claims.clear.kind;
  const kind = QUERY_KINDS.find((each) => each === asked);
  const section = kind === undefined ? undefined : (await node.rules.current())?.rule.release?.[kind];
  if (section === undefined) return false;
  const asks = [section.approval, ...(section.tiers ?? []).flatMap(({ approval }) => approval ?? [])];
  return asks.every(({ roles }) => roles === undefined || roles.includes('supervisor'));
}

function invalid(cause?: unknown): ProblemError {
  return new ProblemError(
    problem(422, 'approval_invalid', 'this is no approval of that request by a second person'),
    cause === undefined ? undefined : { cause },
  );
}
