import {
  CANDIDATES_MAX,
  isCandidate,
  isConfidence,
  isDirection,
  isImageRef,
  isLocation,
  isName,
  isVehicleOfWords,
  type UnstoredRead,
} from '../src/read.js';
import { cellOf } from '../src/area-cells.js';
import { formatInstant } from '../src/instant.js';
import { isNormalisedPlate } from '../src/plate.js';
import { ReadsError } from '../src/reads-error.js';

/** Of the cells by which places are indexed: an edge is half a kilometre (docs/decisions/0040-search-of-reads.md). */
export const CELL_RESOLUTION = 8;

type Value = string | number | boolean | null;

/** A column of `plate_read`: its type in a statement, and what a read writes there. */
interface ReadColumn {
  readonly name: string;
  readonly type: string;
  readonly of: (read: UnstoredRead) => Value;
}

/** Every column that a read writes, in the order of the statements. Names come from here and nowhere else (W10). */
export const READ_COLUMNS: readonly ReadColumn[] = [
  { name: 'plate', type: 'text', of: (read) => read.plate },
  { name: 'plate_state', type: 'text', of: (read) => read.plateState ?? null },
  { name: 'seen_at', type: 'timestamptz', of: (read) => formatInstant(read.seenAt) },
  { name: 'time_ambiguous', type: 'boolean', of: (read) => read.timeAmbiguous },
  { name: 'device', type: 'text', of: (read) => read.device },
  { name: 'lat', type: 'float8', of: (read) => read.location?.lat ?? null },
  { name: 'lon', type: 'float8', of: (read) => read.location?.lon ?? null },
  { name: 'confidence', type: 'float8', of: (read) => read.confidence ?? null },
  { name: 'camera_owner_class', type: 'text', of: (read) => read.cameraOwnerClass },
  { name: 'source', type: 'text', of: (read) => read.source },
  { name: 'non_plate', type: 'boolean', of: (read) => read.nonPlate },
  { name: 'vehicle_make', type: 'text', of: (read) => read.vehicle?.make ?? null },
  { name: 'vehicle_model', type: 'text', of: (read) => read.vehicle?.model ?? null },
  { name: 'vehicle_colour', type: 'text', of: (read) => read.vehicle?.colour ?? null },
  { name: 'vehicle_type', type: 'text', of: (read) => read.vehicle?.type ?? null },
  { name: 'direction', type: 'float8', of: (read) => read.direction ?? null },
  {
    name: 'candidates',
    type: 'jsonb',
    of: (read) => (read.candidates?.length ? JSON.stringify(read.candidates) : null),
  },
  { name: 'event_id', type: 'text', of: (read) => read.eventId ?? null },
  { name: 'event_revision', type: 'bigint', of: (read) => (read.eventId === undefined ? null : revisionOf(read)) },
  { name: 'image_ref', type: 'text', of: (read) => read.imageRef ?? null },
  { name: 'image_digest', type: 'text', of: (read) => read.imageDigest ?? null },
  {
    name: 'cell',
    type: 'bigint',
    of: (read) => (read.location ? cellNumber(cellOf(read.location, CELL_RESOLUTION)) : null),
  },
];

/** An H3 cell as the signed 64-bit number that its column holds, in decimal: the highest bit of an index is always 0. */
export function cellNumber(cell: string): string {
  return BigInt(`0x${cell}`).toString();
}

export function revisionOf(read: UnstoredRead): number {
  return read.eventRevision ?? 0;
}

/**
 * What the wire will not carry must not enter the store; state and class are refused by the table itself.
 * @throws ReadsError `read_invalid`
 */
export function checkRead(read: UnstoredRead): void {
  const { plate, device, source, location, confidence, seenAt, vehicle, direction, candidates } = read;
  const { eventId, eventRevision, imageRef, imageDigest } = read;
  const wrong =
    (!isNormalisedPlate(plate) && 'plate') ||
    (!isName(device) && 'device') ||
    (!isName(source) && 'source') ||
    (location && !isLocation(location) && 'location') ||
    (confidence !== undefined && !isConfidence(confidence) && 'confidence') ||
    (!Number.isSafeInteger(seenAt) && 'seenAt') ||
    (vehicle && !isVehicleOfWords(vehicle) && 'vehicle') ||
    (direction !== undefined && !isDirection(direction) && 'direction') ||
    (candidates && !(candidates.length <= CANDIDATES_MAX && candidates.every(isCandidate)) && 'candidates') ||
    (eventId !== undefined && !isName(eventId) && 'eventId') ||
    (eventRevision !== undefined && !(eventId && Number.isSafeInteger(eventRevision)) && 'eventRevision') ||
    (imageRef !== undefined && !isImageRef(imageRef) && 'imageRef') ||
    (imageDigest !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(imageDigest) && 'imageDigest');
  if (wrong) throw new ReadsError('read_invalid', `a read breaks \`${wrong}\``, { at: wrong });
}
