import { describe, expect, test } from 'vitest';
import { decide } from './decide.js';
import { known } from './facts.js';
import { parityOfPair, ruleUnder } from './parity-table/parity-of-pair.js';
import { agencyUnder, standardFacts } from './parity-table/standard-request.js';
import { parseRule } from './parse-rule.js';
import type { Profile } from './profile.js';
import { profiles } from './profiles.js';
import { STARTING_VALUE, startingRule } from './starting-rule.js';
import { VOCABULARY } from './vocabulary.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const all = [...profiles().values()];

function of(id: string): Profile {
  const profile = profiles().get(id);
  if (!profile) throw new Error(`no profile of ${id}`);
  return profile;
}

const ruleOf = (id: string) => ruleUnder(of(id), all, NOW);
const pair = (requester: string, owner: string) => parityOfPair(of(owner), of(requester), ruleOf(owner), NOW);

const seconds = (id: string) => ruleOf(id).release?.plate_history?.obligations.retention_seconds;
const list = (id: string) => ruleOf(id).release?.hot_list_alert?.hot_list?.max_list_age_hours;

/** What the rule of `owner` lacks in a request of `requester` for a purpose, nothing else being wrong. */
function unmet(requester: string, owner: string, agencyClass: string, purpose: string): string[] {
  const parties = {
    owner: agencyUnder(of(owner), VOCABULARY, 'owner'),
    requester: { ...agencyUnder(of(requester), VOCABULARY, 'requester'), agencyClass: known(agencyClass) },
  };
  const facts = standardFacts(VOCABULARY, parties, NOW, { process: 'reasonable-suspicion', declared: true });
  const asked = { ...facts, request: { ...facts.request, purpose: known(purpose) } };
  const decision = decide(asked, { rule: ruleOf(owner), side: 'release' }, NOW);
  return decision.outcome === 'deny' ? decision.reasons.map(({ requirement }) => requirement) : [decision.outcome];
}

/** Every `source` of a document, with its place. */
function sources(value: unknown, path = ''): [path: string, source: string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'source' && typeof member === 'string' ? [[path, member]] : sources(member, `${path}.${name}`),
  ) as [string, string][];
}

describe('the starting rule', () => {
  test.each(all.map(({ id }) => id))('of %s can be read, and names the source of every condition', (id) => {
    const rule = ruleOf(id);
    expect(rule.vocabulary).toBe(VOCABULARY.digest);
    const conditions = rule.release?.plate_history;
    for (const [name, condition] of Object.entries(conditions ?? {})) {
      if (name === 'fields') continue;
      for (const each of Array.isArray(condition) ? condition : [condition]) {
        expect([name, (each as { source?: string }).source ?? '']).not.toEqual([name, '']);
      }
    }
    expect(Object.keys(rule.release ?? {})).not.toContain('free_language_prompt');
  });

  test.each(all.map(({ id }) => id))('of %s calls law only what a statement of its profile cites', (id) => {
    const profile = of(id);
    const cited = new Set([
      STARTING_VALUE,
      ...profile.statements.map(({ citation }) => citation),
      ...[profile.owner.purposes, profile.owner.hot_list, ...(profile.owner.tiers ?? [])].map((each) => each?.source),
      ...(profile.owner.recipients ?? []).map(({ source }) => source),
    ]);
    for (const [path, source] of sources(ruleOf(id))) {
      const about = source.replace(/^not in the words of the law, guards (.*): who has .*$/, '$1');
      expect([path, cited.has(about)]).toEqual([path, true]);
    }
  });

  test('is met by the law of its own profile, wherever there is such a law', () => {
    const notMet = all.filter(({ id }) => !['reads', 'on-conditions'].includes(pair(id, id).outcome));
    // No statute of New York was verified: what is not attested is not met, at home as elsewhere.
    expect(notMet.map(({ id }) => id)).toEqual(['NY']);
  });

  test('gives to others only what their law matches', () => {
    expect(pair('WA', 'OR').outcome).toBe('reads');
    expect(pair('GA', 'OR').missing.map(({ requirement }) => requirement)).toEqual([
      'requester.legal-process-plate-history',
      'requester.retention',
      'requester.immigration-use',
    ]);
    expect(pair('OR', 'WA').outcome).toBe('missing');
  });

  test('asks of an agency out of state for the declaration of Illinois, New Mexico and Maryland, and of none at home', () => {
    expect(pair('WA', 'IL').encloses).toEqual({ process: 'documented-purpose', declared: true });
    expect(pair('WA', 'NM').encloses).toEqual({ process: 'documented-purpose', declared: true });
    expect(pair('WA', 'MD').encloses).toEqual({ process: 'documented-purpose', declared: true });
    for (const id of ['IL', 'NM', 'MD']) expect(pair(id, id).outcome).toBe('reads');
  });

  test('closes California to every other legal order, and Connecticut to all but those it names', () => {
    for (const { id } of all) if (id !== 'CA') expect(pair(id, 'CA').outcome).toBe('closed');
    expect(pair('NY', 'CT').outcome).toBe('missing');
    expect(pair('NM', 'CT').outcome).toBe('closed');
  });

  test('answers defence counsel in Virginia, and refuses police of North Carolina without a court order', () => {
    expect(unmet('VA', 'VA', 'defence-counsel', 'defence-of-accused')).not.toContain('requester.class');
    expect(unmet('NC', 'VA', 'municipal-police', 'criminal-investigation')).toContain('requester.jurisdiction');
    expect(pair('WA', 'VA').missing.map(({ requirement }) => requirement)).toEqual([
      'requester.legal-process-plate-history',
    ]);
  });

  test('forbids the ways around a bar on immigration use', () => {
    for (const id of ['WA', 'OR', 'CA', 'IL', 'CT', 'NM']) {
      expect(ruleOf(id).forbid?.map(({ name }) => name)).toEqual([
        'immigration-purpose',
        'immigration-offence',
        'immigration-agency',
      ]);
      const required = ruleOf(id).release?.plate_history?.require.map(({ protection }) => protection);
      expect(required).toContain('agreement-287g');
    }
    expect(ruleOf('GA').forbid).toBeUndefined();
  });

  test('keeps what it releases no longer than its own law allows, and a month where that is silent', () => {
    expect(seconds('WA')).toBe(21 * 86_400);
    expect(seconds('NM')).toBe(30 * 86_400);
    // Only the Highway Patrol of California is bound to 60 days, and a law that deletes at once speaks of no answer.
    expect(seconds('CA')).toBe(30 * 86_400);
    expect(seconds('DEU')).toBe(30 * 86_400);
  });

  test('demands fresh lists where the law speaks of them, and gives no alert elsewhere', () => {
    expect([list('NE'), list('NH'), list('WA')]).toEqual([12, 24, undefined]);
    expect(ruleOf('NE').release?.hot_list_alert?.hot_list?.sources).not.toContain('ncic-immigration-violator');
    expect(ruleOf('MN').release?.hot_list_alert?.legal_process).toMatchObject({ at_least: 'warrant' });
  });

  test('leaves out legal orders of which the federation does not know who they are', () => {
    const profile = of('CT');
    const input = {
      profile,
      owner: 'https://ct.example/owner',
      version: 1,
      effectiveFrom: '2026-12-01T00:00:00-05:00',
    };
    const rule = parseRule(startingRule({ ...input, jurisdictions: new Map([['MA', 'https://ma.example']]) }));
    const named = rule.release?.plate_history?.recipients.map(({ jurisdictions }) => jurisdictions);
    expect(named).toEqual([['own'], ['https://ma.example']]);
    const alone = parseRule(startingRule({ ...input, jurisdictions: new Map() }));
    expect(alone.release?.plate_history?.recipients.map(({ jurisdictions }) => jurisdictions)).toEqual([['own']]);
  });
});
