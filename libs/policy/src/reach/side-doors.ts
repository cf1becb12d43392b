import { smallestChanges, type ChangeSet, type NotClosable } from './minimum-changes.js';
import { usefulSteps, type ReachGraph } from './reach-graph.js';
import { countWays, listWays, type Way, type WayCounts } from './ways.js';

/** Partial sets of changes that a search looks at before it settles for a bound; some seconds at most. */
export const MAX_TRIED = 20_000;

/** Who could get an owner's data, in how many ways, and what would close them all. */
export interface SideDoors {
  readonly graph: ReachGraph;
  readonly counts: WayCounts;
  /** Parties that the owner itself gives to and from whom, or at whom, a way ends. */
  readonly doors: readonly number[];
  /** Parties of the class, and what stands for those of it that nobody lists. */
  readonly reached: readonly number[];
  readonly listed: readonly Way[];
  /** Whether every way is listed. */
  readonly isAllListed: boolean;
  readonly closing: {
    /** Whoever makes the change. */
    readonly byAnybody: ChangeSet | NotClosable;
    /** By the owner alone, asking nobody. */
    readonly byOwner: ChangeSet | NotClosable;
  };
}

/**
 * Every way from the owner to the class, and the smallest sets of changes that close all of them.
 *
 * @param limits `ways`: how many are listed one by one (all are counted); `tried`: see `ChangeChoice.maxTried`
 */
export function findSideDoors(graph: ReachGraph, limits: { readonly ways: number; readonly tried: number }): SideDoors {
  const useful = usefulSteps(graph).flatMap((place) => graph.steps[place] ?? []);
  const { ways, isAll } = listWays(graph, limits.ways);
  const partyAt = (node: number): number => graph.nodes[node]?.party ?? -1;
  const closing = (isAllowed: (change: number) => boolean): ChangeSet | NotClosable =>
    smallestChanges(graph, { isAllowed, maxTried: limits.tried });
  return {
    graph,
    counts: countWays(graph),
    doors: distinct(useful.filter(({ from }) => from === graph.source).map(({ to }) => partyAt(to))),
    reached: distinct(useful.filter(({ to }) => graph.nodes[to]?.isTarget).map(({ to }) => partyAt(to))),
    listed: ways,
    isAllListed: isAll,
    closing: {
      byAnybody: closing(() => true),
      byOwner: closing((change) => graph.changes[change]?.by === 'owner'),
    },
  };
}

function distinct(places: readonly number[]): readonly number[] {
  return [...new Set(places)].toSorted((a, b) => a - b);
}
