import { READ_FIELDS, type ReleasedRead } from '#protocol';
import { formatInstant } from './instant.js';
import type { Read } from './read.js';
import { ReadsError } from './reads-error.js';

/** A field that a rule may allow in a released read. */
export type ReadField = (typeof READ_FIELDS)[number];

/**
 * What leaves the agency: of each read the fields that the rule allows and nothing else (Q5), in the same order. The
 * store's id, the source and the marks never leave.
 * @throws ReadsError `field_unknown`; `fields_insufficient` where plate or instant is not allowed, since a released read
 *   without them is none
 */
export function minimise(reads: readonly Read[], fields: readonly ReadField[]): ReleasedRead[] {
  const allowed = allowedFields(fields);
  return reads.map((read) => minimiseOne(read, allowed));
}

/** The set of fields, each known. @throws ReadsError as `minimise` */
export function allowedFields(fields: readonly ReadField[]): ReadonlySet<ReadField> {
  const unknown = fields.find((field) => !READ_FIELDS.includes(field));
  if (unknown !== undefined) throw new ReadsError('field_unknown', `\`${unknown}\` is no field of a read`);
  const allowed = new Set(fields);
  if (!allowed.has('plate') || !allowed.has('seen_at')) {
    throw new ReadsError('fields_insufficient', 'a read is released with its plate and instant or not at all');
  }
  return allowed;
}

function minimiseOne(read: Read, allowed: ReadonlySet<ReadField>): ReleasedRead {
  return {
    plate: read.plate,
    ...(allowed.has('plate_state') && read.plateState !== undefined && { plate_state: read.plateState }),
    seen_at: formatInstant(read.seenAt),
    ...(allowed.has('location') && read.location && { location: { lat: read.location.lat, lon: read.location.lon } }),
    ...(allowed.has('device') && { device: read.device }),
    ...(allowed.has('confidence') && read.confidence !== undefined && { confidence: read.confidence }),
    ...(allowed.has('camera_owner_class') && { camera_owner_class: read.cameraOwnerClass }),
    ...(allowed.has('vehicle') && read.vehicle && { vehicle: { ...read.vehicle } }),
    ...(allowed.has('direction') && read.direction !== undefined && { direction: read.direction }),
    ...(allowed.has('candidates') && read.candidates && { candidates: read.candidates.map((one) => ({ ...one })) }),
  };
}
