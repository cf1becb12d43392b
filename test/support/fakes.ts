import { createHash } from 'node:crypto';
import type { Clock, Randomness } from '#protocol';

export interface FakeClock extends Clock {
  /** Moves time on and wakes every sleeper whose time has come. */
  advance(milliseconds: number): void;
  set(now: number): void;
}

/** A clock that stands still until a test moves it. */
export function fakeClock(startMs: number): FakeClock {
  let now = startMs;
  let sleepers: { at: number; wake: () => void }[] = [];
  const wakeDue = () => {
    const due = sleepers.filter((s) => s.at <= now);
    sleepers = sleepers.filter((s) => s.at > now);
    for (const sleeper of due) sleeper.wake();
  };
  return {
    now: () => now,
    sleep: (milliseconds) =>
      milliseconds <= 0
        ? Promise.resolve()
        : new Promise((wake) => {
            sleepers.push({ at: now + milliseconds, wake });
          }),
    advance(milliseconds) {
      now += milliseconds;
      wakeDue();
    },
    set(to) {
      now = to;
      wakeDue();
    },
  };
}

/** The same bytes for the same seed: SHA-256 over a counter. Never for anything but tests. */
export function seededRandomness(seed: string): Randomness {
  let counter = 0;
  return {
    bytes(length) {
      const blocks: Buffer[] = [];
      for (let have = 0; have < length; have += 32) {
        blocks.push(createHash('sha256').update(`${seed}/${counter}`).digest());
        counter += 1;
      }
      return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
    },
  };
}
