import { readAgreements, readRegisteredAgencies, type TableRow } from '../src/reach/agency-lists.js';
import type { AgreementModel } from '../src/reach/agency-lists.js';
import type { ReachTarget } from '../src/reach/organisation-class.js';
import { parseReviewedNames } from '../src/reach/reviewed-names.js';
import { parseSharingGraph } from '../src/reach/sharing-graph.js';
import { findSideDoors, type SideDoors } from '../src/reach/side-doors.js';
import { findOwner, vendorNetwork, type VendorNetwork } from '../src/reach/vendor-network.js';
import { vendorReach, type VendorReach } from '../src/reach/vendor-reach.js';

/** A network of a vendor in short: who shares with whom, by name, and what the register and the list say. */
export interface ShortNetwork {
  readonly shares: Readonly<Record<string, readonly string[]>>;
  /** Organisations beside those that the shares name. */
  readonly others?: readonly string[];
  /** By organisation: its state, and optionally role, type and tags as the register has them. */
  readonly register?: Readonly<Record<string, Partial<Record<'state' | 'role' | 'type' | 'tags', string>>>>;
  /** State, agency and model as the published list writes them. */
  readonly agreements?: readonly (readonly [state: string, agency: string, model: string])[];
  readonly names?: { agreements?: object[]; classes?: object[] };
}

export function registerRow(
  name: string,
  more: Partial<Record<'state' | 'role' | 'type' | 'tags', string>> = {},
): TableRow {
  const { state = '', role = 'police', type = 'city', tags = 'public' } = more;
  return { slug: slugOf(name), flock_names: name, agency_role: role, agency_type: type, state, tags };
}

export function agreementRow([state, agency, model]: readonly [string, string, string]): TableRow {
  return { STATE: state, 'LAW ENFORCEMENT AGENCY': agency, 'SUPPORT TYPE': model, SIGNED: '2025-07-02' };
}

export function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

export function networkOf({ shares, others = [], register = {}, agreements = [], names }: ShortNetwork): VendorNetwork {
  const organisations = [...new Set([...Object.entries(shares).flatMap(([owner, to]) => [owner, ...to]), ...others])];
  const outbound = Object.fromEntries(
    Object.entries(shares).map(([owner, to]) => [slugOf(owner), to.map((name) => organisations.indexOf(name))]),
  );
  const rows = organisations.map((name) => registerRow(name, register[name]));
  const list =
    agreements.length > 0 ? agreements : [['TEXAS', 'Nowhere Police Department', 'Task Force Model'] as const];
  const reviewed = {
    schema: 'comity-reviewed-names/v1',
    reviewed_by: 'a test',
    reviewed_on: '2026-11-22',
    agreements: names?.agreements ?? [],
    classes: names?.classes ?? [],
  };
  return vendorNetwork({
    graph: parseSharingGraph({ organisations, outbound }),
    register: readRegisteredAgencies(rows),
    agreements: readAgreements(list.map(agreementRow)),
    ...(names && { reviewed: parseReviewedNames(structuredClone(reviewed) as never) }),
  });
}

const ALL_MODELS: readonly AgreementModel[] = ['task-force-model', 'jail-enforcement-model', 'warrant-service-officer'];

export function doorsOf(
  network: VendorNetwork,
  owner: string,
  target: ReachTarget,
  more: Partial<Pick<VendorReach, 'onward' | 'models' | 'withBeneficiaries'>> = {},
): SideDoors {
  const place = findOwner(network, owner);
  const reach = {
    owner: place,
    target,
    onward: 1,
    models: new Set(ALL_MODELS),
    withBeneficiaries: false,
    ...more,
  } as const;
  return findSideDoors(vendorReach(network, reach), { ways: 1000, tried: 10_000 });
}

/** Each way as `A > B > C`, with the kinds of its steps. */
export function waysOf({ graph, listed }: SideDoors): string[] {
  return listed.map(({ steps }) =>
    steps
      .map((place) => {
        const step = graph.steps[place];
        return `${step?.kind ?? ''}: ${graph.parties[graph.nodes[step?.to ?? -1]?.party ?? -1]?.name ?? '?'}`;
      })
      .join(', '),
  );
}

export function changesOf({ graph, closing }: SideDoors, by: 'byAnybody' | 'byOwner' = 'byAnybody'): string[] {
  const found = closing[by];
  if ('way' in found) return ['not closable'];
  return found.changes.map((change) => graph.changes[change]?.text ?? '');
}
