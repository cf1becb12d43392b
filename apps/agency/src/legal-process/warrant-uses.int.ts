import type { DataSource } from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/support/database.js';
import { WarrantUses } from './warrant-uses.store.js';

let dataSource: DataSource;
let uses: WarrantUses;
beforeAll(async () => {
  ({ dataSource } = await createTestDatabase('agency'));
  uses = new WarrantUses(dataSource);
});

const NOW = Date.parse('2026-11-29T08:00:00Z');
const document = (countedBy: string) => ({ requester: 'https://a.example', countedBy });

describe('uses of a warrant at an owner', () => {
  it('P09: of many requests at once each sees those before it, and the same request has one use', async () => {
    const digests = Array.from({ length: 30 }, (_, number) => `request ${number}`);
    await Promise.all([...digests, ...digests].map((digest) => uses.take(document('one'), digest, NOW)));
    const counts = await Promise.all(digests.map((digest) => uses.before(document('one'), digest)));
    expect(counts.toSorted((a, b) => a - b)).toEqual(digests.map((_, number) => number));
  });

  it('P09: counts neither another document nor the same one in other hands', async () => {
    await uses.take(document('two'), 'first', NOW);
    await uses.take({ ...document('two'), requester: 'https://b.example' }, 'second', NOW);
    expect(await uses.before({ ...document('two'), requester: 'https://b.example' }, 'second')).toBe(0);
  });

  it('gives back what was used for nothing', async () => {
    await uses.take(document('three'), 'refused', NOW);
    await uses.take(document('three'), 'after', NOW);
    expect(await uses.before(document('three'), 'after')).toBe(1);
    await uses.giveBack(dataSource.manager, 'refused');
    expect(await uses.before(document('three'), 'after')).toBe(0);
  });

  it('P09: has used it up where no use was taken', async () => {
    expect(await uses.before(document('four'), 'never came')).toBe(Number.POSITIVE_INFINITY);
  });
});
