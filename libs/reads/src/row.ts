import type { ColumnMapping, ColumnOrConstant } from './column-mapping.js';
import { capturedAt } from './local-time.js';
import { isNonPlate } from './non-plate.js';
import { normalisePlate, normalisePlateState } from './plate.js';
import { isCameraOwnerClass, isConfidence, isLocation, isName, type Location, type UnstoredRead } from './read.js';
import { type InstantRefusal, type PlateRefusal, ReadsError } from './reads-error.js';
import { Rejected, type RejectionReason } from './rejection.js';
import { rowDetails } from './row-details.js';

export type RowOutcome =
  | { readonly kind: 'read'; readonly read: UnstoredRead }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason };

/** What a row is read with: the mapping, and where its columns stand in this file. */
export interface RowReader {
  readonly mapping: ColumnMapping;
  readonly timeZone: string | undefined;
  readonly width: number;
  readonly positions: ReadonlyMap<string, number>;
}

/** The day before which no camera of this kind made reads: older means a broken clock. */
const OLDEST = Date.UTC(2000, 0, 1);
/** A camera's clock or zone may be wrong; days beyond tomorrow would only make empty partitions. */
const AHEAD_MS = 24 * 3_600_000;

/**
 * Finds the mapped columns in a header.
 * @throws ReadsError `mapping_column_missing`, `mapping_column_ambiguous` where the header holds the name twice
 */
export function rowReader(mapping: ColumnMapping, timeZone: string | undefined, header: readonly string[]): RowReader {
  const positions = new Map<string, number>();
  for (const name of mappedColumns(mapping)) {
    const position = header.indexOf(name);
    if (position === -1) {
      throw new ReadsError('mapping_column_missing', `the file has no column \`${name}\``, { at: name });
    }
    if (header.includes(name, position + 1)) {
      throw new ReadsError('mapping_column_ambiguous', `the file has two columns \`${name}\``, { at: name });
    }
    positions.set(name, position);
  }
  return { mapping, timeZone: timeZone ?? mapping.time_zone, width: header.length, positions };
}

/** One row as a read, or the reason why it is none. `now` in milliseconds. */
export function readRow(reader: RowReader, cells: readonly string[], now: number): RowOutcome {
  if (cells.length !== reader.width) return { kind: 'rejected', reason: 'column_count' };
  try {
    return { kind: 'read', read: readCells(reader, cells, now) };
  } catch (error) {
    if (error instanceof Rejected) return { kind: 'rejected', reason: error.reason };
    // Only the codes of plates and instants arise from cells.
    if (error instanceof ReadsError) return { kind: 'rejected', reason: error.code as PlateRefusal | InstantRefusal };
    throw error;
  }
}

function readCells(reader: RowReader, cells: readonly string[], now: number): UnstoredRead {
  const { mapping } = reader;
  const written = (column: string) => cells[reader.positions.get(column) ?? -1] ?? '';
  const cell = (from: ColumnOrConstant) => (typeof from === 'string' ? written(from).trim() : from.constant);
  // Not trimmed: a tab or a no-break space in a plate is refused, not cleaned away (P12).
  const plate = normalisePlate(written(mapping.plate));
  const state = mapping.plate_state === undefined ? '' : cell(mapping.plate_state);
  const { instant, ambiguous } = capturedAt(cell(mapping.seen_at), reader.timeZone);
  if (instant > now + AHEAD_MS) throw new Rejected('seen_at_in_future');
  if (instant < OLDEST) throw new Rejected('seen_at_too_old');
  const device = cell(mapping.device);
  if (!isName(device)) throw new Rejected('device_invalid');
  const location = mapping.lat && mapping.lon ? readLocation(cell(mapping.lat), cell(mapping.lon)) : undefined;
  const confidence = mapping.confidence && readConfidence(cell(mapping.confidence.column), mapping.confidence.scale);
  const cameraOwnerClass = cell(mapping.camera_owner_class);
  if (!isCameraOwnerClass(cameraOwnerClass)) throw new Rejected('camera_owner_class_invalid');
  return {
    plate,
    ...(state !== '' && { plateState: normalisePlateState(state) }),
    seenAt: instant,
    timeAmbiguous: ambiguous,
    device,
    ...(location && { location }),
    ...(confidence !== undefined && { confidence }),
    cameraOwnerClass,
    ...rowDetails(mapping, cell, plate),
    source: mapping.source,
    nonPlate: isNonPlate(plate),
  };
}

/** A missing location stays missing: a quarter of Seattle's published reads have none. */
function readLocation(lat: string, lon: string): Location | undefined {
  if (lat === '' && lon === '') return undefined;
  if (lat === '' || lon === '') throw new Rejected('location_half_set');
  const location = { lat: decimal(lat, 'location_invalid'), lon: decimal(lon, 'location_invalid') };
  if (!isLocation(location)) throw new Rejected('location_invalid');
  // What a receiver without a fix writes: a place in the sea, not where the vehicle was.
  if (location.lat === 0 && location.lon === 0) throw new Rejected('location_zero');
  return location;
}

function readConfidence(text: string, scale: 1 | 100): number | undefined {
  if (text === '') return undefined;
  const value = decimal(text, 'confidence_invalid') / scale;
  if (!isConfidence(value)) throw new Rejected('confidence_invalid');
  return value;
}

/** Plain decimal notation only: `Number` alone would take `0x10`, `1e3` and the empty text. */
function decimal(text: string, reason: RejectionReason): number {
  if (text.length > 32 || !/^[+-]?\d+(?:\.\d*)?$/.test(text)) throw new Rejected(reason);
  return Number(text);
}

function mappedColumns(mapping: ColumnMapping): string[] {
  const { plate, plate_state, seen_at, device, lat, lon, confidence, camera_owner_class } = mapping;
  const { vehicle = {}, direction, candidates, image } = mapping;
  const details = [...Object.values(vehicle), direction, candidates?.column, image];
  const columns = [plate, plate_state, seen_at, device, lat, lon, confidence?.column, camera_owner_class, ...details];
  return columns.filter((column) => typeof column === 'string');
}
