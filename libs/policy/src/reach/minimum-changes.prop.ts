import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReached, reachGraphOf, smallestByBruteForce, type ShortStep } from '../../test/small-reach-graphs.js';
import { smallestChanges } from './minimum-changes.js';
import { countWays, listWays } from './ways.js';

const NAMES = ['O', 'A', 'B', 'C', 'D', 'T1', 'T2'];
const pair = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES))
  .filter(([from, to]) => from !== to && to !== 'O');

/** Steps in both directions, circles included. Each step its own change, the owner's or another's; some have none. */
const single = fc
  .uniqueArray(fc.tuple(pair, fc.constantFrom('own', 'other', 'other', 'none')), {
    maxLength: 11,
    selector: ([names]) => names.join(),
  })
  .map((steps) => steps.map(([[from, to], by], index): ShortStep => [from, to, by === 'none' ? '' : `${by}-${index}`]));

/** Few changes, each of which closes many steps, and steps that several changes close. */
const several = fc
  .uniqueArray(
    fc.tuple(
      pair,
      fc.uniqueArray(fc.constantFrom('own-1', 'own-2', 'x-3', 'x-4', 'x-5', 'x-6', 'x-7'), {
        minLength: 1,
        maxLength: 3,
      }),
    ),
    { maxLength: 14, selector: ([names]) => names.join() },
  )
  .map((steps) => steps.map(([[from, to], changes]): ShortStep => [from, to, changes.join(' ')]));

const runs = { numRuns: 400 };

function holds(steps: readonly ShortStep[], isAllowed: (change: number) => boolean): void {
  const graph = reachGraphOf(steps);
  const found = smallestChanges(graph, { isAllowed, maxTried: 100_000 });
  const best = smallestByBruteForce(graph, isAllowed);
  if ('way' in found) {
    expect(best).toBeUndefined();
    expect(found.way.every((place) => !graph.steps[place]?.closedBy.some(isAllowed))).toBe(true);
    return;
  }
  expect(isReached(graph, new Set(found.changes))).toBe(false);
  expect(found.changes.every(isAllowed)).toBe(true);
  expect([found.changes.length, found.atLeast, found.isSmallest]).toEqual([best, best, true]);
}

function holdsForOwner(steps: readonly ShortStep[]): void {
  holds(steps, (change) => reachGraphOf(steps).changes[change]?.by === 'owner');
}

describe('against all sets of changes tried one by one', () => {
  it('the set found is a smallest one, where each change closes one step', () => {
    fc.assert(
      fc.property(single, (steps) => holds(steps, () => true)),
      runs,
    );
  });

  it('the set found is a smallest one, where changes close several steps', () => {
    fc.assert(
      fc.property(several, (steps) => holds(steps, () => true)),
      runs,
    );
  });

  it('so is the smallest that the owner can make alone', () => {
    fc.assert(fc.property(fc.oneof(single, several), holdsForOwner), runs);
  });

  it('a search that was stopped says a set that closes everything, and no more than every set needs', () => {
    fc.assert(
      fc.property(several, fc.integer({ min: 1, max: 4 }), (steps, maxTried) => {
        const graph = reachGraphOf(steps);
        const found = smallestChanges(graph, { isAllowed: () => true, maxTried });
        if ('way' in found) return;
        const best = smallestByBruteForce(graph, () => true) ?? Number.NaN;
        expect(isReached(graph, new Set(found.changes))).toBe(false);
        expect(found.atLeast).toBeLessThanOrEqual(best);
        expect(found.changes.length).toBeGreaterThanOrEqual(best);
        if (found.isSmallest) expect(found.changes).toHaveLength(best);
      }),
      runs,
    );
  });
});

describe('ways', () => {
  it('are as many when they are counted as when they are listed', () => {
    // Steps only from an earlier name to a later one: no circles.
    const forward = single.map((steps) => steps.filter(([from, to]) => NAMES.indexOf(from) < NAMES.indexOf(to)));
    fc.assert(
      fc.property(forward, (steps) => {
        const graph = reachGraphOf(steps);
        const counted = countWays(graph);
        const listed = listWays(graph, 10_000);
        expect(listed.isAll).toBe(true);
        expect(counted.ways).toBe(listed.ways.length);
        expect(counted.byKinds.reduce((sum, { ways }) => sum + ways, 0)).toBe(listed.ways.length);
        for (const [place, ways] of counted.through) {
          expect(listed.ways.filter((way) => way.steps.includes(place))).toHaveLength(ways);
        }
      }),
      runs,
    );
  });
});
