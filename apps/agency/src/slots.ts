export interface SlotLimits {
  /** So many may be at work at once. */
  readonly busy: number;
  /** Whoever has not ended by then counts as waiting for somebody else. Milliseconds. */
  readonly busyMs: number;
  /** So many may be under way in all. */
  readonly all: number;
}

/**
 * How much more may be begun: a bound on what works at once, of which those that merely wait take no place. Sixteen owners that
 * are slow at the same time would otherwise hold up everybody behind them for as long as anybody waits for an owner.
 */
export class Slots {
  readonly #since = new Map<Promise<unknown>, number>();

  constructor(private readonly limits: SlotLimits) {}

  /** What is under way. */
  get taken(): readonly Promise<unknown>[] {
    return [...this.#since.keys()];
  }

  free(nowMs: number): number {
    const { busy, busyMs, all } = this.limits;
    const working = [...this.#since.values()].filter((since) => nowMs - since < busyMs).length;
    return Math.max(0, Math.min(busy - working, all - this.#since.size));
  }

  /** Holds a place from `nowMs` on until `work` has ended, which must not fail. */
  take(work: Promise<unknown>, nowMs: number): void {
    const held = work.finally(() => this.#since.delete(held));
    this.#since.set(held, nowMs);
  }
}
