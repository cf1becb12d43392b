import { ACCESS_LISTS, type AccessList } from '../access.js';
import type { Party } from '../facts.js';
import type { ReachGraphDraft } from './reach-graph-draft.js';
import type { StepKind } from './reach-graph.js';

const KINDS: Readonly<Record<AccessList['list'], StepKind>> = {
  controllingBodies: 'private-control',
  taskForces: 'task-force',
  sharedCentres: 'shared-centre',
  sharedSignIns: 'shared-sign-in',
};

/** Every enrolled party by its id. */
export type Enrolled = ReadonlyMap<string, Party>;

/** The enrolled bodies that come to what a party receives, directly or through each other; the party itself is none. */
export function bodiesReached(party: Party, enrolled: Enrolled): readonly Party[] {
  const reached = [party];
  const seen = new Set([party.entityId]);
  // The list grows while it is walked.
  for (const holder of reached) {
    for (const { body } of bodiesOn(holder, enrolled)) {
      if (seen.has(body.entityId)) continue;
      seen.add(body.entityId);
      reached.push(body);
    }
  }
  return reached.slice(1);
}

function bodiesOn({ access }: Party, enrolled: Enrolled): { readonly list: AccessList; readonly body: Party }[] {
  return ACCESS_LISTS.flatMap((list) => {
    const stated = access[list.list];
    if (stated.state !== 'known') return [];
    return stated.value.flatMap(({ entityId }) => {
      const body = entityId === undefined ? undefined : enrolled.get(entityId);
      return body === undefined ? [] : [{ list, body }];
    });
  });
}

/** How the graph names a party, and what the owner could write into its rule against it. */
interface Drawn {
  readonly node: (party: Party) => number;
  readonly ownersChanges: (party: Party) => readonly number[];
  readonly isTarget: (party: Party) => boolean;
}

/**
 * A step for each body that a superior states to have access to what a party gets, and so on from there. Whether the rule
 * gives to the party at all in spite of them `decide` has said already.
 */
export function addBodies(draft: ReachGraphDraft, from: readonly Party[], enrolled: Enrolled, drawn: Drawn): void {
  const holders = [...from];
  const seen = new Set(holders.map(({ entityId }) => entityId));
  // The list grows while it is walked.
  for (const holder of holders) {
    if (drawn.isTarget(holder)) continue;
    for (const { list, body } of bodiesOn(holder, enrolled)) {
      const end = draft.change(
        `${list.member} ${holder.entityId} ${body.entityId}`,
        'another',
        `end the access of ${body.entityId} to what ${holder.entityId} receives (\`${list.member}\`)`,
      );
      draft.step({
        from: drawn.node(holder),
        to: drawn.node(body),
        kind: KINDS[list.list],
        certainty: 'stated',
        openedBy: `${body.entityId} ${list.through} ${holder.entityId}, as its superior states`,
        closedBy: [end, ...drawn.ownersChanges(body)],
      });
      if (!seen.has(body.entityId)) {
        seen.add(body.entityId);
        holders.push(body);
      }
    }
  }
}
