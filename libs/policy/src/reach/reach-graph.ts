/**
 * How data gets from one party to the next. `direct`: the owner gives it. `onward`: somebody who has it gives it on.
 * `beneficiary`: somebody asks on another's behalf. The rest are arrangements through which another body sees what a party
 * sees.
 */
export type StepKind =
  | 'direct'
  | 'onward'
  | 'beneficiary'
  | 'shared-centre'
  | 'task-force'
  | 'agreement-287g'
  | 'shared-sign-in'
  | 'private-control';

/** `stated`: a record, a rule or an attestation says that it is so. `not_excluded`: nothing says that it is not. */
export type Certainty = 'stated' | 'not_excluded';

export interface ReachParty {
  /** Entity id, or the vendor's name of the organisation. */
  readonly id: string;
  readonly name: string;
  /** USPS code; absent where it is not known. */
  readonly state?: string;
  /** As a person reads it: `police`, `sheriff`, `shared centre`. */
  readonly role: string;
}

/** What somebody can do so that a step is no longer open. */
export interface ReachChange {
  /** Stable within one graph. */
  readonly id: string;
  /** Whether the owner of the data can do it alone. */
  readonly by: 'owner' | 'another';
  readonly text: string;
}

export interface ReachStep {
  /** Places in `ReachGraph.nodes`. */
  readonly from: number;
  readonly to: number;
  /** `null` joins two nodes of one party: nothing moves, nobody opened it and nobody can close it. */
  readonly kind: StepKind | null;
  readonly certainty: Certainty;
  /** The rule, or the attestation that is missing, that opens the step. */
  readonly openedBy: string;
  readonly source?: string;
  /** Places in `ReachGraph.changes`; any one of them closes the step. Empty: nobody can. */
  readonly closedBy: readonly number[];
}

/** Who could get an owner's data, and how. A party stands at several nodes where it matters how it got there. */
export interface ReachGraph {
  readonly parties: readonly ReachParty[];
  readonly nodes: readonly { readonly party: number; readonly isTarget: boolean }[];
  readonly steps: readonly ReachStep[];
  readonly changes: readonly ReachChange[];
  /** The node of the owner. */
  readonly source: number;
}

/** Places of the steps that leave, and that enter, each node. */
export interface Adjacency {
  readonly leaving: readonly (readonly number[])[];
  readonly entering: readonly (readonly number[])[];
}

export function adjacencyOf(graph: ReachGraph, isOpen: (step: number) => boolean = () => true): Adjacency {
  const leaving: number[][] = graph.nodes.map(() => []);
  const entering: number[][] = graph.nodes.map(() => []);
  graph.steps.forEach(({ from, to }, place) => {
    if (!isOpen(place)) return;
    leaving[from]?.push(place);
    entering[to]?.push(place);
  });
  return { leaving, entering };
}

/** The steps that lie on some way from the owner to a target: all others open nothing. In the order of the graph. */
export function usefulSteps(graph: ReachGraph): readonly number[] {
  const { leaving, entering } = adjacencyOf(graph);
  const targets = graph.nodes.flatMap(({ isTarget }, node) => (isTarget ? [node] : []));
  const reached = spread([graph.source], (node) =>
    graph.nodes[node]?.isTarget ? [] : endsOf(graph, leaving[node], 'to'),
  );
  const reaching = spread(targets, (node) => endsOf(graph, entering[node], 'from'));
  return graph.steps.flatMap(({ from, to }, place) =>
    reached.has(from) && reaching.has(to) && !graph.nodes[from]?.isTarget ? [place] : [],
  );
}

function endsOf(graph: ReachGraph, steps: readonly number[] = [], end: 'from' | 'to'): number[] {
  return steps.flatMap((place) => graph.steps[place]?.[end] ?? []);
}

function spread(start: readonly number[], next: (node: number) => readonly number[]): ReadonlySet<number> {
  const seen = new Set(start);
  for (const node of seen) for (const other of next(node)) seen.add(other);
  return seen;
}
