import { isFresh } from '#reads';
import type { AgencyNode } from '../agency-node.js';
import type { Alert } from './alerts.store.js';
import { ownPermit } from './own-permit.js';
import { ownEntry } from './standing-query.js';

/** Whether what another agency's camera saw is still looked for here, and by a list that is fresh now. */
export async function receivedStanding(alert: Alert, node: AgencyNode): Promise<{ listed: boolean; fresh: boolean }> {
  const { plate, plate_state: state } = alert.entry;
  const entry = await ownEntry({ text: plate ?? null, ...(state === undefined ? {} : { state }) }, node);
  const permit = await ownPermit(node);
  return {
    listed: entry !== undefined,
    fresh: entry !== undefined && isFresh(entry.refreshedAt, permit.maxAgeHours, node.clock.now()),
  };
}
