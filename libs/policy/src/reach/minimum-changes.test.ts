import { describe, expect, it } from 'vitest';
import { idsOf, reachGraphOf } from '../../test/small-reach-graphs.js';
import { smallestChanges, type ChangeChoice, type ChangeSet } from './minimum-changes.js';
import type { ReachGraph } from './reach-graph.js';

const choice: ChangeChoice = { isAllowed: () => true, maxTried: 10_000 };

function closing(graph: ReachGraph, more: Partial<ChangeChoice> = {}): ChangeSet {
  const found = smallestChanges(graph, { ...choice, ...more });
  if ('way' in found) throw new Error('not closable');
  return found;
}

describe('the smallest set of changes', () => {
  it('is empty where nothing of the class can be reached', () => {
    const graph = reachGraphOf([['O', 'A', 'own-a']]);
    expect(closing(graph)).toEqual({ changes: [], isSmallest: true, atLeast: 0, method: 'cut' });
  });

  it('withdraws one share where everything passes one hand', () => {
    const graph = reachGraphOf([
      ['O', 'A', 'own-a'],
      ['A', 'B', 'a-b'],
      ['A', 'C', 'a-c'],
      ['B', 'T', 'b-t'],
      ['C', 'T', 'c-t'],
    ]);
    const found = closing(graph);
    expect(idsOf(graph, found.changes)).toEqual(['own-a']);
    expect(found).toMatchObject({ isSmallest: true, atLeast: 1, method: 'cut' });
  });

  it('ends one arrangement of another rather than three shares of the owner', () => {
    const graph = reachGraphOf([
      ...['A', 'B', 'C'].flatMap((name) => [
        ['O', name, `own-${name}`] as const,
        [name, 'H', `leave-${name}`] as const,
      ]),
      ['H', 'T', 'end-h'],
    ]);
    expect(idsOf(graph, closing(graph).changes)).toEqual(['end-h']);
    const alone = closing(graph, { isAllowed: (change) => graph.changes[change]?.by === 'owner' });
    expect(idsOf(graph, alone.changes)).toEqual(['own-A', 'own-B', 'own-C']);
  });

  it('prefers what the owner can do alone among sets of one size', () => {
    const graph = reachGraphOf([
      ['O', 'A', 'own-a'],
      ['A', 'T', 'a-t'],
      ['O', 'B', 'z-b'],
      ['B', 'T', 'own-b-t'],
    ]);
    expect(idsOf(graph, closing(graph).changes)).toEqual(['own-a', 'own-b-t']);
  });

  it('takes one change of a rule that closes many steps at once', () => {
    const graph = reachGraphOf([
      ['O', 'A', 'own-a own-clause'],
      ['O', 'B', 'own-b own-clause'],
      ['O', 'C', 'own-c own-clause'],
      ['A', 'T', 'a-t'],
      ['B', 'T', 'b-t'],
      ['C', 'T', 'c-t'],
    ]);
    const found = closing(graph);
    expect(idsOf(graph, found.changes)).toEqual(['own-clause']);
    expect(found).toMatchObject({ isSmallest: true, atLeast: 1, method: 'search' });
  });

  it('finds the smaller set where taking the change that closes most is a trap', () => {
    // `most` closes four of six ways, but `left` and `right` close all six, three each.
    const graph = reachGraphOf([
      ['O', 'A', 'left most'],
      ['O', 'B', 'left most'],
      ['O', 'C', 'left c'],
      ['O', 'D', 'right most'],
      ['O', 'E', 'right most'],
      ['O', 'F', 'right f'],
      ...['A', 'B', 'C', 'D', 'E', 'F'].map((name) => [name, 'T'] as const),
    ]);
    const found = closing(graph);
    expect(idsOf(graph, found.changes)).toEqual(['left', 'right']);
    expect(found.isSmallest).toBe(true);
    // Also where nothing is searched: what the others made needless is taken out again.
    expect(idsOf(graph, closing(graph, { maxTried: 1 }).changes)).toEqual(['left', 'right']);
  });

  it('says that it is a bound where the search is stopped', () => {
    const graph = reachGraphOf([
      ['O', 'T1', 'a b'],
      ['O', 'T2', 'b c'],
      ['O', 'T3', 'c a'],
    ]);
    expect(closing(graph)).toMatchObject({ isSmallest: true, atLeast: 2, method: 'search' });
    const stopped = closing(graph, { maxTried: 1 });
    expect(stopped).toMatchObject({ isSmallest: false, atLeast: 1, method: 'bound' });
    expect(stopped.changes).toHaveLength(2);
  });

  it('names a way that nobody may close, instead of a set that does not close it', () => {
    const graph = reachGraphOf([
      ['O', 'A', 'own-a'],
      ['A', 'T', 'a-t'],
      ['O', 'B'],
      ['B', 'T'],
    ]);
    expect(smallestChanges(graph, choice)).toEqual({ way: [2, 3] });
  });

  it('counts for nothing what leads on from a party of the class, or to nowhere', () => {
    const graph = reachGraphOf([
      ['O', 'T1', 'own-1'],
      ['T1', 'T2', 'on-2'],
      ['O', 'X', 'own-x'],
      ['Y', 'T1', 'y-1'],
    ]);
    expect(idsOf(graph, closing(graph).changes)).toEqual(['own-1']);
  });
});
