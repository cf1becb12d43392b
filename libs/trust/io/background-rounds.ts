import type { Clock } from '#protocol';

/**
 * Does `round` now and then again, as many seconds after each has ended as it says, until the returned function is called.
 * `round` reports its own failures: it must not throw.
 */
export function startRounds(clock: Clock, round: () => Promise<number>): () => void {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const work = async () => {
    while (!stopping.signal.aborted) {
      const seconds = await round();
      await Promise.race([clock.sleep(seconds * 1_000), stopped]);
    }
  };
  void work();
  return () => stopping.abort();
}
