/** A network of arcs with whole capacities; `Infinity` for one that cannot be cut. */
export interface CapacityArc {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
}

export interface MinimumCut {
  /** `Infinity` where a way of arcs that cannot be cut leads to the sink. */
  readonly value: number;
  /** Places of the arcs that are cut. */
  readonly arcs: readonly number[];
}

/**
 * The cheapest set of arcs without which the sink cannot be reached. Dinic's algorithm (E. A. Dinic, 1970): shortest
 * augmenting ways, level by level; at most (nodes)² x arcs steps, far fewer here, where ways are short.
 */
export function minimumCut(nodes: number, arcs: readonly CapacityArc[], source: number, sink: number): MinimumCut {
  const network = new ResidualNetwork(nodes, arcs);
  let value = 0;
  while (network.level(source, sink)) {
    for (let pushed = network.augment(source, sink); pushed > 0; pushed = network.augment(source, sink)) {
      if (pushed === Infinity) return { value: Infinity, arcs: [] };
      value += pushed;
    }
  }
  return { value, arcs: arcs.flatMap(({ from, to }, place) => (network.isOnEdge(from, to) ? [place] : [])) };
}

/** Arc 2n is the n-th as given, arc 2n + 1 the way back. */
class ResidualNetwork {
  readonly #leaving: number[][];
  readonly #target: Int32Array;
  readonly #left: Float64Array;
  readonly #level: Int32Array;
  readonly #next: Int32Array;

  constructor(nodes: number, arcs: readonly CapacityArc[]) {
    this.#leaving = Array.from({ length: nodes }, () => []);
    this.#target = new Int32Array(arcs.length * 2);
    this.#left = new Float64Array(arcs.length * 2);
    this.#level = new Int32Array(nodes).fill(-1);
    this.#next = new Int32Array(nodes);
    arcs.forEach(({ from, to, capacity }, place) => {
      this.#leaving[from]?.push(place * 2);
      this.#leaving[to]?.push(place * 2 + 1);
      this.#target.set([to, from], place * 2);
      this.#left[place * 2] = capacity;
    });
  }

  /** Distances from the source over what is left; whether the sink can be reached. */
  level(source: number, sink: number): boolean {
    this.#level.fill(-1);
    this.#next.fill(0);
    this.#level[source] = 0;
    const queue = [source];
    for (const node of queue) {
      for (const arc of this.#leaving[node] ?? []) {
        const to = this.#target[arc] ?? 0;
        if (this.#isLeft(arc) && this.#level[to] === -1) {
          this.#level[to] = (this.#level[node] ?? 0) + 1;
          queue.push(to);
        }
      }
    }
    return this.#level[sink] !== -1;
  }

  /** Sends as much as one way takes, and returns it; 0 where this level is full. No recursion: ways may be long. */
  augment(source: number, sink: number): number {
    const way: number[] = [];
    let node = source;
    while (node !== sink) {
      const arc = this.#advance(node);
      if (arc !== undefined) {
        way.push(arc);
        node = this.#target[arc] ?? 0;
        continue;
      }
      const back = way.pop();
      if (back === undefined) return 0;
      node = this.#target[back ^ 1] ?? 0;
      this.#next[node] = (this.#next[node] ?? 0) + 1;
    }
    const amount = Math.min(...way.map((arc) => this.#left[arc] ?? 0));
    if (amount === Infinity) return amount;
    for (const arc of way) {
      this.#left[arc] = (this.#left[arc] ?? 0) - amount;
      this.#left[arc ^ 1] = (this.#left[arc ^ 1] ?? 0) + amount;
    }
    return amount;
  }

  /** After the last level: from a node that the source still reaches to one that it does not. */
  isOnEdge(from: number, to: number): boolean {
    return this.#level[from] !== -1 && this.#level[to] === -1;
  }

  #advance(node: number): number | undefined {
    const leaving = this.#leaving[node] ?? [];
    for (let at = this.#next[node] ?? 0; at < leaving.length; at += 1) {
      this.#next[node] = at;
      const arc = leaving[at];
      if (arc !== undefined && this.#isLeft(arc) && this.#isDeeper(node, this.#target[arc] ?? 0)) return arc;
    }
    this.#next[node] = leaving.length;
    return undefined;
  }

  #isDeeper(node: number, to: number): boolean {
    return this.#level[to] === (this.#level[node] ?? 0) + 1;
  }

  #isLeft(arc: number): boolean {
    return (this.#left[arc] ?? 0) > 0;
  }
}
