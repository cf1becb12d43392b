import { expect, test } from 'vitest';
import { NOBODY_ELSE } from './access.js';
import { ABSENT, known, type Attestation, type Party } from './facts.js';
import { parity } from './parity.js';
import { VOCABULARY } from './vocabulary.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const PROCESS = 'legal-process-plate-history';

function markOf(protection: string, level: string): Attestation {
  return {
    protection,
    level,
    basis: 'statute',
    statute: 'an act',
    issuer: 'https://wa.example',
    reach: { kind: 'jurisdiction', jurisdiction: 'WA', binds: ['municipal-police'] },
    effectiveFromMs: 0,
    effectiveUntilMs: null,
    digest: protection,
  };
}

const partyWith = (...attestations: Attestation[]): Party => ({
  entityId: 'https://asker.example',
  agencyClass: known('municipal-police'),
  jurisdictions: known(['WA']),
  attestations,
  access: NOBODY_ELSE,
});

function found(protection: string, ...attestations: Attestation[]): string[] {
  const requirement = { protection, at_least: 'court-order', basis: ['statute'] };
  const receivers = [{ role: 'requester', party: partyWith(...attestations) }] as const;
  return parity({ vocabulary: VOCABULARY, requirement, owner: ABSENT, receivers, now: NOW }).map(({ kind }) => kind);
}

test('a law for reads of any age, or for younger ones, speaks for old reads', () => {
  expect(found(`${PROCESS}-over-7-days`, markOf(PROCESS, 'warrant'))).toEqual(['met']);
  expect(found(`${PROCESS}-over-7-days`, markOf(`${PROCESS}-over-72-hours`, 'court-order'))).toEqual(['met']);
  expect(found(`${PROCESS}-over-7-days`, markOf(PROCESS, 'sworn-statement'))).toEqual(['unmet']);
});

test('a law for old reads says nothing about young ones, and a law for one kind nothing about another', () => {
  expect(found(`${PROCESS}-over-7-days`, markOf(`${PROCESS}-over-30-days`, 'warrant'))).toEqual(['unmet']);
  expect(found(PROCESS, markOf(`${PROCESS}-over-72-hours`, 'warrant'))).toEqual(['unmet']);
  expect(found('legal-process-area-search-over-7-days', markOf(PROCESS, 'warrant'))).toEqual(['unmet']);
});

test('the level as strict as the owner’s own is found through a law for reads of any age too', () => {
  const requirement = { protection: `${PROCESS}-over-7-days`, as_strict_as_mine: true, basis: ['statute'] } as const;
  const owner = known(partyWith(markOf(PROCESS, 'warrant')));
  const unmetBy = (level: string) =>
    parity({
      vocabulary: VOCABULARY,
      requirement,
      owner,
      receivers: [{ role: 'requester', party: partyWith(markOf(PROCESS, level)) }],
      now: NOW,
    }).map(({ kind }) => kind);
  expect(unmetBy('warrant')).toEqual(['met']);
  expect(unmetBy('court-order')).toEqual(['unmet']);
});
