import { minimumCut, type CapacityArc } from './minimum-cut.js';
import { adjacencyOf, usefulSteps, type ReachGraph } from './reach-graph.js';
import { searchChanges } from './search-changes.js';
import { shortestWay } from './ways.js';

export interface ChangeSet {
  /** Places in `ReachGraph.changes`, in its order. Together they close every way. */
  readonly changes: readonly number[];
  /** No smaller set closes every way. Where this is false, `atLeast` says how many every set needs. */
  readonly isSmallest: boolean;
  readonly atLeast: number;
  /** `cut`: a minimum cut, exact at every size. `search`: every smaller set was excluded. `bound`: the search was stopped. */
  readonly method: 'cut' | 'search' | 'bound';
}

/** A way that none of the allowed changes closes: places of its steps. */
export interface NotClosable {
  readonly way: readonly number[];
}

export interface ChangeChoice {
  readonly isAllowed: (change: number) => boolean;
  /** How many partial sets the search may look at where a cut does not do. */
  readonly maxTried: number;
}

/**
 * The smallest set of changes after which nothing of the class can be reached. Among sets of one size, one with as few
 * changes by others as possible, where a cut finds it.
 *
 * Where each change closes one step this is a minimum cut (L. R. Ford and D. R. Fulkerson, 1956), exact at every size.
 * A change that closes several steps makes it a minimum label cut, which is NP-hard: then a search, exact unless `maxTried`
 * stops it.
 */
export function smallestChanges(graph: ReachGraph, { isAllowed, maxTried }: ChangeChoice): ChangeSet | NotClosable {
  const useful = usefulSteps(graph);
  const closers = new Map(useful.map((place) => [place, (graph.steps[place]?.closedBy ?? []).filter(isAllowed)]));
  const isUseful = new Set(useful);
  const { leaving } = adjacencyOf(graph, (place) => isUseful.has(place));
  const lasting = shortestWay(graph, leaving, (place) => closers.get(place)?.length === 0);
  if (lasting) return { way: lasting.filter((place) => graph.steps[place]?.kind !== null) };
  if (useful.length === 0) return { changes: [], isSmallest: true, atLeast: 0, method: 'cut' };
  return closesOneEach(closers) ? byCut(graph, closers) : searchChanges(graph, leaving, closers, maxTried);
}

function closesOneEach(closers: ReadonlyMap<number, readonly number[]>): boolean {
  const all = [...closers.values()].flat();
  return new Set(all).size === all.length;
}

function byCut(graph: ReachGraph, closers: ReadonlyMap<number, readonly number[]>): ChangeSet {
  const places = [...closers.keys()];
  const isOwners = (change: number): boolean => graph.changes[change]?.by === 'owner';
  // One more than all changes by others could weigh together: size first, then whose they are.
  const size = places.length + 1;
  const chosen = places.map((place) => {
    const changes = closers.get(place) ?? [];
    return changes.find(isOwners) ?? changes[0];
  });
  const arcs = places.flatMap((place, index): CapacityArc[] => {
    const step = graph.steps[place];
    const change = chosen[index];
    const capacity = change === undefined ? Infinity : size + (isOwners(change) ? 0 : 1);
    return step ? [{ from: step.from, to: step.to, capacity }] : [];
  });
  const sink = graph.nodes.length;
  const ends = graph.nodes.flatMap(({ isTarget }, node): CapacityArc[] =>
    isTarget ? [{ from: node, to: sink, capacity: Infinity }] : [],
  );
  const cut = minimumCut(sink + 1, [...arcs, ...ends], graph.source, sink);
  const changes = cut.arcs.flatMap((arc) => chosen[arc] ?? []).toSorted((a, b) => a - b);
  return { changes, isSmallest: true, atLeast: changes.length, method: 'cut' };
}
