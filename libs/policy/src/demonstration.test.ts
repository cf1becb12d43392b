import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from '#protocol';
import { NOBODY_ELSE } from './access.js';
import { decide } from './decide.js';
import { known, type Attestation, type Facts, type Party } from './facts.js';
import { draftAttestations } from './law-in-force.js';
import { parseFacts } from './parse-facts.js';
import { parseRuleText } from './parse-rule.js';
import { profiles } from './profiles.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const here = new URL('../', import.meta.url);
const read = (path: string) => parseStrictJson(readFileSync(new URL(`${path}.json`, here)));
const ruleOf = (agency: string) => parseRuleText(readFileSync(new URL(`rules/${agency}.json`, here)));
const base = parseFacts(read('cases/facts/salish-point-asks-juniper-bend'));

const without287g: Attestation = {
  protection: 'agreement-287g',
  level: 'none',
  basis: 'declaration',
  statute: 'stated by its superior',
  issuer: 'https://authority.example',
  reach: { kind: 'own', selfIssued: false },
  effectiveFromMs: 0,
  effectiveUntilMs: null,
  digest: 'agreement-287g',
};

/** An agency as the demonstration's authority describes it: the law of its state, and what its superior states. */
function party(agencyClass: string, state: string, ...own: Attestation[]): Party {
  const issuer = `https://${state.toLowerCase()}.example`;
  const law = profiles().get(state);
  return {
    entityId: `${issuer}/agency`,
    agencyClass: known(agencyClass),
    jurisdictions: known([issuer]),
    attestations: [...(law ? draftAttestations(law, issuer) : []), ...own],
    access: NOBODY_ELSE,
  };
}

const salish = party('municipal-police', 'WA', without287g);
const harbor = party('county-sheriff', 'WA');
const peachtree = party('municipal-police', 'GA');

function unmet(requester: Party, owner: string, change: Partial<Facts> = {}): string[] {
  const decision = decide({ ...base, requester, ...change }, { rule: ruleOf(owner), side: 'release' }, NOW);
  return decision.outcome === 'deny' ? decision.reasons.map(({ requirement }) => requirement) : [decision.outcome];
}

describe('the demonstration', () => {
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
});
