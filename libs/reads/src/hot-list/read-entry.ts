import { isInstant, isJsonObject, type JsonObject, type JsonValue } from '#protocol';
import type { SourcePermit } from '#policy';
import { isNonPlate } from '../non-plate.js';
import { parseInstant } from '../instant.js';
import { normalisePlate, normalisePlateState } from '../plate.js';
import { isName } from '../read.js';
import { ReadsError, type PlateRefusal } from '../reads-error.js';
import type { ListedPlate, ListedVehicle } from './entry.js';

export type EntryRejection =
  | PlateRefusal
  | 'entry_malformed'
  | 'member_unknown'
  | 'record_invalid'
  | 'source_missing'
  | 'source_unknown'
  | 'legal_basis_invalid'
  | 'reason_invalid'
  | 'case_number_invalid'
  | 'vehicle_invalid'
  | 'expiry_invalid'
  | 'expired'
  | 'non_plate';

export type EntryOutcome =
  | { readonly kind: 'listed'; readonly entry: ListedPlate }
  /** Recovered or cancelled: the record is to go. */
  | { readonly kind: 'removed'; readonly record: string; readonly source: string }
  /** May not be listed here. Of such an entry nothing is known but its source: it was not read any further. */
  | { readonly kind: 'refused'; readonly source: string }
  | { readonly kind: 'rejected'; readonly reason: EntryRejection };

const MEMBERS = [
  'record',
  'plate',
  'plate_state',
  'source',
  'legal_basis',
  'reason',
  'case_number',
  'expires_at',
  'vehicle',
  'remove',
];
const VEHICLE_MEMBERS = ['make', 'model', 'colour', 'type'] as const;

/**
 * Reads one entry of a hot list, as the formats of this library write it. The source file is looked at before anything else:
 * an entry whose source may not be imported (immigration violators, classes that no rule names) is not read, so that neither
 * its plate nor its person can come into a table, a message or a file of rejected rows.
 *
 * @param permit what the agency's rule and law say of each source
 */
export function readEntry(value: JsonValue, permit: SourcePermit, now: number): EntryOutcome {
  if (!isJsonObject(value)) return rejected('entry_malformed');
  const source = value['source'];
  if (typeof source !== 'string' || source === '') return rejected('source_missing');
  const verdict = permit.of(source);
  if (verdict === 'unknown') return rejected('source_unknown');
  if (verdict !== 'permitted') return { kind: 'refused', source };
  if (Object.keys(value).some((member) => !MEMBERS.includes(member))) return rejected('member_unknown');
  const record = value['record'];
  if (typeof record !== 'string' || !isName(record)) return rejected('record_invalid');
  if (value['remove'] === true) return { kind: 'removed', record, source };
  try {
    return listed(value, { record, source }, now);
  } catch (error) {
    if (error instanceof EntryFault) return rejected(error.reason);
    throw error;
  }
}

class EntryFault extends Error {
  constructor(readonly reason: EntryRejection) {
    super(reason);
  }
}

function listed(value: JsonObject, of: { record: string; source: string }, now: number): EntryOutcome {
  const plate = plateOf(value['plate']);
  // A word on a sign hits at every corner, for ever.
  if (isNonPlate(plate)) return rejected('non_plate');
  const plateState = value['plate_state'];
  const expiresAt = expiryOf(value['expires_at']);
  if (expiresAt <= now) return rejected('expired');
  const caseNumber = value['case_number'];
  return {
    kind: 'listed',
    entry: {
      ...of,
      plate,
      ...(plateState === undefined || plateState === '' ? {} : { plateState: stateOf(plateState) }),
      legalBasis: lineOf(value['legal_basis'], 'legal_basis_invalid'),
      reason: reasonOf(value['reason']),
      ...(caseNumber === undefined || caseNumber === ''
        ? {}
        : { caseNumber: lineOf(caseNumber, 'case_number_invalid') }),
      ...vehicleOf(value['vehicle']),
      expiresAt,
    },
  };
}

function plateOf(value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw new EntryFault('plate_empty');
  return orFault(() => normalisePlate(value));
}

function stateOf(value: JsonValue): string {
  if (typeof value !== 'string') throw new EntryFault('plate_state_invalid');
  return orFault(() => normalisePlateState(value));
}

function orFault<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReadsError) throw new EntryFault(error.code as PlateRefusal);
    throw error;
  }
}

function expiryOf(value: JsonValue | undefined): number {
  if (typeof value !== 'string' || !isInstant(value)) throw new EntryFault('expiry_invalid');
  return parseInstant(value);
}

function reasonOf(value: JsonValue | undefined): string {
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,39}$/.test(value)) return value;
  throw new EntryFault('reason_invalid');
}

function lineOf(value: JsonValue | undefined, fault: EntryRejection): string {
  if (typeof value === 'string' && isName(value)) return value;
  throw new EntryFault(fault);
}

function vehicleOf(value: JsonValue | undefined): { vehicle?: ListedVehicle } {
  if (value === undefined) return {};
  if (!isJsonObject(value)) throw new EntryFault('vehicle_invalid');
  const named = Object.entries(value).filter(([, text]) => text !== '');
  const fits = named.every(
    ([name, text]) => VEHICLE_MEMBERS.some((member) => member === name) && typeof text === 'string' && isName(text),
  );
  if (!fits) throw new EntryFault('vehicle_invalid');
  return named.length === 0 ? {} : { vehicle: Object.fromEntries(named) as ListedVehicle };
}

function rejected(reason: EntryRejection): EntryOutcome {
  return { kind: 'rejected', reason };
}
