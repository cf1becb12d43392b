import type { JsonObject } from '#protocol';
import type { SourcePermit } from '#policy';
import type { ActiveEntry } from './entry.js';

export const NOW = Date.UTC(2026, 10, 29, 18);
const KNOWN = ['ncic-vehicle', 'ncic-wanted-person', 'ncic-immigration-violator', 'ncic-gang', 'manual'];

/** As an agency whose rule names the classes of warrants and exceptions, and whose law bars immigration enforcement. */
export const PERMIT: SourcePermit = {
  maxAgeHours: 12,
  of: (source) => {
    if (!KNOWN.includes(source)) return 'unknown';
    if (source === 'ncic-immigration-violator') return { code: 'forbidden_by_law', source: 'a statute' };
    return source === 'ncic-gang' ? { code: 'not_named' } : 'permitted';
  },
};

export function aRow(change: JsonObject = {}): JsonObject {
  return {
    record: 'V-1',
    plate: '7ABC123',
    plate_state: 'WA',
    source: 'ncic-vehicle',
    legal_basis: 'report of theft',
    reason: 'stolen-vehicle',
    expires_at: '2026-12-06T00:00:00Z',
    ...change,
  };
}

export function anEntry(change: Partial<ActiveEntry> = {}): ActiveEntry {
  return {
    list: 'ncic',
    record: 'V-1',
    plate: '7ABC123',
    plateState: 'WA',
    source: 'ncic-vehicle',
    legalBasis: 'report of theft',
    reason: 'stolen-vehicle',
    caseNumber: '26-0001',
    expiresAt: NOW + 86_400_000,
    refreshedAt: NOW - 3_600_000,
    ...change,
  };
}
