import type { PlateHistoryQuery } from '../src/plate-history.js';
import type { CameraOwnerClass, Candidate, Read } from '../src/read.js';
import { formatInstant } from '../src/instant.js';
import { VEHICLE_MEMBERS, type Vehicle } from '../src/vehicle.js';
import type { Statement } from './statement.js';

/** What a search reads of `plate_read`, in the words of SQL. */
export const SELECTED = `id, plate, plate_state, seen_at, time_ambiguous, device, lat, lon, confidence, camera_owner_class,
  source, non_plate, vehicle_make, vehicle_model, vehicle_colour, vehicle_type, direction, candidates, event_id,
  event_revision, image_ref, image_digest`;

/** A row of `plate_read` as `pg` answers it. */
export interface ReadRow {
  readonly id: string;
  readonly plate: string;
  readonly plate_state: string | null;
  readonly seen_at: Date;
  readonly time_ambiguous: boolean;
  readonly device: string;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly confidence: number | null;
  readonly camera_owner_class: CameraOwnerClass;
  readonly source: string;
  readonly non_plate: boolean;
  readonly vehicle_make: string | null;
  readonly vehicle_model: string | null;
  readonly vehicle_colour: string | null;
  readonly vehicle_type: string | null;
  readonly direction: number | null;
  readonly candidates: Candidate[] | null;
  readonly event_id: string | null;
  readonly event_revision: string | null;
  readonly image_ref: string | null;
  readonly image_digest: string | null;
}

/**
 * The reads of the asked plates in the window and after `cutoff`, the newest first; `rows` at most. Plates are compared for
 * equality and travel as parameters (P12, W10).
 */
export function historyStatement(query: PlateHistoryQuery, cutoff: number | undefined, rows: number): Statement {
  return [
    `select ${SELECTED}
     from plate_read r
     where plate = any($1::text[]) and seen_at >= $3::timestamptz and seen_at < $4::timestamptz
       and ($5::timestamptz is null or seen_at > $5::timestamptz)
       and exists (select from unnest($1::text[], $2::text[]) as asked (plate, plate_state)
         where asked.plate = r.plate and (asked.plate_state is null or asked.plate_state = r.plate_state))
     order by seen_at desc, plate, device, source
     limit $6::integer`,
    [
      query.plates.map((plate) => plate.text),
      query.plates.map((plate) => plate.state ?? null),
      formatInstant(query.from),
      formatInstant(query.until),
      cutoff === undefined ? null : new Date(cutoff).toISOString(),
      rows,
    ],
  ];
}

export function recentStatement(since: number, rows: number): Statement {
  return [
    'select * from plate_read where seen_at > $1::timestamptz order by seen_at desc limit $2::integer',
    [formatInstant(since), rows],
  ];
}

export function readOf(row: ReadRow): Read {
  const vehicle = vehicleOf(row);
  return {
    id: row.id,
    plate: row.plate,
    ...(row.plate_state !== null && { plateState: row.plate_state }),
    seenAt: row.seen_at.getTime(),
    timeAmbiguous: row.time_ambiguous,
    device: row.device,
    ...(row.lat !== null && row.lon !== null && { location: { lat: row.lat, lon: row.lon } }),
    ...(row.confidence !== null && { confidence: row.confidence }),
    cameraOwnerClass: row.camera_owner_class,
    source: row.source,
    nonPlate: row.non_plate,
    ...(vehicle && { vehicle }),
    ...(row.direction !== null && { direction: row.direction }),
    ...(row.candidates !== null && { candidates: row.candidates }),
    ...(row.event_id !== null && { eventId: row.event_id }),
    // 0 is what a read without one is stored with.
    ...(Number(row.event_revision) !== 0 && { eventRevision: Number(row.event_revision) }),
    ...(row.image_ref !== null && { imageRef: row.image_ref }),
    ...(row.image_digest !== null && { imageDigest: row.image_digest }),
  };
}

function vehicleOf(row: ReadRow): Vehicle | undefined {
  const words = VEHICLE_MEMBERS.flatMap((name) => {
    const word = row[`vehicle_${name}`];
    return word === null ? [] : [[name, word] as const];
  });
  return words.length === 0 ? undefined : Object.fromEntries(words);
}
