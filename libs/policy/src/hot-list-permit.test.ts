import { describe, expect, it } from 'vitest';
import { known, parseRule, type Attestation, type Party, type Rule } from '#policy';
import { NOBODY_ELSE } from './access.js';
import { everything } from '../test/rule-with-everything.js';
import { hotListPermit } from './hot-list-permit.js';

const NOW = Date.parse('2026-11-29T18:00:00Z');
const LAW = 'https://nebraska.example';

function law(protection: string, level: string): Attestation {
  return {
    protection,
    level,
    basis: 'statute',
    statute: `the statute on ${protection}`,
    issuer: LAW,
    reach: { kind: 'jurisdiction', jurisdiction: LAW, binds: ['municipal-police'] },
    effectiveFromMs: 0,
    effectiveUntilMs: null,
    digest: 'd',
  };
}

function agency(...attestations: Attestation[]): Party {
  return {
    entityId: 'https://node.example',
    agencyClass: known('municipal-police'),
    jurisdictions: known([LAW]),
    attestations,
    access: NOBODY_ELSE,
  };
}

/** A rule whose asking side names these sources, and forbids by `forbid`. */
function ruleNaming(sources: readonly string[], forbid?: Rule['forbid']): Rule {
  const document = structuredClone(everything(['hot_list_alert'])) as Record<string, never>;
  const rule = parseRule(document) as Rule & { ask: NonNullable<Rule['ask']> };
  const { forbid: _forbid, ...rest } = rule;
  const conditions = rule.ask.hot_list_alert;
  if (conditions === undefined) throw new Error('the rule says nothing of lists');
  const alert = { ...conditions, hot_list: { sources, max_list_age_hours: 72, source: 'our policy' } };
  return { ...rest, ask: { hot_list_alert: alert }, ...(forbid && { forbid }) };
}

const IMMIGRATION = 'ncic-immigration-violator';

describe('the sources that an agency may list', () => {
  it('are none without a rule that speaks of lists, and no list is fresh', () => {
    const { ask: _ask, ...without } = ruleNaming(['ncic-vehicle']);
    for (const rule of [undefined, without]) {
      const permit = hotListPermit(rule, agency(), NOW);
      expect(permit.of('ncic-vehicle')).toEqual({ code: 'no_rule' });
      expect(permit.maxAgeHours).toBe(0);
    }
  });

  it('are those that the rule names, and no others', () => {
    const permit = hotListPermit(ruleNaming(['ncic-vehicle']), agency(), NOW);
    expect(permit.of('ncic-vehicle')).toBe('permitted');
    expect(permit.of('ncic-gang')).toEqual({ code: 'not_named', source: 'our policy' });
    expect(permit.of('ncic-nowhere')).toBe('unknown');
    expect(permit.maxAgeHours).toBe(72);
  });

  it('never include immigration violators where the law bars enforcement, even if the rule names them', () => {
    const rule = ruleNaming([IMMIGRATION, 'ncic-vehicle']);
    expect(hotListPermit(rule, agency(), NOW).of(IMMIGRATION)).toBe('permitted');
    const barred = hotListPermit(rule, agency(law('immigration-use', 'prohibited')), NOW);
    expect(barred.of(IMMIGRATION)).toEqual({ code: 'forbidden_by_law', source: 'the statute on immigration-use' });
    expect(barred.of('ncic-vehicle')).toBe('permitted');
  });

  it('never include what a clause forbids, whatever else the clause names', () => {
    const when = { hot_list_sources: ['ncic-gang'], classes: ['immigration-agency'] };
    const forbid = [{ name: 'gang', sides: ['release' as const], when, source: 'council' }];
    const rule = ruleNaming(['ncic-gang', 'ncic-vehicle'], forbid);
    const permit = hotListPermit(rule, agency(), NOW);
    expect(permit.of('ncic-gang')).toEqual({ code: 'forbidden_by_rule', source: 'council' });
    expect(permit.of('ncic-vehicle')).toBe('permitted');
    const purpose = [{ name: 'i', sides: ['ask' as const], when: { purposes: ['immigration-enforcement'] } }];
    const barred = hotListPermit(ruleNaming([IMMIGRATION], purpose), agency(), NOW);
    expect(barred.of(IMMIGRATION)).toEqual({ code: 'forbidden_by_rule' });
  });

  it('are closed classes where the law says so (MN, VA, NH)', () => {
    const rule = ruleNaming(['ncic-gang', 'ncic-wanted-person']);
    const permit = hotListPermit(rule, agency(law('hot-list-scope', 'closed-classes')), NOW);
    expect(permit.of('ncic-gang')).toMatchObject({ code: 'forbidden_by_law' });
    expect(permit.of('ncic-wanted-person')).toBe('permitted');
  });

  it('have to be as fresh as the law wants where the rule wants less (NE: each shift; NH: daily)', () => {
    const rule = ruleNaming(['ncic-vehicle']);
    const age = (level: string) => hotListPermit(rule, agency(law('hot-list-freshness', level)), NOW).maxAgeHours;
    expect([age('each-shift'), age('daily'), age('unstated')]).toEqual([12, 24, 72]);
  });
});
