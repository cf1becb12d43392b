import type { JsonObject, JsonValue } from '#protocol';
import type { ChangeSet, NotClosable } from './minimum-changes.js';
import { usefulSteps, type ReachGraph } from './reach-graph.js';
import type { SideDoors } from './side-doors.js';

export const SIDE_DOORS_SCHEMA = 'comity-side-doors/v1';

/**
 * The finding as JSON: `steps` are all that lie on some way, with what opens and what closes each; `ways` name their steps
 * by id. `about` says whose data, which class, and from which sources.
 */
export function sideDoorsDocument(doors: SideDoors, about: JsonObject): JsonObject {
  const { graph, counts, listed, isAllListed, closing } = doors;
  const useful = usefulSteps(graph);
  return {
    schema: SIDE_DOORS_SCHEMA,
    ...about,
    counts: {
      ways: counts.ways,
      ways_stated: counts.stated,
      ways_listed: listed.length,
      by_kinds: counts.byKinds.map(({ kinds, ways }) => ({ kinds: [...kinds], ways })),
      doors: doors.doors.length,
      reached: doors.reached.length,
      steps: useful.filter((place) => graph.steps[place]?.kind !== null).length,
    },
    reached: doors.reached.map((party) => nameOf(graph, party)),
    smallest_changes: {
      by_anybody: changesDocument(graph, closing.byAnybody),
      by_owner_alone: changesDocument(graph, closing.byOwner),
    },
    steps: useful.flatMap((place) => stepDocument(graph, place)),
    ways_complete: isAllListed,
    ways: listed.map(({ steps, certainty }) => ({ certainty, steps: [...steps] })),
  };
}

function changesDocument(graph: ReachGraph, found: ChangeSet | NotClosable): JsonObject {
  if ('way' in found) return { closable: false, way_that_stays: [...found.way] };
  const { changes, isSmallest, atLeast, method } = found;
  return {
    closable: true,
    size: changes.length,
    smallest: isSmallest,
    at_least: atLeast,
    method,
    changes: changes.flatMap((place) => {
      const change = graph.changes[place];
      return change ? [{ by: change.by, change: change.text }] : [];
    }),
  };
}

function stepDocument(graph: ReachGraph, place: number): JsonValue[] {
  const step = graph.steps[place];
  if (!step || step.kind === null) return [];
  const { kind, certainty, openedBy, source, closedBy } = step;
  return [
    {
      id: place,
      from: nameAt(graph, step.from),
      to: nameAt(graph, step.to),
      kind,
      certainty,
      opened_by: openedBy,
      ...(source !== undefined && { source }),
      closed_by: closedBy.flatMap((change) => graph.changes[change]?.text ?? []),
    },
  ];
}

function nameAt(graph: ReachGraph, node: number): string {
  return nameOf(graph, graph.nodes[node]?.party ?? -1);
}

function nameOf(graph: ReachGraph, party: number): string {
  return graph.parties[party]?.id ?? '';
}
