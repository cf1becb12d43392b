import { READ_FIELDS, type ReleasedRead } from '#protocol';
import type { Coarsening } from '#policy';
import { coarsePlace, coarseTime } from './coarsen.js';
import { formatInstant } from './instant.js';
import type { Location, Read } from './read.js';
import { ReadsError } from './reads-error.js';

/** A field that a rule may allow in a released read. */
export type ReadField = (typeof READ_FIELDS)[number];

/** How reads are told to whoever asked. */
export interface Telling {
  /** What the rule allows. */
  readonly fields: readonly ReadField[];
  readonly coarsening: Coarsening;
  /** Of the query, in milliseconds: a time that is rounded down is not before it. */
  readonly from: number;
  /** For a read of another vehicle than the one asked for; `undefined` for every other read. */
  readonly companionOf: (read: Read) => ToldCompanion | undefined;
}

/** A vehicle that is told of by a pseudonym, and by its plate only where that was asked and approved by itself. */
export interface ToldCompanion {
  readonly pseudonym: string;
  readonly revealed: boolean;
}

/**
 * What leaves the agency: of each read the fields that the rule allows and nothing else (Q5), no more exactly than it
 * allows, in the same order. The store's id, the source and the marks never leave, and of a companion nothing that would
 * tell its plate.
 * @throws ReadsError `field_unknown`; `fields_insufficient` where plate or instant is not allowed, since a released read
 *   without them is none
 */
export function minimise(reads: readonly Read[], telling: Telling): ReleasedRead[] {
  const allowed = allowedFields(telling.fields);
  return reads.map((read) => minimiseOne(read, allowed, telling));
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

function minimiseOne(read: Read, allowed: ReadonlySet<ReadField>, telling: Telling): ReleasedRead {
  const companion = telling.companionOf(read);
  const named = companion === undefined || companion.revealed;
  return {
    ...(named && { plate: read.plate }),
    ...(companion !== undefined && { companion: companion.pseudonym }),
    ...(named && whatTellsThePlate(read, allowed)),
    ...timeOf(read, telling),
    ...(allowed.has('location') && read.location && placeOf(read.location, telling.coarsening)),
    // The name of a camera is a place on somebody's list: with a coarser place it stays here.
    ...(allowed.has('device') && telling.coarsening.placeMetres === undefined && { device: read.device }),
    ...(allowed.has('confidence') && read.confidence !== undefined && { confidence: read.confidence }),
    ...(allowed.has('camera_owner_class') && { camera_owner_class: read.cameraOwnerClass }),
    ...(allowed.has('direction') && read.direction !== undefined && { direction: read.direction }),
  };
}

/** Its state, its looks and what else it was read as: of a companion they would say whose pseudonym it is. */
function whatTellsThePlate(read: Read, allowed: ReadonlySet<ReadField>): Partial<ReleasedRead> {
  const { plateState, vehicle, candidates } = read;
  return {
    ...(allowed.has('plate_state') && plateState !== undefined && { plate_state: plateState }),
    ...(allowed.has('vehicle') && vehicle !== undefined && { vehicle: { ...vehicle } }),
    ...(allowed.has('candidates') &&
      candidates !== undefined &&
      candidates.length > 0 && { candidates: candidates.map((candidate) => ({ ...candidate })) }),
  };
}

function timeOf(
  { seenAt }: Read,
  { coarsening, from }: Telling,
): Pick<ReleasedRead, 'seen_at' | 'time_precision_seconds'> {
  const { timeSeconds: seconds } = coarsening;
  if (seconds === undefined) return { seen_at: formatInstant(seenAt) };
  return { seen_at: formatInstant(coarseTime(seenAt, seconds, from)), time_precision_seconds: seconds };
}

function placeOf(location: Location, { placeMetres: metres }: Coarsening): Partial<ReleasedRead> {
  if (metres === undefined) return { location: { lat: location.lat, lon: location.lon } };
  return { location: { ...coarsePlace(location, metres) }, place_precision_metres: metres };
}
