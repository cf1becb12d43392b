import type { EntityManager } from 'typeorm';
import { formatReadPosition, parseReadPosition } from '../src/read-position.js';
import type { Read } from '../src/read.js';
import { areasOf, type ReadsQuery } from '../src/reads-query.js';
import { liesInOne } from '../src/searched-areas.js';
import { readOf, type ReadRow } from './read-row.js';
import { latestSightings } from './latest-sightings.js';
import { pageStatement } from './page-statement.js';
import { tooBroad, type SearchBounds, type SearchResult } from './search-bounds.js';
import { runStatement } from './statement.js';
import { travellingTogether } from './travelling-together.js';

/** Rows that one search may look at beyond those it gives: an area of slivers must not make a node read all it has. */
const LOOKED_AT_MAX = 200_000;
const BATCH_MIN = 500;

/** @throws ReadsError `search_too_broad` `search_too_slow` `position_invalid` */
export async function searchReads(
  manager: EntityManager,
  query: ReadsQuery,
  bounds: SearchBounds,
): Promise<SearchResult> {
  switch (query.kind) {
    case 'latest_sighting':
      return latestSightings(manager, query, bounds);
    case 'travelling_together':
      return travellingTogether(manager, query, bounds);
    case 'plate_history':
    case 'near_scene':
    case 'vehicle_description':
    case 'partial_plate':
      return pageOfReads(manager, query, bounds);
  }
}

/**
 * Walks through what the indexes find, the newest first, and keeps what exactly lies in the areas; a read without a place lies
 * in none.
 */
async function pageOfReads(
  manager: EntityManager,
  query: Exclude<ReadsQuery, { kind: 'latest_sighting' | 'travelling_together' }>,
  { limit, cutoff, cameraOwnerClasses, position }: SearchBounds,
): Promise<SearchResult> {
  const areas = areasOf(query);
  const batch = areas.length === 0 ? limit + 1 : Math.max(limit + 1, BATCH_MIN);
  const found: Read[] = [];
  let after = position === undefined ? undefined : parseReadPosition(position);
  for (let lookedAt = 0; found.length <= limit; lookedAt += batch) {
    if (lookedAt >= LOOKED_AT_MAX) throw tooBroad();
    const statement = pageStatement(query, { cutoff, cameraOwnerClasses, after, rows: batch });
    const rows = statement === undefined ? [] : await runStatement<ReadRow>(manager, statement);
    const reads = rows.map(readOf);
    found.push(...reads.filter((read) => areas.length === 0 || liesInOne(areas, read.location)));
    after = reads.at(-1);
    if (rows.length < batch) break;
  }
  const reads = found.slice(0, limit);
  const last = reads.at(-1);
  const truncated = found.length > limit;
  return { reads, truncated, ...(truncated && last && { next: formatReadPosition(last) }) };
}
