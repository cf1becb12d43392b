import { adjacencyOf, usefulSteps, type Certainty, type ReachGraph, type StepKind } from './reach-graph.js';

/** One way from the owner to a party of the class: places of its steps, in order. */
export interface Way {
  readonly steps: readonly number[];
  readonly kinds: readonly StepKind[];
  /** `stated` where every step is. */
  readonly certainty: Certainty;
}

export interface WayCounts {
  /** `null` where parties pass data round in circles: ways are then without number. */
  readonly ways: number | null;
  readonly stated: number | null;
  /** By the kinds of steps on the way, as `direct > onward > agreement-287g`; most ways first. */
  readonly byKinds: readonly { readonly kinds: readonly StepKind[]; readonly ways: number }[];
  /** How many ways use each step, by its place; empty where `ways` is `null`. */
  readonly through: ReadonlyMap<number, number>;
}

/** Counts every way without listing it. */
export function countWays(graph: ReachGraph): WayCounts {
  const useful = usefulSteps(graph);
  const order = topologicalOrder(graph, useful);
  if (order === undefined) return { ways: null, stated: null, byKinds: [], through: new Map() };
  const into = countInto(graph, useful, order, () => true);
  const stated = countInto(graph, useful, order, (place) => graph.steps[place]?.certainty === 'stated');
  const onward = countOnward(graph, useful, order);
  const through = new Map<number, number>();
  for (const place of useful) {
    const step = graph.steps[place];
    if (step) through.set(place, (into[step.from] ?? 0) * (onward[step.to] ?? 0));
  }
  return {
    ways: atTargets(graph, into),
    stated: atTargets(graph, stated),
    byKinds: countKinds(graph, useful, order),
    through,
  };
}

/**
 * Lists ways, each party once on each, until `limit` are found. Depth first, in the order of the graph: the same graph
 * gives the same list.
 */
export function listWays(graph: ReachGraph, limit: number): { readonly ways: readonly Way[]; readonly isAll: boolean } {
  const useful = new Set(usefulSteps(graph));
  const { leaving } = adjacencyOf(graph, (place) => useful.has(place));
  const ways: Way[] = [];
  const steps: number[] = [];
  const nodes = new Set([graph.source]);
  const open = [{ node: graph.source, next: 0 }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const place = leaving[top.node]?.[top.next];
    top.next += 1;
    const to = place === undefined ? undefined : graph.steps[place]?.to;
    if (place === undefined || to === undefined) {
      open.pop();
      nodes.delete(top.node);
      steps.pop();
    } else if (!nodes.has(to)) {
      if (graph.nodes[to]?.isTarget) {
        if (ways.length === limit) return { ways, isAll: false };
        ways.push(wayOf(graph, [...steps, place]));
      } else {
        nodes.add(to);
        steps.push(place);
        open.push({ node: to, next: 0 });
      }
    }
  }
  return { ways, isAll: true };
}

/** A shortest way over the steps that are open, or `undefined` where there is none. */
export function shortestWay(
  graph: ReachGraph,
  leaving: readonly (readonly number[])[],
  isOpen: (place: number) => boolean,
): readonly number[] | undefined {
  const cameBy = new Map<number, number | undefined>([[graph.source, undefined]]);
  const queue = [graph.source];
  for (const node of queue) {
    if (graph.nodes[node]?.isTarget) return stepsTo(graph, node, cameBy);
    for (const place of leaving[node] ?? []) {
      const to = graph.steps[place]?.to;
      if (to === undefined || cameBy.has(to) || !isOpen(place)) continue;
      cameBy.set(to, place);
      queue.push(to);
    }
  }
  return undefined;
}

function stepsTo(graph: ReachGraph, target: number, cameBy: ReadonlyMap<number, number | undefined>): number[] {
  const steps: number[] = [];
  for (let place = cameBy.get(target); place !== undefined; place = cameBy.get(graph.steps[place]?.from ?? -1)) {
    steps.unshift(place);
  }
  return steps;
}

function wayOf(graph: ReachGraph, places: readonly number[]): Way {
  const steps = places.filter((place) => graph.steps[place]?.kind !== null);
  const kinds = steps.flatMap((place) => graph.steps[place]?.kind ?? []);
  const isStated = steps.every((place) => graph.steps[place]?.certainty === 'stated');
  return { steps, kinds, certainty: isStated ? 'stated' : 'not_excluded' };
}

/** Nodes so that every useful step leads to a later one; `undefined` where steps run in a circle. */
function topologicalOrder(graph: ReachGraph, useful: readonly number[]): readonly number[] | undefined {
  const waiting: number[] = graph.nodes.map(() => 0);
  const isUseful = new Set(useful);
  const { leaving } = adjacencyOf(graph, (place) => isUseful.has(place));
  const add = (node: number, amount: number): number => {
    const left = (waiting[node] ?? 0) + amount;
    waiting[node] = left;
    return left;
  };
  for (const place of useful) add(graph.steps[place]?.to ?? -1, 1);
  const order = graph.nodes.flatMap((_, node) => (waiting[node] === 0 ? [node] : []));
  for (const node of order) {
    for (const place of leaving[node] ?? []) {
      const to = graph.steps[place]?.to ?? -1;
      if (add(to, -1) === 0) order.push(to);
    }
  }
  return order.length === graph.nodes.length ? order : undefined;
}

function inOrder(graph: ReachGraph, useful: readonly number[], order: readonly number[]): readonly number[] {
  const rank: number[] = graph.nodes.map(() => 0);
  order.forEach((node, position) => {
    rank[node] = position;
  });
  return useful.toSorted((a, b) => (rank[graph.steps[a]?.from ?? 0] ?? 0) - (rank[graph.steps[b]?.from ?? 0] ?? 0));
}

function countInto(
  graph: ReachGraph,
  useful: readonly number[],
  order: readonly number[],
  counts: (place: number) => boolean,
): number[] {
  const into: number[] = graph.nodes.map((_, node) => (node === graph.source ? 1 : 0));
  for (const place of inOrder(graph, useful, order)) {
    const step = graph.steps[place];
    if (step && counts(place)) into[step.to] = (into[step.to] ?? 0) + (into[step.from] ?? 0);
  }
  return into;
}

function countOnward(graph: ReachGraph, useful: readonly number[], order: readonly number[]): number[] {
  const onward: number[] = graph.nodes.map(({ isTarget }) => (isTarget ? 1 : 0));
  for (const place of inOrder(graph, useful, order).toReversed()) {
    const step = graph.steps[place];
    if (step) onward[step.from] = (onward[step.from] ?? 0) + (onward[step.to] ?? 0);
  }
  return onward;
}

function countKinds(graph: ReachGraph, useful: readonly number[], order: readonly number[]): WayCounts['byKinds'] {
  const into = new Map([[graph.source, new Map([['', 1]])]]);
  const found = new Map<string, number>();
  for (const place of inOrder(graph, useful, order)) {
    const step = graph.steps[place];
    const before = step && into.get(step.from);
    if (!step || !before) continue;
    const after = graph.nodes[step.to]?.isTarget ? found : (into.get(step.to) ?? new Map<string, number>());
    if (after !== found) into.set(step.to, after);
    for (const [kinds, ways] of before) {
      const longer = step.kind === null ? kinds : kinds === '' ? step.kind : `${kinds} ${step.kind}`;
      after.set(longer, (after.get(longer) ?? 0) + ways);
    }
  }
  return [...found]
    .map(([kinds, ways]) => ({ kinds: kinds.split(' ') as StepKind[], ways }))
    .toSorted((a, b) => b.ways - a.ways || (a.kinds.join() < b.kinds.join() ? -1 : 1));
}

function atTargets(graph: ReachGraph, counts: readonly number[]): number {
  return graph.nodes.reduce((sum, { isTarget }, node) => (isTarget ? sum + (counts[node] ?? 0) : sum), 0);
}
