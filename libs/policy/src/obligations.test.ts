import { describe, expect, test } from 'vitest';
import { NOBODY_ELSE } from './access.js';
import { known, type Attestation, type Party } from './facts.js';
import { obligationsFor } from './obligations.js';
import { VOCABULARY } from './vocabulary.js';

const NOW = Date.parse('2026-11-22T00:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

const condition = {
  retention_seconds: 30 * 24 * 60 * 60,
  purpose: 'named_case_only',
  onward_transfer: 'refused_without_new_request',
} as const;

function retentionMark(level: string, effectiveUntilMs: number | null = null): Attestation {
  return {
    protection: 'retention',
    level,
    basis: 'statute',
    statute: 'an act',
    issuer: 'https://wa.example',
    reach: { kind: 'jurisdiction', jurisdiction: 'WA', binds: ['municipal-police'] },
    effectiveFromMs: NOW - DAY_MS,
    effectiveUntilMs,
    digest: `${level} ${effectiveUntilMs}`,
  };
}

function receiver(...attestations: Attestation[]): Party {
  return {
    entityId: 'https://a.example',
    agencyClass: known('municipal-police'),
    jurisdictions: known(['WA']),
    attestations,
    access: NOBODY_ELSE,
  };
}

function expiry(receivers: Party[], reliedOn: Attestation[] = []): string {
  return obligationsFor({ vocabulary: VOCABULARY, condition, receivers, reliedOn, now: NOW }).expires_at;
}

describe('what binds the receiver', () => {
  test('ends after the owner’s retention where the receiver’s law is laxer', () => {
    expect(expiry([receiver(retentionMark('days-915'))])).toBe('2026-12-22T00:00:00.000Z');
    expect(expiry([receiver()])).toBe('2026-12-22T00:00:00.000Z');
    expect(expiry([receiver(retentionMark('unlimited'))])).toBe('2026-12-22T00:00:00.000Z');
  });

  test('ends after the receiver’s own retention where that is stricter', () => {
    expect(expiry([receiver(retentionMark('days-21'))])).toBe('2026-12-13T00:00:00.000Z');
    expect(expiry([receiver(retentionMark('days-915'), retentionMark('days-21'))])).toBe('2026-12-13T00:00:00.000Z');
    expect(expiry([receiver(), receiver(retentionMark('minutes-3'))])).toBe('2026-11-22T00:03:00.000Z');
  });

  test('is not shortened by a law that is over or does not reach the receiver', () => {
    expect(expiry([receiver(retentionMark('days-21', NOW))])).toBe('2026-12-22T00:00:00.000Z');
    const elsewhere = { ...receiver(retentionMark('days-21')), jurisdictions: known(['GA']) };
    expect(expiry([elsewhere])).toBe('2026-12-22T00:00:00.000Z');
  });

  test('ends with the first law relied on that ends', () => {
    const reliedOn = [retentionMark('days-30', NOW + 5 * DAY_MS), retentionMark('days-30', NOW + 9 * DAY_MS)];
    expect(expiry([receiver()], reliedOn)).toBe('2026-11-27T00:00:00.000Z');
  });

  test('never says *never*: an expiry that is no time is an error', () => {
    const broken = { ...condition, retention_seconds: Number.NaN };
    expect(() =>
      obligationsFor({ vocabulary: VOCABULARY, condition: broken, receivers: [], reliedOn: [], now: NOW }),
    ).toThrow(RangeError);
  });
});
