import { checkTimeZone } from './local-time.js';
import { type CameraOwnerClass, isCameraOwnerClass, isName } from './read.js';
import { ReadsError } from './reads-error.js';
import { VEHICLE_MEMBERS, type Vehicle } from './vehicle.js';

/** A column by its header, or one value for every row. */
export type ColumnOrConstant<T extends string = string> = string | { readonly constant: T };

/**
 * Which column of a camera's or vendor's file holds what; a JSON file written once per source. `confidence` names the
 * scale of its column: 1 (0 to 1) or 100 (per cent); `candidates` what parts the texts of its column.
 */
export interface ColumnMapping {
  readonly plate: string;
  readonly plate_state?: ColumnOrConstant;
  readonly seen_at: string;
  /** IANA name for times without an offset. */
  readonly time_zone?: string;
  readonly device: ColumnOrConstant;
  readonly lat?: string;
  readonly lon?: string;
  readonly confidence?: { readonly column: string; readonly scale: 1 | 100 };
  readonly camera_owner_class: ColumnOrConstant<CameraOwnerClass>;
  /** A column for each word about the vehicle. */
  readonly vehicle?: Vehicle;
  /** Degrees from north, clockwise, or a point of the compass. */
  readonly direction?: string;
  /** Other texts that the camera held possible, in one cell. */
  readonly candidates?: { readonly column: string; readonly separator: string };
  /** Where the image lies. */
  readonly image?: string;
  /** The system that the file comes from, the same for each of its files; `csv` where the mapping file names none. */
  readonly source: string;
}

const MEMBERS: ReadonlySet<string> = new Set([
  'plate',
  'plate_state',
  'seen_at',
  'time_zone',
  'device',
  'lat',
  'lon',
  'confidence',
  'camera_owner_class',
  'vehicle',
  'direction',
  'candidates',
  'image',
  'source',
]);

/**
 * Reads a mapping file's JSON. Unknown members are refused: a misspelt `camera_owner_clas` must not be read as absent.
 * @throws ReadsError `mapping_invalid` with the member in `evidence.at`; `time_zone_unknown`
 */
export function parseColumnMapping(value: unknown): ColumnMapping {
  if (!isObject(value)) throw invalid('mapping');
  const unknown = Object.keys(value).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) throw invalid(unknown);
  const { plate, plate_state, seen_at, time_zone, device, lat, lon, confidence, camera_owner_class, source } = value;
  const { vehicle, direction, candidates, image } = value;
  if ((lat === undefined) !== (lon === undefined)) throw invalid(lat === undefined ? 'lat' : 'lon');
  if (time_zone !== undefined) checkTimeZone(column(time_zone, 'time_zone'));
  return {
    plate: column(plate, 'plate'),
    ...(plate_state !== undefined && { plate_state: columnOrConstant(plate_state, 'plate_state') }),
    seen_at: column(seen_at, 'seen_at'),
    ...(time_zone !== undefined && { time_zone: column(time_zone, 'time_zone') }),
    device: columnOrConstant(device, 'device'),
    ...(lat !== undefined && { lat: column(lat, 'lat'), lon: column(lon, 'lon') }),
    ...(confidence !== undefined && { confidence: confidenceColumn(confidence) }),
    camera_owner_class: ownerClass(camera_owner_class),
    ...(vehicle !== undefined && { vehicle: vehicleColumns(vehicle) }),
    ...(direction !== undefined && { direction: column(direction, 'direction') }),
    ...(candidates !== undefined && { candidates: candidateColumn(candidates) }),
    ...(image !== undefined && { image: column(image, 'image') }),
    source: source === undefined ? 'csv' : column(source, 'source'),
  };
}

function column(value: unknown, at: string): string {
  if (typeof value !== 'string' || !isName(value)) throw invalid(at);
  return value;
}

function columnOrConstant(value: unknown, at: string): ColumnOrConstant {
  if (!isObject(value)) return column(value, at);
  const { constant, ...rest } = value;
  if (Object.keys(rest).length > 0) throw invalid(at);
  return { constant: column(constant, at) };
}

function ownerClass(value: unknown): ColumnOrConstant<CameraOwnerClass> {
  const mapped = columnOrConstant(value, 'camera_owner_class');
  if (typeof mapped === 'string') return mapped;
  const { constant } = mapped;
  if (!isCameraOwnerClass(constant)) throw invalid('camera_owner_class');
  return { constant };
}

function confidenceColumn(value: unknown): { column: string; scale: 1 | 100 } {
  if (!isObject(value)) throw invalid('confidence');
  const { column: name, scale, ...rest } = value;
  if (Object.keys(rest).length > 0 || (scale !== 1 && scale !== 100)) throw invalid('confidence');
  return { column: column(name, 'confidence'), scale };
}

function vehicleColumns(value: unknown): Vehicle {
  if (!isObject(value) || Object.keys(value).length === 0) throw invalid('vehicle');
  const known: readonly string[] = VEHICLE_MEMBERS;
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => {
      if (!known.includes(name)) throw invalid(`vehicle.${name}`);
      return [name, column(of, `vehicle.${name}`)];
    }),
  );
}

function candidateColumn(value: unknown): { column: string; separator: string } {
  if (!isObject(value)) throw invalid('candidates');
  const { column: name, separator, ...rest } = value;
  // A letter, digit, dash or space may stand in a plate.
  if (Object.keys(rest).length > 0 || typeof separator !== 'string' || !/^[^\p{L}\p{N}\s-]$/u.test(separator)) {
    throw invalid('candidates');
  }
  return { column: column(name, 'candidates'), separator };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(at: string): ReadsError {
  return new ReadsError('mapping_invalid', `the column mapping is wrong or incomplete at \`${at}\``, { at });
}
