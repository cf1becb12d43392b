import { expect, test } from 'vitest';
import { retentionUnderLaw } from './retention-limits.js';

const DAY = 86_400_000;

test('the strictest of what the agency set and every law holds for reads that nothing came of', () => {
  const configured = { readsMs: 30 * DAY, hitsMs: undefined };
  expect(retentionUnderLaw(configured, [21 * DAY, 60 * DAY]).readsMs).toBe(21 * DAY);
  expect(retentionUnderLaw(configured, []).readsMs).toBe(30 * DAY);
  expect(retentionUnderLaw({ readsMs: undefined, hitsMs: undefined }, [180_000]).readsMs).toBe(180_000);
  expect(retentionUnderLaw({ readsMs: undefined, hitsMs: undefined }, []).readsMs).toBeUndefined();
});

test('hits are kept longer only where the agency says so, and never shorter than any read', () => {
  expect(retentionUnderLaw({ readsMs: 21 * DAY, hitsMs: 365 * DAY }, []).hitsMs).toBe(365 * DAY);
  expect(retentionUnderLaw({ readsMs: 21 * DAY, hitsMs: 3 * DAY }, []).hitsMs).toBeUndefined();
  expect(retentionUnderLaw({ readsMs: 21 * DAY, hitsMs: undefined }, []).hitsMs).toBeUndefined();
});

test('P11: a limit that is no duration is refused and never read as for ever', () => {
  for (const broken of [NaN, Infinity, -1, 0.5]) {
    expect(() => retentionUnderLaw({ readsMs: broken, hitsMs: undefined }, [])).toThrow('whole number');
    expect(() => retentionUnderLaw({ readsMs: DAY, hitsMs: undefined }, [broken])).toThrow('whole number');
  }
});
