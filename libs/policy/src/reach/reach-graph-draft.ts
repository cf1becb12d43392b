import type { ReachChange, ReachGraph, ReachParty, ReachStep } from './reach-graph.js';

/** Builds a graph: parties, nodes and changes are made once for each id, and named by their place from then on. */
export class ReachGraphDraft {
  readonly #parties: ReachParty[] = [];
  readonly #partyPlaces = new Map<string, number>();
  readonly #nodes: { party: number; isTarget: boolean }[] = [];
  readonly #nodePlaces = new Map<string, number>();
  readonly #changes: ReachChange[] = [];
  readonly #changePlaces = new Map<string, number>();
  readonly #steps: ReachStep[] = [];
  readonly #joined = new Set<string>();

  /** @param id of the node; several nodes may be of one party */
  node(id: string, party: ReachParty, isTarget: boolean): number {
    const found = this.#nodePlaces.get(id);
    if (found !== undefined) return found;
    let place = this.#partyPlaces.get(party.id);
    if (place === undefined) {
      place = this.#parties.push(party) - 1;
      this.#partyPlaces.set(party.id, place);
    }
    const node = this.#nodes.push({ party: place, isTarget }) - 1;
    this.#nodePlaces.set(id, node);
    return node;
  }

  /** Whether the node is there already. */
  has(id: string): boolean {
    return this.#nodePlaces.has(id);
  }

  change(id: string, by: ReachChange['by'], text: string): number {
    const found = this.#changePlaces.get(id);
    if (found !== undefined) return found;
    const place = this.#changes.push({ id, by, text }) - 1;
    this.#changePlaces.set(id, place);
    return place;
  }

  step(step: ReachStep): void {
    this.#steps.push(step);
  }

  /** Two nodes of one party. */
  join(from: number, to: number): void {
    if (this.#joined.has(`${from} ${to}`)) return;
    this.#joined.add(`${from} ${to}`);
    this.#steps.push({ from, to, kind: null, certainty: 'stated', openedBy: '', closedBy: [] });
  }

  graph(source: number): ReachGraph {
    return { parties: this.#parties, nodes: this.#nodes, steps: this.#steps, changes: this.#changes, source };
  }
}
