import type { PlateHistoryQuery } from '../src/plate-history.js';
import { type CameraOwnerClass, isConfidence, isLocation, isName, type Read, type UnstoredRead } from '../src/read.js';
import { formatInstant } from '../src/instant.js';
import { isNormalisedPlate } from '../src/plate.js';
import { ReadsError } from '../src/reads-error.js';
import type { Statement } from './statement.js';

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
}

/**
 * Inserts many reads by one statement whose text does not grow with their number, and counts those that were new.
 * @throws ReadsError `read_invalid`
 */
export function insertStatement(reads: readonly UnstoredRead[]): Statement {
  for (const read of reads) checkRead(read);
  return [
    `with inserted as (
       insert into plate_read (plate, plate_state, seen_at, time_ambiguous, device, lat, lon, confidence,
         camera_owner_class, source, non_plate)
       select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[], $6::float8[],
         $7::float8[], $8::float8[], $9::text[], $10::text[], $11::boolean[])
       on conflict do nothing returning 1)
     select count(*)::integer as inserted from inserted`,
    [
      reads.map((read) => read.plate),
      reads.map((read) => read.plateState ?? null),
      reads.map((read) => formatInstant(read.seenAt)),
      reads.map((read) => read.timeAmbiguous),
      reads.map((read) => read.device),
      reads.map((read) => read.location?.lat ?? null),
      reads.map((read) => read.location?.lon ?? null),
      reads.map((read) => read.confidence ?? null),
      reads.map((read) => read.cameraOwnerClass),
      reads.map((read) => read.source),
      reads.map((read) => read.nonPlate),
    ],
  ];
}

/**
 * The reads of the asked plates in the window and after `cutoff`, the newest first; `rows` at most. Plates are compared for
 * equality and travel as parameters (P12, W10).
 */
export function historyStatement(query: PlateHistoryQuery, cutoff: number | undefined, rows: number): Statement {
  return [
    `select id, plate, plate_state, seen_at, time_ambiguous, device, lat, lon, confidence, camera_owner_class, source,
       non_plate
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

export function readOf(row: ReadRow): Read {
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
  };
}

/** What the wire will not carry must not enter the store; state and class are refused by the table itself. */
function checkRead({ plate, device, source, location, confidence, seenAt }: UnstoredRead): void {
  const wrong =
    (!isNormalisedPlate(plate) && 'plate') ||
    (!isName(device) && 'device') ||
    (!isName(source) && 'source') ||
    (location && !isLocation(location) && 'location') ||
    (confidence !== undefined && !isConfidence(confidence) && 'confidence') ||
    (!Number.isSafeInteger(seenAt) && 'seenAt');
  if (wrong) throw new ReadsError('read_invalid', `a read breaks \`${wrong}\``, { at: wrong });
}
