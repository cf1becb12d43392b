import { agencyKey, readAgencyName, type AgencyName } from './agency-name.js';
import type { Agreement287g } from './agency-lists.js';
import type { ReviewedNames } from './reviewed-names.js';

/** An agency of the published list that is none of the organisations by its name, and those that come near. */
export interface UnmatchedAgreement {
  readonly state: string;
  readonly agency: string;
  readonly models: readonly string[];
  /** `nothing_alike`: of its state no name comes near. `alike`: a person has to look. `several`: more than one has this name. */
  readonly why: 'nothing_alike' | 'alike' | 'several';
  readonly possible: readonly string[];
}

export interface MatchedAgreements {
  /** By place in the organisations. */
  readonly of: ReadonlyMap<number, readonly Agreement287g[]>;
  readonly unmatched: readonly UnmatchedAgreement[];
  /** Entries of the reviewed file that name no agency of the list, or no organisation: a slip, or an older file. */
  readonly reviewedInVain: readonly string[];
}

/** An organisation as matching sees it. */
export interface NamedOrganisation {
  readonly name: string;
  readonly read: AgencyName;
  /** An account that is closed or for tests is never preferred to a living one. */
  readonly isStale: boolean;
}

/** Agreements of the published list, by organisation: by what a person settled, else by the name alone. */
export function matchAgreements(
  agreements: readonly Agreement287g[],
  organisations: readonly NamedOrganisation[],
  reviewed: ReviewedNames,
): MatchedAgreements {
  const byName = new Map(organisations.map(({ name }, place) => [name, place]));
  const byKey = placesByKey(organisations);
  const settled = new Map(reviewed.agreements.map(({ listed, organisation }) => [listedId(listed), organisation]));
  const of = new Map<number, Agreement287g[]>();
  const unmatched: UnmatchedAgreement[] = [];
  const byAgency = groupedByAgency(agreements);
  for (const [id, ofAgency] of byAgency) {
    const [first] = ofAgency;
    if (!first) continue;
    const read = readAgencyName(first.agency, first.state);
    const name = settled.get(id);
    if (name === null) continue;
    const places =
      name === undefined ? livingOf(byKey.get(agencyKey(read) ?? '') ?? [], organisations) : [byName.get(name)];
    const [place] = places;
    if (place !== undefined && places.length === 1) of.set(place, [...(of.get(place) ?? []), ...ofAgency]);
    else unmatched.push(unmatchedOf(ofAgency, first, read, places, organisations));
  }
  const inVain = reviewed.agreements.filter(
    ({ listed, organisation }) =>
      !byAgency.has(listedId(listed)) || (organisation !== null && !byName.has(organisation)),
  );
  return { of, unmatched, reviewedInVain: inVain.map(({ listed }) => `${listed.agency}, ${listed.state}`) };
}

function unmatchedOf(
  ofAgency: readonly Agreement287g[],
  { state, agency }: Agreement287g,
  read: AgencyName,
  places: readonly (number | undefined)[],
  organisations: readonly NamedOrganisation[],
): UnmatchedAgreement {
  const models = [...new Set(ofAgency.map(({ model }) => model))].toSorted();
  const named = places.flatMap((place) => (place === undefined ? [] : (organisations[place]?.name ?? [])));
  if (named.length > 1) return { state, agency, models, why: 'several', possible: named };
  const possible = organisations.filter((other) => isAlike(read, other.read)).map(({ name }) => name);
  return {
    state,
    agency,
    models,
    why: possible.length === 0 ? 'nothing_alike' : 'alike',
    possible: possible.slice(0, 5),
  };
}

/** Of one state, and the words of one place all stand in the other: `butler`, `butler county detention center`. */
function isAlike(listed: AgencyName, other: AgencyName): boolean {
  if (other.state !== listed.state || other.place === '' || listed.place === '') return false;
  const [a, b] = [significant(listed.place), significant(other.place)];
  if (a.length === 0 || b.length === 0) return false;
  return a.every((word) => b.includes(word)) || b.every((word) => a.includes(word));
}

function significant(place: string): string[] {
  return place.split(' ').filter((word) => word !== 'county' && word !== 'twp' && word.length > 1);
}

function livingOf(places: readonly number[], organisations: readonly NamedOrganisation[]): readonly number[] {
  const living = places.filter((place) => organisations[place]?.isStale === false);
  return living.length > 0 ? living : places;
}

function placesByKey(organisations: readonly NamedOrganisation[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  organisations.forEach(({ read }, place) => {
    const key = agencyKey(read);
    if (key !== undefined) places.set(key, [...(places.get(key) ?? []), place]);
  });
  return places;
}

function groupedByAgency(agreements: readonly Agreement287g[]): ReadonlyMap<string, readonly Agreement287g[]> {
  const groups = new Map<string, Agreement287g[]>();
  for (const agreement of agreements) {
    const id = listedId(agreement);
    groups.set(id, [...(groups.get(id) ?? []), agreement]);
  }
  return groups;
}

function listedId({ state, agency }: { readonly state: string; readonly agency: string }): string {
  return `${state} ${agency}`;
}
