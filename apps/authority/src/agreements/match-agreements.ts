import { comparableName, isSimilar, stateOfOri, type AgencyKind } from './agreement-names.js';
import type { AgreementRow } from './agreement-list.js';

/** An enrolled agency, as far as a line of the list could be it. */
export interface EnrolledAgency {
  readonly entityId: string;
  readonly superior: string;
  readonly name: string;
  readonly ori: string;
  readonly fips: string | undefined;
  readonly agencyClass: string;
}

/** Out of a reviewed file: `[state, name as listed, ORI or null]`. */
export type Alias = readonly [state: string, name: string, ori: string | null];
/** `[state, name of a county or place, FIPS code]`; five digits for a county, seven for a place. */
export type Place = readonly [state: string, name: string, fips: string];

export type MatchOutcome = 'matched' | 'unsure' | 'unmatched' | 'not_enrolled' | 'malformed';

/** What one line of the list came to. */
export interface AgreementMatch {
  readonly row: AgreementRow;
  readonly outcome: MatchOutcome;
  /** The agency; of an unsure line those that it might be. */
  readonly subjects: readonly EnrolledAgency[];
  /** By what, or why not. */
  readonly why: string;
}

/** Kinds of body whose class in the register is this one. */
const CLASSES: Readonly<Record<AgencyKind, readonly string[]>> = {
  sheriff: ['county-sheriff'],
  police: ['municipal-police'],
  state: ['state-police'],
  campus: ['campus-police', 'private-police'],
  corrections: [],
  constable: [],
  other: [],
};

/**
 * Matches lines with enrolled agencies by ORI, by FIPS code, and by reviewed aliases. A name is no identity: what only looks
 * alike is `unsure`, and a person decides. No line is left out.
 */
export function matchAgreements(
  rows: readonly AgreementRow[],
  input: {
    readonly enrolled: readonly EnrolledAgency[];
    readonly aliases: readonly Alias[];
    readonly places: readonly Place[];
  },
): AgreementMatch[] {
  const { enrolled, aliases, places } = input;
  const byOri = Map.groupBy(enrolled, ({ ori }) => ori);
  const aliasOf = new Map(aliases.map(([state, name, ori]) => [keyOf(state, name), ori]));
  const fipsOf = new Map(places.map(([state, name, fips]) => [placeKey(state, name, fips.length), fips]));
  const byState = Map.groupBy(enrolled, ({ ori }) => stateOfOri(ori));
  return rows.map((row) => {
    const said = (outcome: MatchOutcome, why: string, subjects: readonly EnrolledAgency[] = []) => ({
      row,
      outcome,
      subjects,
      why,
    });
    const { state, agency, model } = row;
    if (state === undefined) return said('malformed', `\`${row.stateText}\` is no state`);
    if (agency === '') return said('malformed', 'it names no agency');
    const inState = byState.get(state) ?? [];
    if (model === undefined)
      return said('unsure', `\`${row.modelText}\` is no model that is known`, alike(row, inState));
    const alias = aliasOf.get(keyOf(state, agency));
    const ori = alias ?? row.ori;
    if (alias === null) return said('not_enrolled', 'reviewed: nobody who is enrolled');
    if (ori !== undefined) {
      const by = alias === undefined ? `ORI ${ori}` : `reviewed alias of ORI ${ori}`;
      const found = byOri.get(ori) ?? [];
      if (found.length > 1) return said('unsure', `${by}, which several have`, found);
      return found.length === 1 ? said('matched', by, found) : said('not_enrolled', `${by}, which is not enrolled`);
    }
    const { kind } = comparableName(agency);
    const fips = row.fips ?? fipsFor(row, kind, fipsOf);
    const there = fips === undefined ? [] : inState.filter((each) => each.fips === fips);
    const fitting = there.filter(({ agencyClass }) => CLASSES[kind].includes(agencyClass));
    if (fitting.length === 1) return said('matched', `FIPS ${fips ?? ''}, ${kind}`, fitting);
    if (there.length > 0) return said('unsure', `FIPS ${fips ?? ''}, but another class of body`, there);
    const candidates = alike(row, inState);
    if (candidates.length > 0) return said('unsure', 'a name that looks alike, and nothing else', candidates);
    return said('unmatched', fips === undefined ? 'nobody enrolled resembles it' : `nobody enrolled has FIPS ${fips}`);
  });
}

function alike(row: AgreementRow, inState: readonly EnrolledAgency[]): EnrolledAgency[] {
  const name = comparableName(row.agency);
  return inState.filter((each) => isSimilar(name, comparableName(each.name)));
}

/** A sheriff is the county's, a police department the place's. */
function fipsFor(row: AgreementRow, kind: AgencyKind, fipsOf: ReadonlyMap<string, string>): string | undefined {
  const { state = '', county, agency } = row;
  if (kind === 'sheriff') return fipsOf.get(placeKey(state, county ?? agency, 5));
  if (kind === 'police') return fipsOf.get(placeKey(state, agency, 7));
  return undefined;
}

function keyOf(state: string, name: string): string {
  return `${state} ${name.toLowerCase().replaceAll('’', "'")}`;
}

function placeKey(state: string, name: string, digits: number): string {
  return `${state} ${digits} ${comparableName(name).place}`;
}
