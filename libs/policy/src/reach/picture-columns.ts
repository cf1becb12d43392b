import { usefulSteps, type ReachGraph, type ReachStep, type StepKind } from './reach-graph.js';
import type { SideDoors } from './side-doors.js';

/** Parties that stand alike on their ways, drawn as one box. */
export interface PictureGroup {
  readonly id: string;
  /** How many steps from the owner; 0 is the owner. */
  readonly column: number;
  readonly label: string;
  readonly isTarget: boolean;
  readonly parties: readonly string[];
  /** Ways that pass it. */
  readonly ways: number;
}

export interface PictureLink {
  /** Ids of groups. */
  readonly from: string;
  readonly to: string;
  readonly kind: StepKind;
  readonly isStated: boolean;
  readonly ways: number;
  readonly steps: number;
  /** How many changes of the smallest set close steps of this link. */
  readonly closedBy: number;
}

export interface PictureColumns {
  readonly groups: readonly PictureGroup[];
  readonly links: readonly PictureLink[];
}

/** A column shows so many boxes; the parties with the fewest ways share the last. */
const MAX_BOXES = 14;
const MAX_COLUMN = 5;

/** A step as it is drawn: straight from whoever has the data, with the ways that use it. */
interface DrawnStep {
  readonly from: number;
  readonly to: number;
  readonly step: ReachStep;
  readonly kind: StepKind;
  readonly ways: number;
}

interface Box {
  readonly column: number;
  readonly label: string;
}

/**
 * Many parties as few boxes: by how many hands away, by state and by role. Thousands of steps become some dozens of links,
 * each with the number of ways that pass it.
 */
export function pictureColumns({ graph, counts, closing }: SideDoors): PictureColumns {
  const drawn = drawnSteps(graph, counts.through);
  const boxes = boxesOf(graph, drawn);
  const made = new Set('way' in closing.byAnybody ? [] : closing.byAnybody.changes);
  const groups = new Map<string, PictureGroup & { readonly parties: string[] }>();
  const links = new Map<string, { link: PictureLink; changes: Set<number> }>();
  const enter = (node: number, ways: number): string => {
    const { column, label } = boxes[node] ?? { column: 0, label: '' };
    const id = `${column} ${label}`;
    const name = graph.parties[graph.nodes[node]?.party ?? -1]?.name ?? '';
    const isTarget = graph.nodes[node]?.isTarget === true;
    const group = groups.get(id) ?? { id, column, label, isTarget, parties: [], ways: 0 };
    if (!group.parties.includes(name)) group.parties.push(name);
    groups.set(id, { ...group, ways: group.ways + ways });
    return id;
  };
  enter(graph.source, counts.ways ?? 0);
  for (const { from, to, step, kind, ways } of drawn) {
    const ends = { from: enter(from, 0), to: enter(to, ways) };
    const isStated = step.certainty === 'stated';
    const id = `${ends.from}\n${ends.to}\n${kind}\n${step.certainty}`;
    const { link, changes } = links.get(id) ?? {
      link: { ...ends, kind, isStated, ways: 0, steps: 0, closedBy: 0 },
      changes: new Set<number>(),
    };
    for (const change of step.closedBy) if (made.has(change)) changes.add(change);
    links.set(id, {
      changes,
      link: { ...link, ways: link.ways + ways, steps: link.steps + 1, closedBy: changes.size },
    });
  }
  return { groups: [...groups.values()], links: [...links.values()].map(({ link }) => link) };
}

/** Steps between parties. What a party opens is drawn from each place at which it has the data. */
function drawnSteps(graph: ReachGraph, through: ReadonlyMap<number, number>): readonly DrawnStep[] {
  const useful = usefulSteps(graph);
  const leaving = new Map<number, number[]>();
  for (const place of useful) {
    const from = graph.steps[place]?.from ?? -1;
    leaving.set(from, [...(leaving.get(from) ?? []), place]);
  }
  const joined = new Set(useful.flatMap((place) => (graph.steps[place]?.kind === null ? [graph.steps[place].to] : [])));
  return useful.flatMap((place): DrawnStep[] => {
    const step = graph.steps[place];
    if (!step) return [];
    const { from, to, kind } = step;
    const ways = through.get(place) ?? 1;
    if (kind !== null) return joined.has(from) ? [] : [{ from, to, step, kind, ways }];
    const next = leaving.get(to) ?? [];
    const all = next.reduce((sum, other) => sum + (through.get(other) ?? 1), 0);
    return next.flatMap((other): DrawnStep[] => {
      const opened = graph.steps[other];
      if (!opened || opened.kind === null) return [];
      return [{ from, to: opened.to, step: opened, kind: opened.kind, ways: (ways * (through.get(other) ?? 1)) / all }];
    });
  });
}

/** The box of each node. A column with too many boxes keeps those with the most ways. */
function boxesOf(graph: ReachGraph, drawn: readonly DrawnStep[]): readonly Box[] {
  const columns = columnsOf(graph, drawn);
  const labels = graph.nodes.map((_, node) => labelOf(graph, node));
  const kept = Array.from({ length: MAX_COLUMN + 1 }, (_, column) => {
    const ways = new Map<string, number>();
    for (const step of drawn) {
      if (columns[step.to] !== column) continue;
      const label = labels[step.to] ?? '';
      ways.set(label, (ways.get(label) ?? 0) + step.ways);
    }
    const ranked = [...ways].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label]) => label);
    return new Set(ranked.length <= MAX_BOXES ? ranked : ranked.slice(0, MAX_BOXES - 1));
  });
  return labels.map((label, node) => {
    const column = columns[node] ?? 0;
    const isKept = node === graph.source || kept[column]?.has(label) === true;
    return { column, label: isKept ? label : 'all others' };
  });
}

/** Most hands on any way to a node, so that links lead to the right. Bounded, because data may be passed in circles. */
function columnsOf(graph: ReachGraph, drawn: readonly DrawnStep[]): readonly number[] {
  const columns: number[] = graph.nodes.map(() => 0);
  for (let round = 0; round < MAX_COLUMN; round += 1) {
    for (const { from, to } of drawn) {
      if (to === graph.source) continue;
      columns[to] = Math.max(columns[to] ?? 0, Math.min((columns[from] ?? 0) + 1, MAX_COLUMN));
    }
  }
  return columns;
}

function labelOf(graph: ReachGraph, node: number): string {
  const { party = -1 } = graph.nodes[node] ?? {};
  const { name, role, state } = graph.parties[party] ?? { name: '', role: '' };
  if (node === graph.source || role === 'whoever this opens to') return name;
  return `${state ?? 'state not known'}: ${role}`;
}
