import { describe, expect, it } from 'vitest';
import { compareEngines } from './two-engines.js';

/** Each day other cases; a day's cases can be had again by the seed. */
const SEED = Math.floor(Date.now() / 86_400_000);

describe('decide and Cedar, on generated cases', () => {
  it(`say the same to every one of 2,000 (seed ${SEED})`, () => {
    const { cases, permitted, denied, disagreements } = compareEngines(2_000, SEED);
    expect(disagreements.slice(0, 3)).toEqual([]);
    expect(cases).toBe(2_000);
    // A comparison of denials alone would show little.
    expect(Math.min(permitted, denied)).toBeGreaterThan(100);
  }, 240_000);
});
