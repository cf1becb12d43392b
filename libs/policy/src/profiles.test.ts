import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { attestedLaw } from './attested-law.js';
import { bindsOf, draftAttestations, lawInForce } from './law-in-force.js';
import type { Profile } from './profile.js';
import { profiles, statutesBehind } from './profiles.js';
import { VOCABULARY, levelRank } from './vocabulary.js';

const folder = new URL('../profiles/', import.meta.url);
const files = readdirSync(folder).sort();
const NOW = Date.parse('2026-11-22T08:00:00Z');

function of(id: string): Profile {
  const profile = profiles().get(id);
  if (!profile) throw new Error(`no profile of ${id}`);
  return profile;
}

const levelIn = (id: string, protection: string, now = NOW) =>
  lawInForce(of(id), now).find((statement) => statement.protection === protection)?.level;

describe('the legal profiles', () => {
  test('are at least 22, each in a file of its own name, and every file is one of them', () => {
    expect(profiles().size).toBeGreaterThanOrEqual(22);
    expect([...profiles().keys()].map((id) => `${id}.json`).sort()).toEqual(files);
  });

  test.each([...profiles().values()].map((profile) => [profile.id, profile] as const))(
    '%s states levels that exist, each with citation, source, day and confidence',
    (_id, profile) => {
      expect(profile.vocabulary).toBe(VOCABULARY.digest);
      expect(profile.notice).toContain('not legal advice');
      expect(profile.notice).toContain('no law until');
      for (const statement of profile.statements) {
        expect(levelRank(VOCABULARY, statement.protection, statement.level)).toBeGreaterThan(0);
        expect(statement.citation).not.toBe('');
        expect(statement.source).not.toBe('');
        expect(statement.as_of).toBe('2026-11-22');
        expect(['H', 'H/M', 'M']).toContain(statement.confidence);
        expect(bindsOf(profile, statement)).not.toEqual([]);
      }
    },
  );

  test('present nothing as law that was only remembered, proposed or left unseen', () => {
    for (const { statements } of profiles().values()) {
      for (const { reading, source, citation } of statements) {
        expect(`${reading} ${source} ${citation}`).not.toMatch(/\bmem\b|from memory|a bill\b|not checked|pending/);
      }
    }
    const unverified = [...profiles().values()].flatMap(({ id, unverified }) =>
      unverified.map(({ protection, level }) => `${id} ${protection ?? '-'} ${level ?? '-'}`),
    );
    expect(unverified.sort()).toEqual([
      'AR use-report to-authority',
      'CA - -',
      'CT retention -',
      'FL retention days-1096',
      'GBR legal-process-plate-history -',
      'MN legal-process-plate-history reasonable-suspicion',
      'MN oversight-authority named',
      'MN retention days-60',
      'MN search-record offence-and-case',
      'NH retention minutes-3',
      'NY - -',
      'WA onward-sharing proceedings-only',
    ]);
    for (const { id, unverified, statements } of profiles().values()) {
      for (const { protection } of unverified) {
        expect([id, statements.filter((each) => each.protection === protection)]).toEqual([id, []]);
      }
    }
  });

  test('attest what the table of the field says', () => {
    expect(levelIn('WA', 'retention')).toBe('days-21');
    expect(levelIn('VA', 'legal-process-plate-history')).toBe('reasonable-suspicion');
    expect(levelIn('MD', 'immigration-use')).toBe('judicial-warrant-only');
    expect(levelIn('MT', 'record-retention')).toBe('indefinitely');
    expect(levelIn('NE', 'hot-list-freshness')).toBe('each-shift');
    expect(levelIn('GA', 'retention')).toBe('days-915');
    expect(levelIn('DEU', 'retention')).toBe('at-once');
    expect(of('NY').statements).toEqual([]);
    for (const id of ['OR', 'WA', 'IL', 'CA', 'CT', 'NM']) expect(levelIn(id, 'immigration-use')).toBe('prohibited');
    // 60 days bind the Highway Patrol of California and nobody else.
    expect(of('CA').statements.find(({ protection }) => protection === 'retention')?.binds).toEqual(['state-police']);
  });

  test('stand behind a level of every protection that is law and behind none that is a fact about an agency', () => {
    const without: string[] = [];
    for (const { id, subject, levels, coveredBy } of VOCABULARY.protections.values()) {
      const behind = levels.flatMap((level) => statutesBehind(id, level.id));
      if (subject === 'agency') expect(behind).toEqual([]);
      else if (behind.length === 0 && !coveredBy) without.push(id);
    }
    expect(without).toEqual([]);
    expect(statutesBehind('retention', 'days-21').map(({ profile }) => profile.id)).toEqual(['ME', 'VA', 'WA']);
  });

  test('count from their day of effect, and from the day of reading where it was not verified', () => {
    expect(levelIn('WA', 'device-registration')).toBeUndefined();
    expect(levelIn('WA', 'device-registration', Date.parse('2027-07-01T06:59:59Z'))).toBeUndefined();
    expect(levelIn('WA', 'device-registration', Date.parse('2027-07-01T07:00:00Z'))).toBe('registered');
    expect(levelIn('OR', 'retention', Date.parse('2026-11-21T23:59:59Z'))).toBeUndefined();
    expect(levelIn('OR', 'retention', Date.parse('2026-11-22T00:00:00Z'))).toBe('days-30');
    const [first] = draftAttestations(of('WA'), 'https://wa.example');
    expect(first).toMatchObject({
      protection: 'retention',
      level: 'days-21',
      basis: 'statute',
      reach: {
        kind: 'jurisdiction',
        jurisdiction: 'https://wa.example',
        binds: ['municipal-police', 'county-sheriff', 'state-police'],
      },
      effectiveFromMs: Date.parse('2026-03-30T07:00:00Z'),
      effectiveUntilMs: null,
    });
  });
});

describe('what an authority would sign', () => {
  test('has one entry for each statement, with the classes that it reaches and no date left open', () => {
    for (const profile of profiles().values()) {
      const { id, attests } = attestedLaw(profile);
      expect(id).toBe(profile.id.toLowerCase());
      expect(attests).toHaveLength(profile.statements.length);
      for (const { effective_from, reading } of attests) {
        expect(effective_from).toMatch(/^\d{4}-\d{2}-\d{2}T/);
        expect(reading).toContain(profile.binds.reading);
      }
    }
    const patrol = attestedLaw(of('CA')).attests.find(({ protection }) => protection === 'retention');
    expect(patrol).toMatchObject({ binds: ['state-police'], statute: 'Cal. Veh. Code 2413', level: 'days-60' });
  });
});
