import type { Code } from './codes.js';

/** The file that an entry of a list of wanted plates comes from. A list without it could bring in anything. */
export interface HotListSource extends Code {
  /**
   * What may stand behind an entry: a `warrant` of a judge, one of the `exceptions` (stolen, missing), the officer's own
   * `case`, or `nothing` that a court has seen. Only the last has to be named by a rule; `all` leaves it out.
   */
  readonly ground: 'warrant' | 'exception' | 'case' | 'nothing';
  /** Serves immigration enforcement. Never allowed by `all`: a rule has to name it. */
  readonly immigration?: true;
}

function source(id: string, text: string, ground: HotListSource['ground']): HotListSource {
  return { id, text, ground };
}

/**
 * The files of the plate-reader extract of the National Crime Information Center (le.fbi.gov, 2024-06-04), which is compiled
 * twice a day and contains the Immigration Violator File, and the lists that portals name beside it.
 */
export const HOT_LIST_SOURCES: readonly HotListSource[] = [
  source('ncic-vehicle', 'NCIC Vehicle File: stolen vehicles, felony vehicles', 'exception'),
  source('ncic-license-plate', 'NCIC License Plate File: stolen or missing plates', 'exception'),
  source('ncic-missing-person', 'NCIC Missing Person File', 'exception'),
  source('ncic-wanted-person', 'NCIC Wanted Person File', 'warrant'),
  source('ncic-protection-order', 'NCIC Protection Order File', 'nothing'),
  source('ncic-extreme-risk-protection-order', 'NCIC Extreme Risk Protection Order File', 'nothing'),
  source('ncic-gang', 'NCIC Gang File', 'nothing'),
  source('ncic-threat-screening', 'NCIC Threat Screening Center File', 'nothing'),
  source('ncic-supervised-release', 'NCIC Supervised Release File', 'nothing'),
  source('ncic-sex-offender', 'NCIC National Sex Offender Registry', 'nothing'),
  source('ncic-protective-interest', 'NCIC Protective Interest File', 'nothing'),
  source('ncic-violent-person', 'NCIC Violent Person File', 'nothing'),
  { ...source('ncic-immigration-violator', 'NCIC Immigration Violator File', 'nothing'), immigration: true },
  source('state-stolen-vehicle', 'the list of stolen vehicles of a state', 'exception'),
  source('amber-alert', 'alerts for abducted children', 'exception'),
  source('state-other', 'another list of a state', 'nothing'),
  source('agency-case', 'an entry of the agency itself, for a case', 'case'),
  source('manual', 'an entry that an officer has typed in during a shift', 'case'),
  source('commercial', 'a list of a company', 'nothing'),
  source('unknown', 'a list whose source nobody states', 'nothing'),
];
