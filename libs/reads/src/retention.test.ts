import { describe, expect, it } from 'vitest';
import { isExpired, obligationExpiry, receivedExpiry, retentionCutoff } from './retention.js';
import { refusalOf } from './refusal.fixture.js';

const DAY = 24 * 3_600_000;
const now = Date.UTC(2026, 0, 1);

describe('the expiry of received reads', () => {
  it('is the earlier of what the owner obliges and what the own law allows', () => {
    const at = { receivedAt: now, obligationExpiresAt: now + 30 * DAY };
    expect(receivedExpiry({ ...at, ownRetentionMs: 21 * DAY })).toBe(now + 21 * DAY);
    expect(receivedExpiry({ ...at, ownRetentionMs: 90 * DAY })).toBe(now + 30 * DAY);
  });

  it('is at most the first end of a law that the owner relied on', () => {
    const release = { releasedAt: now, retentionMs: 30 * DAY };
    expect(obligationExpiry({ ...release, reliedOnUntil: [] })).toBe(now + 30 * DAY);
    expect(obligationExpiry({ ...release, reliedOnUntil: [now + 40 * DAY, now + 2 * DAY] })).toBe(now + 2 * DAY);
  });

  it('is refused where a limit is missing or endless, never read as for ever', () => {
    for (const ownRetentionMs of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5]) {
      const input = { receivedAt: now, obligationExpiresAt: now + DAY, ownRetentionMs };
      expect(refusalOf(() => receivedExpiry(input))).toBe('retention_invalid');
      expect(refusalOf(() => retentionCutoff(now, ownRetentionMs))).toBe('retention_invalid');
    }
    const broken = { receivedAt: now, obligationExpiresAt: Number.NaN, ownRetentionMs: DAY };
    expect(refusalOf(() => receivedExpiry(broken))).toBe('retention_invalid');
    expect(refusalOf(() => obligationExpiry({ releasedAt: now, retentionMs: DAY, reliedOnUntil: [Infinity] }))).toBe(
      'retention_invalid',
    );
  });

  it('has come exactly at its instant, and with a broken clock (P11)', () => {
    expect(isExpired(now, now - 1)).toBe(false);
    expect(isExpired(now, now)).toBe(true);
    expect(isExpired(Number.NaN, now)).toBe(true);
    expect(isExpired(now, Number.NaN)).toBe(true);
  });

  it('cuts the reads seen at the limit and before it (P11)', () => {
    expect(retentionCutoff(now, DAY)).toBe(now - DAY);
    expect(retentionCutoff(now, Number.MAX_SAFE_INTEGER)).toBe(-1);
  });
});
