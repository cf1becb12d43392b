import type { EntityManager } from 'typeorm';
import { newestFirst } from '../src/companions.js';
import { formatInstant } from '../src/instant.js';
import { formatListPosition, parseListPosition } from '../src/read-position.js';
import type { LatestSighting } from '../src/reads-query.js';
import { readOf, SELECTED, type ReadRow } from './read-row.js';
import type { SearchBounds, SearchResult } from './search-bounds.js';
import { runStatement } from './statement.js';

/** The newest read of each asked plate: one step down the index for each, and no other read is looked at. */
export async function latestSightings(
  manager: EntityManager,
  query: LatestSighting,
  { limit, cutoff, cameraOwnerClasses, position }: SearchBounds,
): Promise<SearchResult> {
  const given = parseListPosition(position);
  const from = Math.max(query.from, (cutoff ?? -1) + 1);
  if (from >= query.until) return { reads: [], truncated: false };
  const rows = await runStatement<ReadRow>(manager, [
    `select newest.* from unnest($1::text[], $2::text[]) as asked (plate, plate_state)
     cross join lateral (
       select ${SELECTED} from plate_read r
       where r.plate = asked.plate and (asked.plate_state is null or r.plate_state = asked.plate_state)
         and r.seen_at >= $3::timestamptz and r.seen_at < $4::timestamptz and r.camera_owner_class = any($5::text[])
       order by r.seen_at desc, r.id limit 1) newest`,
    [
      query.plates.map((plate) => plate.text),
      query.plates.map((plate) => plate.state ?? null),
      formatInstant(from),
      formatInstant(query.until),
      cameraOwnerClasses,
    ],
  ]);
  const all = rows.map(readOf).toSorted(newestFirst);
  const reads = all.slice(given, given + limit);
  const truncated = given + limit < all.length;
  return { reads, truncated, ...(truncated && { next: formatListPosition(given + limit) }) };
}
