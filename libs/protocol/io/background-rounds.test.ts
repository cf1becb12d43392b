import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fakeClock, type FakeClock } from '../../../test/support/fakes.js';
import { BackgroundRounds } from './background-rounds.js';

/** Lets time pass, and whoever it woke do its work. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await setImmediate();
  clock.advance(ms);
  await setImmediate();
}

describe('rounds in the background', () => {
  it('begin at once, come again as long after each as it says, and once however often they are started', async () => {
    const clock = fakeClock(0);
    const rounds = new BackgroundRounds();
    const at: number[] = [];
    const round = () => Promise.resolve((at.push(clock.now()), at.length * 1_000));
    rounds.start(clock, round);
    rounds.start(clock, round);
    for (let second = 0; second < 10; second += 1) await pass(clock, 1_000);
    rounds.stop();
    expect(at).toEqual([0, 1_000, 3_000, 6_000, 10_000]);
  });

  it('end with the pause, and may be started again', async () => {
    const clock = fakeClock(0);
    const rounds = new BackgroundRounds();
    let done = 0;
    const round = () => Promise.resolve(((done += 1), 60_000));
    expect(rounds.stopped).toBe(false);
    rounds.start(clock, round);
    rounds.stop();
    expect(rounds.stopped).toBe(true);
    await pass(clock, 120_000);
    expect(done).toBe(1);
    rounds.start(clock, round);
    await pass(clock, 1);
    rounds.stop();
    expect([done, rounds.stopped]).toEqual([2, true]);
  });
});
