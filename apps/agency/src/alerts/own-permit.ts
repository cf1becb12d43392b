import { partyOf } from '#exchange';
import { hotListPermit, type SourcePermit } from '#policy';
import type { AgencyNode } from '../agency-node.js';

/** What this agency may list now, by its published rule and by the law that is attested for it. */
export async function ownPermit(node: AgencyNode): Promise<SourcePermit> {
  const published = await node.rules.current();
  const view = await node.directory.agencyView(node.own.ownChain());
  return hotListPermit(published?.rule, partyOf(view), node.clock.now());
}
