import type { ReachChange, ReachGraph, ReachStep, StepKind } from '../src/reach/reach-graph.js';

/** A step in short: from, to, the changes that close it (`own` of the owner, anything else of another), and its kind. */
export type ShortStep = readonly [from: string, to: string, closedBy?: string, kind?: StepKind | null];

/** A graph whose owner is `O` and whose targets are the parties that begin with `T`. Changes named `own...` are the owner's. */
export function reachGraphOf(steps: readonly ShortStep[]): ReachGraph {
  const names = [...new Set(['O', ...steps.flatMap(([from, to]) => [from, to])])];
  const ids = [...new Set(steps.flatMap(([, , closedBy = '']) => words(closedBy)))].toSorted();
  return {
    parties: names.map((name) => ({ id: name, name, role: 'police' })),
    nodes: names.map((name, party) => ({ party, isTarget: name.startsWith('T') })),
    changes: ids.map((id): ReachChange => ({ id, by: id.startsWith('own') ? 'owner' : 'another', text: id })),
    steps: steps.map(([from, to, closedBy = '', kind = 'direct']): ReachStep => ({
      from: names.indexOf(from),
      to: names.indexOf(to),
      kind,
      certainty: 'stated',
      openedBy: `${from} to ${to}`,
      closedBy: words(closedBy).map((id) => ids.indexOf(id)),
    })),
    source: 0,
  };
}

export function idsOf(graph: ReachGraph, changes: readonly number[]): string[] {
  return changes.map((change) => graph.changes[change]?.id ?? '?');
}

/** Whether a target is reached although these changes are made. Written apart from what it judges. */
export function isReached(graph: ReachGraph, made: ReadonlySet<number>): boolean {
  let seen = new Set([graph.source]);
  for (;;) {
    const next = new Set(seen);
    for (const { from, to, closedBy } of graph.steps) {
      if (seen.has(from) && !closedBy.some((change) => made.has(change))) next.add(to);
    }
    if (next.size === seen.size) break;
    seen = next;
  }
  return [...seen].some((node) => graph.nodes[node]?.isTarget);
}

/** Size of the smallest set of allowed changes that closes everything, by trying all of them; `undefined` where none does. */
export function smallestByBruteForce(graph: ReachGraph, isAllowed: (change: number) => boolean): number | undefined {
  const allowed = graph.changes.flatMap((_, change) => (isAllowed(change) ? [change] : []));
  let best: number | undefined;
  for (let bits = 0; bits < 2 ** allowed.length; bits += 1) {
    const made = new Set(allowed.filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1));
    if ((best === undefined || made.size < best) && !isReached(graph, made)) best = made.size;
  }
  return best;
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
