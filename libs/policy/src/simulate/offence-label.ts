import type { AuditCell } from './audit-cell.js';

/**
 * What the offence drop-down of audit exports may stand for in NIBRS. The labels are coarser than the codes, so that most
 * name several; none of the readings is the vendor's. An empty list is a label of something that is no offence.
 */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'alcohol offenses (non-dui)': ['90E', '90G'],
  'animal offenses (cruelty/neglect)': ['720'],
  arson: ['200'],
  'assault/battery offenses': ['13A', '13B'],
  'assault/battery offenses (domestic)': ['13A', '13B'],
  'burglary/breaking & entering': ['220'],
  'child abuse/neglect': ['90F'],
  'counterfeiting/forgery': ['250'],
  'criminal motor vehicle offense (incl. road rage/reckless)': ['90Z'],
  'curfew/loitering/vagrancy violations': ['90B'],
  'destruction/damage/vandalism of property': ['290'],
  'disorderly conduct/disturbance': ['90C'],
  'disturbing public peace/riot': ['90C'],
  'driving under the influence (dui/dwi/owi/ovi)': ['90D'],
  'drugs/narcotics': ['35A', '35B'],
  'extortion/blackmail': ['210'],
  'financial crime (embezzlement/fraud)': ['26A', '26B', '26C', '26E', '26F', '270'],
  'hit and run/car accident': ['90Z'],
  'homicide/death investigation': ['09A', '09B'],
  'human trafficking': ['64A', '64B'],
  'immigration (civil/administrative)': ['30A', '30B', '30C', '30D', '49C'],
  'indecent exposure/lewd': ['90Z'],
  'kidnapping/abduction': ['100'],
  'larceny/theft offenses': ['23A', '23B', '23C', '23D', '23E', '23F', '23G', '23H'],
  'motor vehicle theft/stolen': ['240'],
  'obstructing justice': ['90Z'],
  'obstructing the police (fleeing/eluding)': ['90Z'],
  'pornography/obscene material': ['370'],
  robbery: ['120'],
  'sex offenses': ['11A', '11B', '11C', '11D'],
  stalking: ['13C'],
  'stolen property offenses': ['280'],
  'threats/harassment': ['13C'],
  trespass: ['90J'],
  'weapons offense (guns/shots fired)': ['520'],
  'juvenile delinquency': [],
  'material witness': [],
  'missing/endangered person/runaway': [],
  'protective/protection order': [],
  'traffic infraction': [],
  'wanted person (arrest warrant/fugitive)': [],
  'welfare check': [],
};

export type ReadOffence =
  /** One of these codes, and the label does not say which. */
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  /** The label names no offence: a person who is missing, wanted or witness. */
  | { readonly kind: 'no_offence' }
  | { readonly kind: 'unknown_label' };

/** Reads the label of a cell; several are joined by commas, which stand within labels too. */
export function readOffence(cell: AuditCell): ReadOffence | undefined {
  if (cell.state !== 'stated') return undefined;
  const labels = labelsOf(cell.text.toLowerCase().split(/\s*,\s*/u));
  if (labels === undefined) return { kind: 'unknown_label' };
  const codes = [...new Set(labels.flatMap((label) => CODES[label] ?? []))].sort();
  return codes.length === 0 ? { kind: 'no_offence' } : { kind: 'codes', codes };
}

function labelsOf(parts: readonly string[]): readonly string[] | undefined {
  if (parts.length === 0) return [];
  for (let length = parts.length; length > 0; length -= 1) {
    const label = parts.slice(0, length).join(', ');
    const rest = Object.hasOwn(CODES, label) ? labelsOf(parts.slice(length)) : undefined;
    if (rest !== undefined) return [label, ...rest];
  }
  return undefined;
}

/** Every label and what it is read as, to be printed and argued about. */
export function offenceLabels(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(CODES));
}
