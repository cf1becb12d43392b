import { formatInstant } from '../src/instant.js';
import type { CameraOwnerClass, Candidate, Read } from '../src/read.js';
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
