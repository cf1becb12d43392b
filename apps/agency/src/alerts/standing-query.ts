import { ProblemError, problem, type JsonObject } from '#protocol';
import { formatInstant, type ActiveEntry } from '#reads';
import type { AgencyNode } from '../agency-node.js';
import { ownPermit } from './own-permit.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A standing request as it will be approved. An agency asks others to look for what stands on a list of its own that is fresh
 * now; source and age of that list are stated by the node, never by the officer. It follows from now on, for a day at most.
 */
export async function standingQuery(query: JsonObject, node: AgencyNode): Promise<JsonObject> {
  if (query['kind'] !== 'hot_list_alert') return query;
  const now = node.clock.now();
  const [plate] = Array.isArray(query['plates']) ? (query['plates'] as JsonObject[]) : [];
  const entry = await ownEntry(plate ?? {}, node);
  if (entry === undefined) {
    throw new ProblemError(
      problem(422, 'not_listed', 'the plate is on no list of your own that is fresh', {
        detail: 'import the list, or type the plate in, and ask again',
      }),
    );
  }
  const until = typeof query['until'] === 'string' ? Date.parse(query['until']) : Number.NaN;
  return {
    kind: 'hot_list_alert',
    plates: query['plates'] ?? [],
    from: formatInstant(now),
    until: formatInstant(Math.min(Number.isNaN(until) ? Infinity : until, now + DAY_MS, entry.expiresAt)),
    hot_list: { source: entry.source, refreshed_at: formatInstant(entry.refreshedAt) },
  };
}

/** The entry of a plate that may give a hit here now; the freshest where there are several. */
export async function ownEntry(plate: JsonObject, node: AgencyNode): Promise<ActiveEntry | undefined> {
  const { text, state } = plate;
  if (typeof text !== 'string') return undefined;
  const entries = await node.hotLists.active([text], await ownPermit(node));
  return entries
    .filter(({ plateState }) => state === undefined || plateState === undefined || plateState === state)
    .toSorted((a, b) => b.refreshedAt - a.refreshedAt)[0];
}
