import { describe, expect, it } from 'vitest';
import { comparedParties, draftAuthority, draftParty } from '../draft-parties.js';
import { parseRule } from '../parse-rule.js';
import { profiles } from '../profiles.js';
import type { Rule } from '../rule.js';
import { startingRule } from '../starting-rule.js';
import { diffRules, type RuleDiff } from './diff-rules.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');

function profile(id: string) {
  const found = profiles().get(id);
  if (found === undefined) throw new Error(id);
  return found;
}

const OWN = profile('WA');
const owner = draftParty(OWN, {
  entityId: 'https://owner.example',
  agencyClass: 'municipal-police',
  sideDoors: 'none_attested',
});
const jurisdictions = new Map([...profiles().keys()].map((id) => [id, draftAuthority(id)]));
const from = { owner: 'https://owner.example', version: 1, effectiveFrom: '2026-12-01T00:00:00Z', jurisdictions };
const document = startingRule({ profile: OWN, ...from });

interface Sections {
  release: { plate_history: Record<string, unknown> & { require: { protection: string }[] } };
}

function rule(change: (sections: Sections) => void = () => undefined): Rule {
  const copy = structuredClone(document);
  change(copy as unknown as Sections);
  return parseRule(copy);
}

function diff(after: Rule, before: Rule = rule()): RuleDiff {
  const parties = comparedParties([profile('WA'), profile('OR'), profile('CA'), profile('GA')]);
  return diffRules({ before, after, parties, owner, now: NOW });
}

const names = (entries: RuleDiff['parties'], side: 'gains' | 'loses') =>
  entries.filter((each) => each[side].length > 0).map(({ name }) => name);

const WASHINGTON = 'police of a city, Washington';

describe('a comparison of two rules', () => {
  it('finds nothing between a rule and itself', () => {
    expect(diff(rule())).toMatchObject({ clauses: [], parties: [], compared: { parties: 10, kinds: 1 } });
  });

  it('says who gains by name, and how much: a longer window', () => {
    const wider = diff(
      rule(({ release }) => {
        release.plate_history['scope'] = { max_window_hours: 720, max_plates: 5, max_fan_out: 50 };
      }),
    );
    expect(wider.parties).toEqual([
      {
        name: WASHINGTON,
        gains: [{ about: 'measure', kind: 'plate_history', measure: 'windowHours', before: 336, after: 720 }],
        loses: [],
      },
    ]);
    expect(wider.clauses.map(({ path }) => path)).toContain('release.plate_history.scope.max_window_hours');
  });

  it('says who loses: a warrant where a written purpose was enough', () => {
    const stricter = diff(
      rule(({ release }) => {
        release.plate_history['legal_process'] = { at_least: 'warrant' };
      }),
    );
    expect(names(stricter.parties, 'gains')).toEqual([]);
    expect(names(stricter.parties, 'loses')).toEqual([WASHINGTON]);
    expect(stricter.parties[0]?.loses).toContainEqual({
      about: 'purpose',
      kind: 'plate_history',
      purpose: 'missing-person',
      exception: 'none',
      before: 'documented-purpose',
      after: 'warrant',
    });
  });

  it('says that a party comes in which got nothing: a requirement is dropped', () => {
    const opened = diff(
      rule(({ release }) => {
        release.plate_history.require = release.plate_history.require.filter(({ protection }) => protection === 'sale');
      }),
    );
    const all = { about: 'everything', kind: 'plate_history' };
    const gains = new Map(opened.parties.map((each) => [each.name, each.gains]));
    expect(gains.has(WASHINGTON)).toBe(false);
    for (const change of gains.values()) expect(change).toEqual([all]);
    expect([...gains.keys()].every((name) => name.startsWith('police of a city'))).toBe(true);
  });

  it('says which offences and which beneficiaries are new', () => {
    const changed = diff(
      rule(({ release }) => {
        release.plate_history['offences'] = { allow: ['120', '90Z'] };
        release.plate_history['beneficiary'] = { allow: 'meets-same' };
      }),
    );
    const [washington] = changed.parties;
    expect(washington?.gains).toContainEqual({
      about: 'list',
      kind: 'plate_history',
      list: 'offence',
      values: ['90Z'],
    });
    expect(washington?.gains).toContainEqual({
      about: 'list',
      kind: 'plate_history',
      list: 'beneficiary',
      values: ['another'],
    });
    const lost = washington?.loses.find((change) => change.about === 'list' && change.list === 'offence');
    expect(lost).toMatchObject({ values: expect.arrayContaining(['240', '220']) });
  });

  it('is the same seen from the other side, gains and losses changed over', () => {
    const wider = rule(({ release }) => {
      release.plate_history['legal_process'] = { at_least: 'none' };
    });
    const [there] = diff(wider).parties;
    const [back] = diff(rule(), wider).parties;
    expect(back?.gains).toEqual([]);
    expect(back?.loses.length).toBe(there?.gains.length);
    expect(there?.gains.length).toBeGreaterThan(0);
  });

  it('names an entry of a list by what it is about, not by its place', () => {
    const moved = rule(({ release }) => {
      release.plate_history.require.reverse();
    });
    expect(diff(moved).clauses).toEqual([]);
  });
});
