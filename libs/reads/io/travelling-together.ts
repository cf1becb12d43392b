import type { EntityManager } from 'typeorm';
import { companionsAmong, type PassedBy } from '../src/companions.js';
import { formatInstant } from '../src/instant.js';
import { formatListPosition, parseListPosition } from '../src/read-position.js';
import type { TravellingTogether } from '../src/reads-query.js';
import { readOf, SELECTED, type ReadRow } from './read-row.js';
import { tooBroad, type SearchBounds, type SearchResult } from './search-bounds.js';
import { runStatement } from './statement.js';

/** Sightings of the asked plate, and what passed with it: both bound the work of one search. */
const SIGHTINGS_MAX = 1_000;
const PASSED_MAX = 50_000;

type Passed = Pick<ReadRow, 'id' | 'plate' | 'seen_at' | 'device' | 'lat' | 'lon'>;

/**
 * What passed the same devices within so many seconds of the asked plate, at two places or more, inside the window. Words on
 * signs travel with everybody and are left out. The list is made whole each time, and a page is cut from it.
 */
export async function travellingTogether(
  manager: EntityManager,
  query: TravellingTogether,
  { limit, cutoff, cameraOwnerClasses, position }: SearchBounds,
): Promise<SearchResult> {
  const given = parseListPosition(position);
  const from = Math.max(query.from, (cutoff ?? -1) + 1);
  if (from >= query.until) return { reads: [], truncated: false, companions: [] };
  const window = [formatInstant(from), formatInstant(query.until)];
  const [plate] = query.plates;
  const sightings = await runStatement<{ device: string; source: string; seen_at: Date }>(manager, [
    `select device, source, seen_at from plate_read
     where plate = $1::text and ($2::text is null or plate_state = $2::text)
       and seen_at >= $3::timestamptz and seen_at < $4::timestamptz and camera_owner_class = any($6::text[])
     limit $5::integer`,
    [plate.text, plate.state ?? null, ...window, SIGHTINGS_MAX + 1, cameraOwnerClasses],
  ]);
  if (sightings.length > SIGHTINGS_MAX) throw tooBroad();
  const passed = await runStatement<Passed>(manager, [
    `select r.id, r.plate, r.seen_at, r.device, r.lat, r.lon
     from unnest($1::text[], $2::text[], $3::timestamptz[]) as seen (device, source, seen_at)
     cross join lateral (
       select id, plate, seen_at, device, lat, lon from plate_read r
       where r.device = seen.device and r.source = seen.source and r.plate <> $4::text and not r.non_plate
         and r.camera_owner_class = any($9::text[])
         and r.seen_at >= greatest(seen.seen_at - make_interval(secs => $5::integer), $6::timestamptz)
         and r.seen_at <= seen.seen_at + make_interval(secs => $5::integer) and r.seen_at < $7::timestamptz
       -- Also keeps the planner from turning this into a join with the whole table.
       limit $8::integer) r
     limit $8::integer`,
    [
      sightings.map((seen) => seen.device),
      sightings.map((seen) => seen.source),
      sightings.map((seen) => seen.seen_at.toISOString()),
      plate.text,
      query.withinSeconds,
      ...window,
      PASSED_MAX + 1,
      cameraOwnerClasses,
    ],
  ]);
  if (passed.length > PASSED_MAX) throw tooBroad();
  const companions = companionsAmong(passed.map(passedBy));
  const ids = companions.flatMap((companion) => companion.reads.map(({ id }) => id));
  const wanted = ids.slice(given, given + limit);
  const rows = await readsOf(manager, wanted, passed);
  const truncated = given + limit < ids.length;
  return { reads: rows, companions, truncated, ...(truncated && { next: formatListPosition(given + limit) }) };
}

/** The whole reads, in the order of their numbers in `ids`. The instants tell which days to look at. */
async function readsOf(manager: EntityManager, ids: readonly string[], passed: readonly Passed[]) {
  const keys = new Map(passed.map((row) => [row.id, row]));
  const listed = ids.flatMap((id) => keys.get(id) ?? []);
  const rows = await runStatement<ReadRow>(manager, [
    `select ${SELECTED} from plate_read r
     where (plate, seen_at) in (select * from unnest($1::text[], $2::timestamptz[])) and id = any($3::bigint[])`,
    [listed.map((row) => row.plate), listed.map((row) => row.seen_at.toISOString()), ids],
  ]);
  const byId = new Map(rows.map((row) => [row.id, readOf(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function passedBy({ id, plate, seen_at, device, lat, lon }: Passed): PassedBy {
  const location = lat !== null && lon !== null ? { location: { lat, lon } } : {};
  return { id, plate, seenAt: seen_at.getTime(), device, ...location };
}
