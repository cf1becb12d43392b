import type { ChangeSet } from './minimum-changes.js';
import type { ReachGraph } from './reach-graph.js';
import { shortestWay } from './ways.js';

/** Allowed changes by the step that they close. */
type Closers = ReadonlyMap<number, readonly number[]>;
type Leaving = readonly (readonly number[])[];

/**
 * Branch and bound over sets of changes: take a shortest way that is still open, try each change that closes a step of it,
 * and give up a branch where as many ways that share no change as there is room for are still open. Needs every way to be
 * closable. Stopped after `maxTried` sets, what it found is a set that closes everything and a number that every set needs.
 */
export function searchChanges(graph: ReachGraph, leaving: Leaving, closers: Closers, maxTried: number): ChangeSet {
  return new ChangeSearch(graph, leaving, closers, maxTried).run();
}

class ChangeSearch {
  #best: readonly number[];
  #tried = 0;

  constructor(
    private readonly graph: ReachGraph,
    private readonly leaving: Leaving,
    private readonly closers: Closers,
    private readonly maxTried: number,
  ) {
    this.#best = this.#withoutNeedless(this.#greedy());
  }

  run(): ChangeSet {
    const atLeast = this.#apart(new Set(), new Set()).length;
    if (atLeast < this.#best.length) this.#try(new Set(), new Set());
    const changes = this.#best.toSorted((a, b) => a - b);
    const isSmallest = this.#tried < this.maxTried || atLeast === changes.length;
    if (!isSmallest) return { changes, isSmallest, atLeast, method: 'bound' };
    return { changes, isSmallest, atLeast: changes.length, method: 'search' };
  }

  /** `excluded` changes are those that a sister branch has tried already: no set needs to be looked at twice. */
  #try(made: ReadonlySet<number>, excluded: ReadonlySet<number>): void {
    this.#tried += 1;
    if (this.#tried >= this.maxTried) return;
    const ways = this.#apart(made, excluded);
    const [first] = ways;
    if (first === undefined) {
      if (made.size < this.#best.length) this.#best = [...made];
      return;
    }
    if (made.size + ways.length >= this.#best.length) return;
    const left = new Set(excluded);
    for (const change of first) {
      this.#try(new Set([...made, change]), left);
      left.add(change);
    }
  }

  /** Open ways of which no two could be closed by one change, each as the changes that close it. One may have none. */
  #apart(made: ReadonlySet<number>, excluded: ReadonlySet<number>): number[][] {
    const ways: number[][] = [];
    const used = new Set(made);
    for (let way = this.#open(used); way; way = this.#open(used)) {
      const changes = this.#changesOf(way).filter((change) => !excluded.has(change));
      // Nothing that is left to try closes it: this branch cannot end well.
      if (changes.length === 0) return this.#best.map(() => []);
      ways.push(changes);
      for (const change of this.#changesOf(way)) used.add(change);
    }
    return ways;
  }

  /** Always the change that closes most steps of the ways met so far. */
  #greedy(): readonly number[] {
    const made = new Set<number>();
    const closes = new Map<number, number>();
    for (const change of [...this.closers.values()].flat()) closes.set(change, (closes.get(change) ?? 0) + 1);
    for (let way = this.#open(made); way; way = this.#open(made)) {
      const [most] = this.#changesOf(way).toSorted((a, b) => (closes.get(b) ?? 0) - (closes.get(a) ?? 0) || a - b);
      if (most === undefined) break;
      made.add(most);
    }
    return [...made];
  }

  #withoutNeedless(changes: readonly number[]): readonly number[] {
    const kept = new Set(changes);
    for (const change of changes) {
      kept.delete(change);
      if (this.#open(kept)) kept.add(change);
    }
    return [...kept];
  }

  #open(made: ReadonlySet<number>): readonly number[] | undefined {
    return shortestWay(
      this.graph,
      this.leaving,
      (place) => !this.closers.get(place)?.some((change) => made.has(change)),
    );
  }

  #changesOf(way: readonly number[]): number[] {
    return [...new Set(way.flatMap((place) => this.closers.get(place) ?? []))].toSorted((a, b) => a - b);
  }
}
