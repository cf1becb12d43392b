import { confusables } from '../confusables.js';
import type { UnstoredRead } from '../read.js';
import type { ActiveEntry } from './entry.js';

/** What of a read is compared with a list. */
export type MatchedRead = Pick<UnstoredRead, 'plate' | 'plateState' | 'nonPlate'>;

/**
 * `exact`: the read says what the list says. `look_alike`: it may be another plate, by one character that cameras mistake;
 * a person sees it as unverified, and no other agency is ever told.
 */
export type MatchKind = 'exact' | 'look_alike';

export interface Match {
  readonly entry: ActiveEntry;
  readonly match: MatchKind;
  /** The camera or the list names no state: a person has to. */
  readonly stateUnknown: boolean;
}

/** Every plate whose entries could match this read. Empty for words on signs: they are no vehicle. */
export function platesToLookUp(read: MatchedRead): string[] {
  return read.nonPlate ? [] : [read.plate, ...confusables(read.plate)];
}

/**
 * Compares a read with the entries that `platesToLookUp` found. A different state is a different vehicle. An entry whose list
 * has the same case under a look-alike spelling too, as Colorado lists both 0 and O, is known to name a plate that nobody is
 * looking for: it is never more than a look-alike, whichever of both was read.
 */
export function matchRead(read: MatchedRead, candidates: readonly ActiveEntry[]): Match[] {
  if (read.nonPlate) return [];
  const alike = new Set(confusables(read.plate));
  return candidates.flatMap((entry): Match[] => {
    const same = entry.plate === read.plate;
    if (!same && !alike.has(entry.plate)) return [];
    const stateUnknown = entry.plateState === undefined || read.plateState === undefined;
    if (!stateUnknown && entry.plateState !== read.plateState) return [];
    const match = same && !listedTwice(entry, candidates) ? 'exact' : 'look_alike';
    return [{ entry, match, stateUnknown }];
  });
}

function listedTwice(entry: ActiveEntry, candidates: readonly ActiveEntry[]): boolean {
  if (entry.caseNumber === undefined) return false;
  const alike = new Set(confusables(entry.plate));
  return candidates.some(
    (other) => other.list === entry.list && other.caseNumber === entry.caseNumber && alike.has(other.plate),
  );
}
