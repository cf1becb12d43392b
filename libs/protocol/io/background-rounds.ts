import type { Clock } from '../src/index.js';

/** What a node does now and then again, off the path of requests. */
export class BackgroundRounds {
  #stopping: AbortController | undefined;

  /** Whether somebody has stopped them. A long round looks here between its pieces. */
  get stopped(): boolean {
    return this.#stopping?.signal.aborted === true;
  }

  /**
   * Does `round` now, and again as many milliseconds after each has ended as it says, until `stop`. `round` reports its own
   * failures: it must not throw. Started already, they go on as they are.
   */
  start(clock: Clock, round: () => Promise<number>): void {
    if (this.#stopping?.signal.aborted === false) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    const stopped = new Promise<void>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const work = async () => {
      while (!stopping.signal.aborted) {
        const pauseMs = await round();
        await Promise.race([clock.sleep(pauseMs), stopped]);
      }
    };
    void work();
  }

  /** No round begins after this; one that is under way ends by itself. */
  stop(): void {
    this.#stopping?.abort();
  }
}
