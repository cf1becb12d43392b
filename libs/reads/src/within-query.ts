import type { ReleasedRead } from '#protocol';
import { areaIsWithin } from '#policy';
import { instantIn } from './instant.js';
import { allowedFields, type ReadField } from './minimise.js';
import type { PlateHistoryQuery } from './plate-history.js';
import { fitsPattern } from './plate-pattern.js';
import { areasOf, withKind, type ReadsQuery } from './reads-query.js';
import { isVehicle } from './vehicle.js';

/** In what a read goes beyond the query: another plate, state, time, place or vehicle, or an older read than the newest. */
export type QueryExcess = 'plate' | 'state' | 'window' | 'area' | 'vehicle' | 'older';

/**
 * How many reads an owner sent beyond the query; a read that exceeds it twice counts under both reasons. `area`, `vehicle`
 * and `older` are there where they are not 0.
 */
export interface DroppedReads extends Readonly<Partial<Record<QueryExcess, number>>> {
  readonly total: number;
  readonly plate: number;
  readonly state: number;
  readonly window: number;
  /** Reads that were kept, but carried fields beyond the rule's; those fields were removed. */
  readonly stripped: number;
}

/**
 * In what a released read goes beyond the query. What a read does not state (its state, place or vehicle) cannot contradict
 * what was asked for; one whose `seen_at` cannot be read is in no window.
 */
export function exceedsQuery(read: ReleasedRead, query: ReadsQuery | PlateHistoryQuery): QueryExcess[] {
  const asked = withKind(query);
  const excess = excessOfKind(read, asked);
  if (!isInWindow(read, asked)) excess.push('window');
  if (!isInAreas(read, asked)) excess.push('area');
  return excess;
}

function excessOfKind(read: ReleasedRead, query: ReadsQuery): QueryExcess[] {
  switch (query.kind) {
    case 'plate_history':
    case 'latest_sighting':
      return excessOfPlate(read, query.plates);
    case 'travelling_together':
      return read.companion === undefined ? excessOfPlate(read, query.plates) : excessOfCompanion(read, query.reveal);
    case 'partial_plate': {
      const { pattern } = query;
      const fits = read.plate !== undefined && fitsPattern(pattern, read.plate);
      return [...(fits ? [] : (['plate'] as const)), ...excessOfState(read, pattern.state)];
    }
    case 'vehicle_description':
      return read.vehicle === undefined || isVehicle(query.vehicle, read.vehicle) ? [] : ['vehicle'];
    case 'near_scene':
      return [];
  }
}

function excessOfPlate(read: ReleasedRead, plates: readonly { text: string; state?: string }[]): QueryExcess[] {
  const asked = plates.find((plate) => plate.text === read.plate);
  return [...(asked ? [] : (['plate'] as const)), ...excessOfState(read, asked?.state)];
}

function excessOfState(read: ReleasedRead, state: string | undefined): QueryExcess[] {
  return state !== undefined && read.plate_state !== undefined && state !== read.plate_state ? ['state'] : [];
}

/** A companion's plate was asked for only where its pseudonym was, under a second approval. */
function excessOfCompanion(read: ReleasedRead, reveal: { companions: readonly string[] } | undefined): QueryExcess[] {
  const isRevealed = read.companion !== undefined && reveal?.companions.includes(read.companion);
  return read.plate === undefined || isRevealed ? [] : ['plate'];
}

/** A coarser instant lies before the read by less than it was made coarser: it may lie before the window by as much. */
function isInWindow(read: ReleasedRead, { from, until }: ReadsQuery): boolean {
  const coarseMs = (read.time_precision_seconds ?? 0) * 1_000;
  const seenAt = instantIn(read.seen_at);
  return seenAt !== undefined && seenAt > from - Math.max(1, coarseMs) && seenAt < until;
}

function isInAreas(read: ReleasedRead, query: ReadsQuery): boolean {
  const areas = areasOf(query);
  const { location, place_precision_metres: coarse = 0 } = read;
  if (areas.length === 0 || location === undefined) return true;
  return areas.some((area) => areaIsWithin(area, location, coarse));
}

/**
 * Keeps what was asked for and counts the rest, which is dropped and reported before anybody sees it (P22: an owner that
 * returns more than was asked makes the requester hold what no supervisor approved).
 * @param fields what the owner's rule lets through; other members of a read are removed and counted as `stripped`
 */
export function keepWithinQuery(
  reads: readonly ReleasedRead[],
  query: ReadsQuery | PlateHistoryQuery,
  fields: readonly ReadField[],
): { kept: ReleasedRead[]; dropped: DroppedReads } {
  const allowed = allowedFields(fields);
  const dropped: Record<'total' | 'plate' | 'state' | 'window' | 'stripped', number> &
    Partial<Record<QueryExcess, number>> = { total: 0, plate: 0, state: 0, window: 0, stripped: 0 };
  const kept: ReleasedRead[] = [];
  const newest = withKind(query).kind === 'latest_sighting' ? newestOfEach(reads, query) : undefined;
  for (const read of reads) {
    const excess = exceedsQuery(read, query);
    if (excess.length === 0 && newest !== undefined && newest.get(read.plate ?? '') !== read) excess.push('older');
    if (excess.length > 0) {
      dropped.total += 1;
      for (const reason of excess) dropped[reason] = (dropped[reason] ?? 0) + 1;
      continue;
    }
    const only = stripTo(read, allowed);
    if (only !== read) dropped.stripped += 1;
    kept.push(only);
  }
  return { kept, dropped };
}

/** Of each plate the newest read that was asked for. */
function newestOfEach(
  reads: readonly ReleasedRead[],
  query: ReadsQuery | PlateHistoryQuery,
): ReadonlyMap<string, ReleasedRead> {
  const newest = new Map<string, ReleasedRead>();
  for (const read of reads) {
    if (exceedsQuery(read, query).length > 0) continue;
    const known = newest.get(read.plate ?? '');
    if (known === undefined || (instantIn(known.seen_at) ?? 0) < (instantIn(read.seen_at) ?? 0)) {
      newest.set(read.plate ?? '', read);
    }
  }
  return newest;
}

/** What says how exactly or of whom a read tells; no rule lists them among its fields. */
const TELLING = ['companion', 'time_precision_seconds', 'place_precision_metres'];

/** The read itself where it holds nothing more, else a copy without the rest. */
function stripTo(read: ReleasedRead, allowed: ReadonlySet<ReadField>): ReleasedRead {
  const members = Object.entries(read).filter(([, value]) => value !== undefined);
  const within = members.filter(([name]) => allowed.has(name as ReadField) || TELLING.includes(name));
  return within.length === members.length ? read : (Object.fromEntries(within) as unknown as ReleasedRead);
}
