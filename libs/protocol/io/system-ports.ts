import { randomFillSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Randomness } from '../src/index.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
};

/** Drawn at once and given out piece by piece: a call for a nonce of 12 bytes costs the system as much as one for these. */
const POOL_BYTES = 8192;
const pool = new Uint8Array(POOL_BYTES);
let given = POOL_BYTES;

/** The system's generator. What was given out is wiped from the pool, so that nobody finds it there later. */
export const systemRandomness: Randomness = {
  bytes: (length) => {
    if (length > POOL_BYTES / 8) return randomFillSync(new Uint8Array(length));
    if (given + length > POOL_BYTES) {
      randomFillSync(pool);
      given = 0;
    }
    const bytes = pool.slice(given, given + length);
    pool.fill(0, given, given + length);
    given += length;
    return bytes;
  },
};
