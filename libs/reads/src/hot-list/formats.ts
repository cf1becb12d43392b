import type { JsonObject } from '#protocol';
import { ReadsError } from '../reads-error.js';

/** The columns of our own format, as CSV; as JSON the members of an entry have the same names (`libs/reads/README.md`). */
export const OWN_COLUMNS = [
  'record',
  'plate',
  'plate_state',
  'source',
  'legal_basis',
  'reason',
  'case_number',
  'expires_at',
  'vehicle_make',
  'vehicle_model',
  'vehicle_colour',
  'vehicle_type',
  'action',
] as const;

const REQUIRED = ['record', 'plate', 'source', 'legal_basis', 'reason', 'expires_at'] as const;

/**
 * Extract in the manner of NCIC: the field codes of its messages as columns (NIC record, LIC plate, LIS state, VMA make,
 * VMO model, VCO colour, VST style, OFF offence, OCA case of the entering agency, ORI that agency) and the file that the
 * record comes from. The layout of the extract itself is not public; whoever has it maps it to these columns.
 */
export const NCIC_COLUMNS = [
  'FILE',
  'NIC',
  'LIC',
  'LIS',
  'VMA',
  'VMO',
  'VCO',
  'VST',
  'OFF',
  'OCA',
  'ORI',
  'EXP',
] as const;

/** What the files of the extract are called, as the FBI lists them (2024-06-04), and what stands behind an entry. */
const NCIC_FILES: Readonly<Record<string, { source: string; reason: string }>> = {
  VEHICLE: { source: 'ncic-vehicle', reason: 'stolen-vehicle' },
  'LICENSE PLATE': { source: 'ncic-license-plate', reason: 'stolen-plate' },
  'MISSING PERSON': { source: 'ncic-missing-person', reason: 'missing-person' },
  'WANTED PERSON': { source: 'ncic-wanted-person', reason: 'wanted-person' },
  'PROTECTION ORDER': { source: 'ncic-protection-order', reason: 'protection-order' },
  'EXTREME RISK PROTECTION ORDER': { source: 'ncic-extreme-risk-protection-order', reason: 'protection-order' },
  GANG: { source: 'ncic-gang', reason: 'gang' },
  'THREAT SCREENING CENTER': { source: 'ncic-threat-screening', reason: 'threat-screening' },
  'SUPERVISED RELEASE': { source: 'ncic-supervised-release', reason: 'supervised-release' },
  'NATIONAL SEX OFFENDER REGISTRY': { source: 'ncic-sex-offender', reason: 'sex-offender' },
  'PROTECTIVE INTEREST': { source: 'ncic-protective-interest', reason: 'protective-interest' },
  'VIOLENT PERSON': { source: 'ncic-violent-person', reason: 'violent-person' },
  'IMMIGRATION VIOLATOR': { source: 'ncic-immigration-violator', reason: 'immigration' },
};

export type HotListFormat = 'comity-csv' | 'ncic-csv';

/** Reads the cells of one row as the members of an entry; nothing is judged here. */
export type RowToEntry = (cells: readonly string[]) => JsonObject;

/**
 * @param header the names of the columns
 * @throws ReadsError `mapping_column_missing` `mapping_column_ambiguous` `mapping_invalid` (a column that the format lacks)
 */
export function rowToEntry(format: HotListFormat, header: readonly string[]): RowToEntry {
  const names = header.map((name) => name.trim());
  const known: readonly string[] = format === 'ncic-csv' ? NCIC_COLUMNS : OWN_COLUMNS;
  const required: readonly string[] = format === 'ncic-csv' ? ['FILE', 'NIC', 'LIC', 'EXP'] : REQUIRED;
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) throw fault('mapping_column_missing', 'a column is missing', missing);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw fault('mapping_column_ambiguous', 'a column stands twice', twice);
  const unknown = names.findIndex((name) => !known.includes(name));
  // By its place: a file without a header begins with a plate.
  if (unknown >= 0) throw fault('mapping_invalid', 'a column is none of this format', `column ${unknown + 1}`);
  const cell = (cells: readonly string[], name: string): string => cells[names.indexOf(name)]?.trim() ?? '';
  return format === 'ncic-csv' ? (cells) => fromNcic((name) => cell(cells, name)) : (cells) => fromOwn(cells, cell);
}

function fault(
  code: 'mapping_column_missing' | 'mapping_column_ambiguous' | 'mapping_invalid',
  text: string,
  at: string,
) {
  return new ReadsError(code, text, { at });
}

function fromOwn(cells: readonly string[], cell: (cells: readonly string[], name: string) => string): JsonObject {
  const at = (name: string) => cell(cells, name);
  return {
    ...present('record', at('record')),
    ...present('plate', at('plate')),
    ...present('plate_state', at('plate_state')),
    ...present('source', at('source')),
    ...present('legal_basis', at('legal_basis')),
    ...present('reason', at('reason')),
    ...present('case_number', at('case_number')),
    ...present('expires_at', at('expires_at')),
    ...vehicle(at('vehicle_make'), at('vehicle_model'), at('vehicle_colour'), at('vehicle_type')),
    ...(at('action') === 'remove' ? { remove: true } : {}),
    // Any other word is no action of ours, and is not taken for `add`.
    ...(['', 'add', 'remove'].includes(at('action')) ? {} : { action: at('action') }),
  };
}

/** A file that the FBI does not list becomes a source that no vocabulary knows, and is rejected as such. */
function fromNcic(at: (name: string) => string): JsonObject {
  const file = at('FILE')
    .toUpperCase()
    .replace(/ FILE$/, '');
  const known = Object.hasOwn(NCIC_FILES, file) ? NCIC_FILES[file] : undefined;
  const [offence, ori] = [at('OFF'), at('ORI')];
  return {
    ...present('source', known?.source ?? (file === '' ? '' : 'ncic-unlisted-file')),
    ...present('record', at('NIC')),
    ...present('plate', at('LIC')),
    ...present('plate_state', at('LIS')),
    legal_basis: `NCIC ${known === undefined ? 'record' : file.toLowerCase()}${offence === '' ? '' : `, offence ${offence}`}${ori === '' ? '' : `, entered by ${ori}`}`,
    ...present('reason', known?.reason ?? ''),
    ...present('case_number', at('OCA')),
    ...present('expires_at', at('EXP')),
    ...vehicle(at('VMA'), at('VMO'), at('VCO'), at('VST')),
  };
}

function present(name: string, text: string): JsonObject {
  return text === '' ? {} : { [name]: text };
}

function vehicle(make: string, model: string, colour: string, type: string): JsonObject {
  const named = {
    ...present('make', make),
    ...present('model', model),
    ...present('colour', colour),
    ...present('type', type),
  };
  return Object.keys(named).length === 0 ? {} : { vehicle: named };
}
