import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#protocol';
import { decide } from './decide.js';
import { known, type Attestation, type Facts, type Party } from './facts.js';
import { parseFacts } from './parse-facts.js';
import { parseLaw, type AgencyStatement, type LawStatement } from './parse-law.js';
import { parseRuleText } from './parse-rule.js';
import { PolicyError } from './policy-error.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const here = new URL('../', import.meta.url);
const read = (path: string) => parseStrictJson(readFileSync(new URL(`${path}.json`, here)));
const lawOf = (jurisdiction: string) => parseLaw(read(`attestations/${jurisdiction}`));
const ruleOf = (agency: string) => parseRuleText(readFileSync(new URL(`rules/${agency}.json`, here)));
const base = parseFacts(read('cases/facts/salish-point-asks-juniper-bend'));

function markOf(statement: LawStatement | AgencyStatement, reach: Attestation['reach']): Attestation {
  return {
    protection: statement.protection,
    level: statement.level,
    basis: statement.basis,
    statute: statement.statute,
    issuer: 'https://authority.example',
    reach,
    effectiveFromMs: Date.parse(statement.effective_from),
    effectiveUntilMs: statement.effective_until === null ? null : Date.parse(statement.effective_until),
    digest: `${statement.protection} ${statement.level}`,
  };
}

/** An agency as the demonstration's authority will describe it: the law of its state, and what its superior states. */
function party(name: string, agencyClass: string, state: string): Party {
  const law = lawOf(state);
  return {
    entityId: `https://${state}.example`,
    agencyClass: known(agencyClass),
    jurisdictions: known([law.jurisdiction]),
    attestations: [
      ...law.attests.map((s) => markOf(s, { kind: 'jurisdiction', jurisdiction: law.jurisdiction, binds: s.binds })),
      ...law.agencies.filter(({ agency }) => agency === name).map((s) => markOf(s, { kind: 'own', selfIssued: false })),
    ],
  };
}

const salish = party('Salish Point Police', 'municipal-police', 'wa');
const harbor = party('Harbor County Sheriff', 'county-sheriff', 'wa');
const peachtree = party('Peachtree Flats Police', 'municipal-police', 'ga');

function unmet(requester: Party, owner: string, change: Partial<Facts> = {}): string[] {
  const decision = decide({ ...base, requester, ...change }, { rule: ruleOf(owner), side: 'release' }, NOW);
  return decision.outcome === 'deny' ? decision.reasons.map(({ requirement }) => requirement) : [decision.outcome];
}

describe('the demonstration', () => {
  test('is read from law that says where it comes from, and is never called verified', () => {
    for (const state of ['or', 'wa', 'ga', 'nm']) {
      const law = lawOf(state);
      expect(law.demonstration).toBe(true);
      expect(law.notice).toContain('not legal advice');
      const named = [...law.attests, ...law.silent].map(({ protection }) => protection);
      expect(new Set(named).size).toBe(4);
    }
  });

  test('tells its story: Washington is permitted, Harbor County and Georgia are not', () => {
    for (const owner of ['juniper-bend-police', 'mesa-clara-police']) {
      expect(unmet(salish, owner)).toEqual(['permit']);
      expect(unmet(harbor, owner)).toEqual(['requester.agreement-287g']);
    }
    expect(unmet(peachtree, 'juniper-bend-police')).toEqual([
      'requester.legal-process-plate-history',
      'requester.retention',
      'requester.immigration-use',
      'requester.agreement-287g',
    ]);
    const beneficiary = known({ kind: 'not_enrolled', entityId: 'https://immigration.example' } as const);
    expect(unmet(salish, 'juniper-bend-police', { beneficiary })).toEqual(['beneficiary']);
  });

  test('lets each of its agencies ask for a robbery under its own rule', () => {
    for (const name of ['salish-point', 'peachtree-flats', 'juniper-bend', 'mesa-clara']) {
      const decision = decide(base, { rule: ruleOf(`${name}-police`), side: 'ask' }, NOW);
      expect(decision).toMatchObject({ outcome: 'permit', fields: [], obligations: null });
    }
    expect(decide(base, { rule: ruleOf('harbor-county-sheriff'), side: 'ask' }, NOW).outcome).toBe('permit');
  });

  test('a draft of law with unknown words is refused with all its problems', () => {
    const draft = read('attestations/wa') as { attests: { level: string; binds: string[] }[] };
    draft.attests[0] = { ...draft.attests[0], level: 'strict', binds: ['everybody'] };
    expect(() => parseLaw(draft as never)).toThrow(PolicyError);
    expect(() => parseLaw(draft as never)).toThrow(
      'attests[0].level: unknown value `strict`; attests[0].binds[0]: unknown value `everybody`',
    );
  });
});
