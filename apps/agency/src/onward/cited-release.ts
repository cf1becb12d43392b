import { protocolReason, type VerifiedRequest } from '#exchange';
import type { ReasonClaims } from '#protocol';
import type { AgencyNode } from '../agency-node.js';
import type { OpenedHere } from '../open-here.js';

/** What a release of this owner to another agency held: tags of its reads, under this owner's own key. */
export interface CitedRelease {
  readonly rowTags: ReadonlySet<string>;
}

/**
 * The release that a request cites: one of this owner, to the agency that the request names, sent, not called back, and still
 * kept there by what it was obliged to. Looked up at the decision and once more at the release. Whatever does not fit is told in
 * one text: every digest of a release stands in the public ledger, and whose it is must not be found out by asking (P17).
 */
export async function citedRelease(
  { claims }: VerifiedRequest,
  { opened: { sealed } }: OpenedHere,
  node: AgencyNode,
): Promise<CitedRelease | ReasonClaims | undefined> {
  const { provenance, owners, query } = sealed.ask;
  if (provenance === undefined) return undefined;
  // Another owner could not know the release; and what stands is no read that anybody has received.
  if (owners.count !== 1 || 'hot_list' in query || provenance.recipient === claims.iss) return PROVENANCE_UNKNOWN;
  const request = await node.incoming.requestOfStandingRelease(provenance, node.clock.now());
  if (request === undefined) return PROVENANCE_UNKNOWN;
  return { rowTags: new Set(await node.exports.tagsOfRelease(request)) };
}

const PROVENANCE_UNKNOWN: ReasonClaims = protocolReason(
  'provenance_unknown',
  'a release of this owner to the agency that is named, which that agency may still keep',
  'none such',
  'have the agency that received it say which release it was, or ask without citing one',
);
