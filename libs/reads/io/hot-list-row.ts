import type { JsonObject } from '#protocol';
import type { ActiveEntry, ListedPlate } from '../src/hot-list/entry.js';
import { formatInstant, parseInstant } from '../src/instant.js';

export interface EntryRow {
  readonly list: string;
  readonly record: string;
  readonly entry: JsonObject;
  readonly refreshed_at: Date | null;
}

/** An entry as it is stored and shown. */
export function entryJson(entry: ListedPlate): JsonObject {
  const { record, plate, plateState, source, legalBasis, reason, caseNumber, vehicle, expiresAt } = entry;
  return {
    record,
    plate,
    ...(plateState === undefined ? {} : { plate_state: plateState }),
    source,
    legal_basis: legalBasis,
    reason,
    ...(caseNumber === undefined ? {} : { case_number: caseNumber }),
    ...(vehicle === undefined ? {} : { vehicle: { ...vehicle } }),
    expires_at: formatInstant(expiresAt),
  };
}

/** A list of which nobody knows when it was compiled is as old as anything. */
export function activeEntryOf({ list, entry, refreshed_at: refreshedAt }: EntryRow): ActiveEntry {
  return { ...listedPlateOf(entry), list, refreshedAt: refreshedAt?.getTime() ?? 0 };
}

function listedPlateOf(entry: JsonObject): ListedPlate {
  const text = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' ? value : '';
  };
  const vehicle = entry['vehicle'];
  return {
    record: text('record'),
    plate: text('plate'),
    ...(entry['plate_state'] === undefined ? {} : { plateState: text('plate_state') }),
    source: text('source'),
    legalBasis: text('legal_basis'),
    reason: text('reason'),
    ...(entry['case_number'] === undefined ? {} : { caseNumber: text('case_number') }),
    ...(vehicle === undefined ? {} : { vehicle: vehicle as NonNullable<ListedPlate['vehicle']> }),
    expiresAt: parseInstant(text('expires_at')),
  };
}
