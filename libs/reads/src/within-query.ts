import type { ReleasedRead } from '#protocol';
import { instantIn } from './instant.js';
import { allowedFields, type ReadField } from './minimise.js';
import type { PlateHistoryQuery } from './plate-history.js';

/** In what a read goes beyond the query: another plate, another state, another time. */
export type QueryExcess = 'plate' | 'state' | 'window';

/** How many reads an owner sent beyond the query; a read that exceeds it twice counts under both reasons. */
export interface DroppedReads {
  readonly total: number;
  readonly plate: number;
  readonly state: number;
  readonly window: number;
  /** Reads that were kept, but carried fields beyond the rule's; those fields were removed. */
  readonly stripped: number;
}

/**
 * In what a released read goes beyond the query. A read without a state cannot contradict one that was asked for; one
 * whose `seen_at` cannot be read is in no window.
 */
export function exceedsQuery(read: ReleasedRead, query: PlateHistoryQuery): QueryExcess[] {
  const excess: QueryExcess[] = [];
  const asked = query.plates.find((plate) => plate.text === read.plate);
  if (!asked) excess.push('plate');
  if (asked?.state !== undefined && read.plate_state !== undefined && asked.state !== read.plate_state) {
    excess.push('state');
  }
  const seenAt = instantIn(read.seen_at);
  if (seenAt === undefined || seenAt < query.from || seenAt >= query.until) excess.push('window');
  return excess;
}

/**
 * Keeps what was asked for and counts the rest, which is dropped and reported before anybody sees it (P22: an owner that
 * returns more than was asked makes the requester hold what no supervisor approved).
 * @param fields what the owner's rule lets through; other members of a read are removed and counted as `stripped`
 */
export function keepWithinQuery(
  reads: readonly ReleasedRead[],
  query: PlateHistoryQuery,
  fields: readonly ReadField[],
): { kept: ReleasedRead[]; dropped: DroppedReads } {
  const allowed = allowedFields(fields);
  const dropped = { total: 0, plate: 0, state: 0, window: 0, stripped: 0 };
  const kept: ReleasedRead[] = [];
  for (const read of reads) {
    const excess = exceedsQuery(read, query);
    if (excess.length > 0) {
      dropped.total += 1;
      for (const reason of excess) dropped[reason] += 1;
      continue;
    }
    const only = stripTo(read, allowed);
    if (only !== read) dropped.stripped += 1;
    kept.push(only);
  }
  return { kept, dropped };
}

/** The read itself where it holds nothing more, else a copy without the rest. */
function stripTo(read: ReleasedRead, allowed: ReadonlySet<ReadField>): ReleasedRead {
  const members = Object.entries(read).filter(([, value]) => value !== undefined);
  const within = members.filter(([name]) => allowed.has(name as ReadField));
  return within.length === members.length ? read : (Object.fromEntries(within) as unknown as ReleasedRead);
}
