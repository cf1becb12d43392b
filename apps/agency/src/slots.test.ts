import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

const LIMITS = { busy: 3, busyMs: 1_000, all: 5 };
const endless = () => new Promise<never>(() => undefined);

describe('slots', () => {
  it('are as many as may work at once', async () => {
    const slots = new Slots(LIMITS);
    expect(slots.free(0)).toBe(3);
    const { promise, resolve } = Promise.withResolvers<void>();
    slots.take(promise, 0);
    slots.take(endless(), 0);
    slots.take(endless(), 0);
    expect([slots.free(0), slots.taken.length]).toEqual([0, 3]);
    resolve();
    await Promise.race(slots.taken);
    expect([slots.free(0), slots.taken.length]).toEqual([1, 2]);
  });

  it('F09: are free again behind those that merely wait, up to so many in all', () => {
    const slots = new Slots(LIMITS);
    for (let i = 0; i < 3; i += 1) slots.take(endless(), 0);
    expect([slots.free(999), slots.free(1_000)]).toEqual([0, 2]);
    slots.take(endless(), 1_000);
    expect(slots.free(1_000)).toBe(1);
    slots.take(endless(), 1_000);
    expect([slots.free(1_000), slots.free(60_000)]).toEqual([0, 0]);
  });
});
