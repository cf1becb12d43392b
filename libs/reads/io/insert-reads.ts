import type { EntityManager } from 'typeorm';
import type { UnstoredRead } from '../src/read.js';
import { formatInstant } from '../src/instant.js';
import { ARRIVING, copyArriving } from './copy-reads.js';
import { checkRead, READ_COLUMNS, revisionOf } from './read-columns.js';
import { runStatement } from './statement.js';

/** Readings of one event lie close together; a camera that is switched on again begins to count anew. */
const EVENT_MS = 3_600_000;
/** From so many reads on COPY is cheaper than parameters. */
const COPIED_FROM = 500;

export interface InsertedReads {
  readonly inserted: number;
  /** Earlier readings of the same events, which are gone. */
  readonly superseded: number;
}

/**
 * Inserts reads by statements whose text does not grow with their number, inside the caller's transaction, and counts those
 * that were new. Of several readings of one event (source, device and event id, within an hour) the one of the highest
 * revision stays, the later one where they are equal: a plate that the camera itself corrected is not kept.
 * @throws ReadsError `read_invalid`
 */
export async function insertReads(manager: EntityManager, reads: readonly UnstoredRead[]): Promise<InsertedReads> {
  for (const read of reads) checkRead(read);
  const newest = newestReadings(reads);
  const events = newest.filter((read) => read.eventId !== undefined);
  const superseded = events.length === 0 ? 0 : await deleteSuperseded(manager, events);
  const columns = READ_COLUMNS.map(({ name }) => name).join(', ');
  const { relation, values } = await arrivingAs(manager, newest);
  const [counted] = await runStatement<{ inserted: number }>(manager, [
    `with inserted as (
       insert into plate_read (${columns})
       select ${columns} from ${relation}
       ${events.length === 0 ? '' : `where ${NOT_SUPERSEDED}`}
       on conflict do nothing returning 1)
     select count(*)::integer as inserted from inserted`,
    values,
  ]);
  return { inserted: counted?.inserted ?? 0, superseded };
}

/** Reads as a relation `arriving` of a statement: parameters for a few, COPY for many. */
async function arrivingAs(
  manager: EntityManager,
  reads: readonly UnstoredRead[],
): Promise<{ readonly relation: string; readonly values: readonly unknown[] }> {
  if (reads.length >= COPIED_FROM) {
    await copyArriving(manager, reads);
    return { relation: `${ARRIVING} as arriving`, values: [] };
  }
  const columns = READ_COLUMNS.map(({ name }) => name).join(', ');
  const arrays = READ_COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(', ');
  return {
    relation: `unnest(${arrays}) as arriving (${columns})`,
    values: READ_COLUMNS.map(({ of }) => reads.map(of)),
  };
}

/** A stored reading of the same event is newer, or as new and not the same row. */
const NOT_SUPERSEDED = `(arriving.event_id is null or not exists (
  select from plate_read stored
  where stored.source = arriving.source and stored.device = arriving.device and stored.event_id = arriving.event_id
    and stored.seen_at > arriving.seen_at - interval '1 hour' and stored.seen_at < arriving.seen_at + interval '1 hour'
    and stored.event_revision > arriving.event_revision))`;

async function deleteSuperseded(manager: EntityManager, events: readonly UnstoredRead[]): Promise<number> {
  const instants = events.map((read) => read.seenAt);
  const [counted] = await runStatement<{ deleted: number }>(manager, [
    `with deleted as (
       delete from plate_read stored
       using unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[])
         as arriving (source, device, event_id, event_revision, seen_at, plate)
       where stored.source = arriving.source and stored.device = arriving.device and stored.event_id = arriving.event_id
         and stored.seen_at > arriving.seen_at - interval '1 hour' and stored.seen_at < arriving.seen_at + interval '1 hour'
         and stored.seen_at > $7::timestamptz and stored.seen_at < $8::timestamptz
         and (stored.event_revision < arriving.event_revision
           or (stored.event_revision = arriving.event_revision
             and (stored.plate, stored.seen_at) is distinct from (arriving.plate, arriving.seen_at)))
       returning 1)
     select count(*)::integer as deleted from deleted`,
    [
      events.map((read) => read.source),
      events.map((read) => read.device),
      events.map((read) => read.eventId),
      events.map(revisionOf),
      instants.map(formatInstant),
      events.map((read) => read.plate),
      // The partitions to look at are known before the join.
      formatInstant(Math.max(0, least(instants) - EVENT_MS)),
      formatInstant(-least(instants.map((instant) => -instant)) + EVENT_MS),
    ],
  ]);
  return counted?.deleted ?? 0;
}

/** Without those that a later one of the same list supersedes; the order stays. */
function newestReadings(reads: readonly UnstoredRead[]): readonly UnstoredRead[] {
  const kept = new Map<string, UnstoredRead[]>();
  const gone = new Set<UnstoredRead>();
  for (const read of reads) {
    if (read.eventId === undefined) continue;
    const key = JSON.stringify([read.source, read.device, read.eventId]);
    const others = kept.get(key) ?? [];
    const near = others.filter((other) => Math.abs(other.seenAt - read.seenAt) < EVENT_MS);
    if (near.some((other) => revisionOf(other) > revisionOf(read))) {
      gone.add(read);
      continue;
    }
    for (const other of near) gone.add(other);
    kept.set(key, [...others.filter((other) => !near.includes(other)), read]);
  }
  return gone.size === 0 ? reads : reads.filter((read) => !gone.has(read));
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((smallest, number) => Math.min(smallest, number), Infinity);
}
