import { alertedFields } from '#exchange';
import { newTransactionId, type JsonObject } from '#protocol';
import { formatInstant, matchRead, platesToLookUp, type Match, type RetentionLimits, type UnstoredRead } from '#reads';
import { entryJson } from '#reads/io';
import type { AgencyNode } from '../agency-node.js';
import { retentionLimits } from '../retention/retention-limits.js';
import { ownPermit } from './own-permit.js';

/** A read that comes in later than this is history: nobody drives out for it. */
const ALERTING_MS = 30 * 60_000;
/** How far a camera's clock may be ahead. */
const AHEAD_MS = 2 * 60_000;
const HIT_DAYS = 30;

/**
 * Compares reads with the agency's own lists. Every hit is on record before anybody sees it, and a hit is all that a machine
 * makes of it: the next step is a person's (law 9).
 *
 * @returns how many hits are new
 */
export async function recordHits(reads: readonly UnstoredRead[], node: AgencyNode): Promise<number> {
  const now = node.clock.now();
  const recent = reads.filter(({ seenAt }) => seenAt > now - ALERTING_MS && seenAt <= now + AHEAD_MS);
  if (recent.length === 0) return 0;
  const entries = await node.hotLists.active(recent.flatMap(platesToLookUp), await ownPermit(node));
  if (entries.length === 0) return 0;
  const limits = await retentionLimits(node);
  let hits = 0;
  for (const read of recent) {
    for (const match of matchRead(read, entries)) hits += (await recordHit(read, match, limits, node)) ? 1 : 0;
  }
  return hits;
}

async function recordHit(
  read: UnstoredRead,
  { entry, match, stateUnknown }: Match,
  limits: RetentionLimits,
  node: AgencyNode,
): Promise<boolean> {
  const now = node.clock.now();
  const id = newTransactionId(node.randomness);
  const receiptId = `alerted/${id}`;
  const { list, record } = entry;
  return node.dataSource.transaction(async (manager) => {
    const alert = {
      id,
      hit: JSON.stringify([list, record, read.plate, read.seenAt, read.device, read.source]),
      origin: 'own',
      txn: undefined,
      list,
      record,
      source: entry.source,
      match,
      stateUnknown,
      entry: entryJson(entry),
      read: readJson(read),
      refreshedAtMs: entry.refreshedAt,
      createdAtMs: now,
      receiptId,
      expiresAtMs: read.seenAt + (limits.hitsMs ?? limits.readsMs ?? HIT_DAYS * 86_400_000),
    };
    if (!(await node.alerts.insert(manager, alert))) return false;
    await node.hits.keep(manager, read, id, limits.hitsMs);
    await node.alerts.count(manager, list, match === 'exact' ? 'hit' : 'look_alike');
    await node.ledger.append(manager, {
      receiptId,
      kind: 'alerted',
      fields: alertedFields(
        { agency: node.entityId, alert: id, list, subscription: null },
        { plate_tag: node.tags.plate(read.plate), read: formatInstant(read.seenAt) },
      ),
    });
    return true;
  });
}

function readJson(read: UnstoredRead): JsonObject {
  const { plate, plateState, seenAt, device, location, confidence } = read;
  return {
    plate,
    ...(plateState === undefined ? {} : { plate_state: plateState }),
    seen_at: formatInstant(seenAt),
    device,
    ...(location === undefined ? {} : { location: { ...location } }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(read.imageRef === undefined ? {} : { image: read.imageRef }),
  };
}
