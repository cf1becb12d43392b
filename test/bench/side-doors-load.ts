import {
  AGREEMENT_MODELS,
  MAX_TRIED,
  findSideDoors,
  readAgreements,
  readRegisteredAgencies,
  vendorNetwork,
  vendorReach,
  type ReachTarget,
  type TableRow,
  type VendorNetwork,
  type VendorReach,
} from '#policy';

export interface SideDoorsTime {
  readonly what: string;
  readonly organisations: number;
  readonly shares: number;
  readonly steps: number;
  readonly ways: number | null;
  readonly changes: number;
  readonly milliseconds: number;
}

/** As in the public sample: every twenty-fifth agency is on the published list, a recipient of a few hundred others. */
const SHARES = 375;
const STATES = ['CA', 'IL', 'WI', 'MO', 'TX', 'FL', 'OH', 'MN', 'GA', 'WA'];

/** A generated network: names matched, then the ways of one owner and what closes them. Milliseconds of each. */
export function measureSideDoors(organisations: number): SideDoorsTime[] {
  const sources = generated(organisations);
  const started = performance.now();
  const network = vendorNetwork(sources);
  const shares = [...network.sharesWith.values()].reduce((sum, { length }) => sum + length, 0);
  const matching: SideDoorsTime = {
    what: 'join register, list and graph by name',
    organisations,
    shares,
    steps: 0,
    ways: 0,
    changes: 0,
    milliseconds: performance.now() - started,
  };
  const asked: [ReachTarget, VendorReach['onward']][] = [
    ['immigration', 0],
    ['immigration', 1],
    ['out-of-state', 1],
  ];
  return [matching, ...asked.map(([target, onward]) => timed(network, shares, target, onward))];
}

function timed(
  network: VendorNetwork,
  shares: number,
  target: ReachTarget,
  onward: VendorReach['onward'],
): SideDoorsTime {
  const started = performance.now();
  const models = new Set(Object.values(AGREEMENT_MODELS));
  const graph = vendorReach(network, { owner: 0, target, onward, models, withBeneficiaries: false });
  const { counts, closing } = findSideDoors(graph, { ways: 1_000, tried: MAX_TRIED });
  return {
    what: `one owner to ${target}, given on ${onward === 0 ? 'never' : 'once'}`,
    organisations: network.organisations.length,
    shares,
    steps: graph.steps.length,
    ways: counts.ways,
    changes: 'way' in closing.byAnybody ? 0 : closing.byAnybody.changes.length,
    milliseconds: performance.now() - started,
  };
}

function generated(organisations: number): Parameters<typeof vendorNetwork>[0] {
  const next = numbers(organisations);
  const places = Array.from({ length: organisations }, (_, place) => place);
  const rows = places.map((place): TableRow => {
    const sheriff = place % 5 === 0;
    const codes = { agency_role: sheriff ? 'sheriff' : 'police', agency_type: sheriff ? 'county' : 'city' };
    return { slug: `place${place}`, flock_names: name(place), ...codes, state: state(place), tags: 'public' };
  });
  const listed = places
    .filter((place) => place % 25 === 10)
    .map((place): TableRow => {
      const agency = place % 5 === 0 ? `Place${place} County Sheriff's Office` : `Place${place} Police Department`;
      return { STATE: state(place), 'LAW ENFORCEMENT AGENCY': agency, 'SUPPORT TYPE': 'Task Force Model' };
    });
  const outbound = new Map(
    places.map((place) => {
      const to = new Set(Array.from({ length: Math.min(SHARES, organisations - 1) }, () => next() % organisations));
      to.delete(place);
      return [`place${place}`, [...to]] as const;
    }),
  );
  return {
    graph: { organisations: places.map(name), outbound },
    register: readRegisteredAgencies(rows),
    agreements: readAgreements(listed),
  };
}

function name(place: number): string {
  return `Place${place} ${state(place)} ${place % 5 === 0 ? 'SO' : 'PD'}`;
}

function state(place: number): string {
  return STATES[place % STATES.length] ?? 'CA';
}

/** The same numbers in every run (Mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return (value ^ (value >>> 14)) >>> 0;
  };
}
