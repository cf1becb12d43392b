import { PolicyError } from '../policy-error.js';
import { quoted } from '../strict-reader.js';
import type { Agreement287g, AgencyRegister, RegisteredAgency } from './agency-lists.js';
import { readAgencyName, stateCode, type AgencyName } from './agency-name.js';
import { matchAgreements, type UnmatchedAgreement } from './match-agreements.js';
import { classifyOrganisation, roleOf, type Classified, type OrganisationClass } from './organisation-class.js';
import { NOTHING_REVIEWED, type ReviewedNames } from './reviewed-names.js';
import type { SharingGraph } from './sharing-graph.js';

/** One organisation of a vendor's network, with what is known about it. */
export interface VendorOrganisation {
  readonly name: string;
  readonly state?: string;
  readonly role: string;
  readonly classes: readonly OrganisationClass[];
  readonly agreements: readonly Agreement287g[];
}

/** Every name that could not be settled. Nothing is counted by it, and nothing is left out of it. */
export interface UnsettledNames {
  /** Owners of the graph that the register of organisations lacks. */
  readonly owners: readonly string[];
  /** Organisations of the graph that the register lacks. */
  readonly organisations: readonly string[];
  /** Rows of the register that name nobody on the network. */
  readonly registerWithoutName: readonly string[];
  /** Whose state nobody says. */
  readonly withoutState: readonly string[];
  readonly agreements: readonly UnmatchedAgreement[];
  readonly doubts: readonly { readonly organisation: string; readonly doubt: string }[];
  readonly reviewedInVain: readonly string[];
}

export interface VendorNetwork {
  readonly organisations: readonly VendorOrganisation[];
  /** Places of those an owner shares with, by the owner's place. An owner without an entry does not publish them. */
  readonly sharesWith: ReadonlyMap<number, readonly number[]>;
  /** Places by the id under which the graph names an owner. */
  readonly owners: ReadonlyMap<string, number>;
  readonly unsettled: UnsettledNames;
}

export interface VendorSources {
  readonly graph: SharingGraph;
  readonly register: AgencyRegister;
  readonly agreements: readonly Agreement287g[];
  readonly reviewed?: ReviewedNames;
}

/** Joins a vendor's sharing graph with a register of organisations and the published list of agreements. */
export function vendorNetwork(sources: VendorSources): VendorNetwork {
  const { graph, agreements, reviewed = NOTHING_REVIEWED } = sources;
  const { agencies, withoutName } = sources.register;
  const registered = new Map(agencies.flatMap((agency) => agency.names.map((name) => [name, agency] as const)));
  const bySlug = new Map(agencies.map((agency) => [agency.slug, agency]));
  const settled = new Map(reviewed.classes.map(({ organisation, classes }) => [organisation, classes]));
  const { names, owners, unknownOwners } = ownersOf(graph, bySlug);
  const described = names.map((name) => describe(name, registered.get(name), settled.get(name)));
  const matched = matchAgreements(
    agreements,
    described.map(({ name, read, classified }) => ({
      name,
      read,
      isStale: classified.classes.includes('stale-account'),
    })),
    reviewed,
  );
  const sharesWith = [...graph.outbound].flatMap(([slug, places]) => {
    const owner = owners.get(slug);
    // A network that is listed among its own recipients gives nothing to anybody by it.
    return owner === undefined ? [] : [[owner, places.filter((place) => place !== owner)] as const];
  });
  const inVain = [...settled.keys()].filter((name) => !names.includes(name));
  return {
    owners,
    sharesWith: new Map(sharesWith),
    organisations: described.map(({ name, read, classified }, place) => ({
      name,
      role: roleOf(read, classified),
      classes: classified.classes,
      agreements: matched.of.get(place) ?? [],
      ...(read.state !== undefined && { state: read.state }),
    })),
    unsettled: {
      owners: unknownOwners,
      organisations: names.filter((name) => !registered.has(name)),
      registerWithoutName: withoutName,
      withoutState: described.filter(({ read }) => read.state === undefined).map(({ name }) => name),
      agreements: matched.unmatched,
      doubts: described.flatMap(({ name, classified }) =>
        classified.doubts.map((doubt) => ({ organisation: name, doubt })),
      ),
      reviewedInVain: [...matched.reviewedInVain, ...inVain],
    },
  };
}

/**
 * Whether an owner names anybody that it shares with. One that names nobody shares with nobody or does not say so: its page
 * shows no difference, and neither does anything here.
 */
export function namesRecipients(network: VendorNetwork, place: number): boolean {
  return (network.sharesWith.get(place) ?? []).length > 0;
}

/** Place of the owner that a person names by its id or its name. @throws PolicyError `owner_unknown`, with names alike */
export function findOwner(network: VendorNetwork, wanted: string): number {
  const byId = network.owners.get(wanted);
  if (byId !== undefined) return byId;
  const lower = wanted.trim().toLowerCase();
  const place = network.organisations.findIndex(({ name }) => name.toLowerCase() === lower);
  if (place !== -1) return place;
  const words = lower.split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  const alike = [...network.owners].filter(([id, at]) => {
    const text = `${id} ${network.organisations[at]?.name ?? ''}`.toLowerCase();
    return words.some((word) => text.includes(word));
  });
  const names = alike.slice(0, 8).map(([id]) => `\`${id}\``);
  const message = `no organisation is called ${quoted(wanted)}${names.length === 0 ? '' : `; alike: ${names.join(', ')}`}`;
  throw new PolicyError('owner_unknown', [{ path: 'owner', message }]);
}

interface Described {
  readonly name: string;
  readonly read: AgencyName;
  readonly classified: Classified;
}

function describe(
  name: string,
  agency: RegisteredAgency | undefined,
  settled: readonly OrganisationClass[] | undefined,
): Described {
  const read = readAgencyName(name, agency?.state);
  if (settled) return { name, read, classified: { classes: settled, doubts: [] } };
  return { name, read, classified: classifyOrganisation(name, read, agency) };
}

/** An owner is found by its id in the register; one that the register lacks stands under its id, and is said to. */
function ownersOf(
  graph: SharingGraph,
  bySlug: ReadonlyMap<string, RegisteredAgency>,
): { names: readonly string[]; owners: ReadonlyMap<string, number>; unknownOwners: readonly string[] } {
  const names = [...graph.organisations];
  const places = new Map(names.map((name, place) => [name, place]));
  const bySpelling = new Map(names.map((name, place) => [slugOf(name), place]));
  const owners = new Map<string, number>();
  const unknownOwners: string[] = [];
  for (const slug of graph.outbound.keys()) {
    const agency = bySlug.get(slug);
    const named = agency?.names.find((name) => places.has(name)) ?? agency?.names[0];
    if (agency === undefined) unknownOwners.push(slug);
    const place = (named === undefined ? undefined : places.get(named)) ?? bySpelling.get(slug) ?? names.length;
    if (place === names.length) names.push(named ?? nameOf(slug));
    owners.set(slug, place);
  }
  return { names, owners, unknownOwners };
}

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** `los-gatos-ca-pd` as a name would be written, so that its state can be read. */
function nameOf(slug: string): string {
  const words = slug.split('-').filter((word) => word !== '');
  return words.map(written).join(' ');
}

function written(word: string): string {
  if (word.length === 2) return stateCode(word) ?? word.toUpperCase();
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
