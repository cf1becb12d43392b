import type { Clock } from '#protocol';

/**
 * Counts failures per key and says when there were too many. A success forgets them. Kept in memory: this provider is for
 * development, and a restart is how its owner lifts a lock (W23).
 */
export class AttemptLimit {
  readonly #failures = new Map<string, number[]>();

  constructor(
    private readonly clock: Clock,
    private readonly limit: { readonly failures: number; readonly windowMs: number },
  ) {}

  isSpent(key: string): boolean {
    return this.#recent(key).length >= this.limit.failures;
  }

  failed(key: string): void {
    this.#failures.set(key, [...this.#recent(key), this.clock.now()]);
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string): number[] {
    const since = this.clock.now() - this.limit.windowMs;
    const recent = (this.#failures.get(key) ?? []).filter((at) => at > since);
    if (recent.length === 0) this.#failures.delete(key);
    return recent;
  }
}
