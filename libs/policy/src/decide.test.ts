import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseMessage, DenialClaims, parseStrictJson } from '#protocol';
import { decide, denyUndetermined } from './decide.js';
import { SEALED, known, type Facts } from './facts.js';
import { parseFacts } from './parse-facts.js';
import { parseRuleText } from './parse-rule.js';
import type { Rule } from './rule.js';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const here = new URL('../', import.meta.url);
const rule = parseRuleText(readFileSync(new URL('rules/juniper-bend-police.json', here)));
const factsOf = (name: string): Facts =>
  parseFacts(parseStrictJson(readFileSync(new URL(`cases/facts/${name}.json`, here))));
const salish = factsOf('salish-point-asks-juniper-bend');
const peachtree = factsOf('peachtree-flats-asks-juniper-bend');

function found(by: Rule, now: number): string[] {
  const decision = decide(salish, { rule: by, side: 'release' }, now);
  return decision.outcome === 'deny' ? decision.reasons.map((reason) => `${reason.code}: ${reason.found}`) : [];
}

describe('a decision', () => {
  test('names every mark that it relies on, the fields and the rule', () => {
    const decision = decide(salish, { rule, side: 'release' }, NOW);
    expect(decision).toMatchObject({
      outcome: 'permit',
      rule: { owner: 'https://juniper-bend.example', version: 1 },
      fields: ['plate', 'plate_state', 'seen_at', 'location', 'device', 'confidence'],
    });
    if (decision.outcome !== 'permit') return;
    expect(decision.determining.flatMap(({ attestations }) => attestations)).toEqual([
      'wa-legal-process',
      'wa-retention',
      'wa-immigration',
      'salish-point-287g',
    ]);
    expect(decision.determining.find(({ requirement }) => requirement === 'requester.retention')?.source).toBe(
      'OR SB 1516 (2026) §§ 3-11',
    );
  });

  test('tells what is required, what was found, the law and the remedy of each unmet protection', () => {
    const decision = decide(peachtree, { rule, side: 'release' }, NOW);
    expect(decision).toMatchObject({ outcome: 'deny' });
    if (decision.outcome !== 'deny') return;
    expect(decision.reasons[1]).toEqual({
      code: 'protection_not_met',
      requirement: 'requester.retention',
      required:
        '`retention` at `days-30` or stricter, by policy or statute (after how long at most are reads deleted that belong to no case? within 30 days)',
      found:
        '`https://authority.example/jurisdictions/ga`: `days-915` by `statute` (`O.C.G.A. 35-1-22`, attested by `https://authority.example/jurisdictions/ga`)',
      source: 'OR SB 1516 (2026) §§ 3-11',
      remedy: '`retention` has to be attested at `days-30` or stricter, by policy or statute',
    });
  });

  test('denies in the members that the wire has for it', () => {
    const decision = decide(peachtree, { rule, side: 'release' }, NOW);
    if (decision.outcome !== 'deny') throw new Error('not denied');
    const claims = {
      iss: 'https://a.example',
      aud: 'https://b.example',
      jti: 'A'.repeat(22),
      iat: 1,
      exp: 2,
      txn: '00000000-0000-4000-8000-000000000000',
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      request: 'A'.repeat(43),
      reasons: decision.reasons.map((reason) => ({ ...reason })),
    };
    expect(parseMessage(DenialClaims, claims).reasons).toHaveLength(4);
  });

  test('repeats neither case number nor narrative, and no owner’s list', () => {
    const request = {
      ...salish.request,
      caseNumber: known('ZZZ999X'),
      narrative: known('a canary'),
      purpose: known('civil-matter'),
      offence: known('35A'),
    };
    const text = JSON.stringify(decide({ ...salish, request }, { rule, side: 'release' }, NOW));
    for (const hidden of ['ZZZ999X', 'canary', 'wanted-person', '13A']) expect(text).not.toContain(hidden);
  });

  test('denies without a rule', () => {
    expect(decide(salish, { rule: undefined, side: 'release' }, NOW)).toMatchObject({
      outcome: 'deny',
      rule: null,
      reasons: [{ code: 'no_rule_for_kind' }],
    });
  });

  test('P03: an error in the rule denies, and the fault is kept for the log', () => {
    const broken = { ...rule, effective_from: 'soon' } as Rule;
    const decision = decide(salish, { rule: broken, side: 'release' }, NOW);
    expect(decision).toMatchObject({ outcome: 'deny', reasons: [{ code: 'rule_error' }] });
    expect(decision.outcome === 'deny' && decision.fault).toBeInstanceOf(Error);
  });

  test('P02: a rule in another vocabulary and a clock that shows no time deny', () => {
    const other = { ...rule, vocabulary: 'A'.repeat(43) };
    expect(found(other, NOW)).toEqual(['rule_error: written in an unknown vocabulary']);
    expect(found(rule, Number.NaN)).toEqual(['rule_error: no time to decide at']);
  });

  test('P03: a rule that lost all its requirements denies', () => {
    const release = rule.release?.plate_history;
    const empty = { ...rule, release: { plate_history: { ...release, require: [] } } } as unknown as Rule;
    expect(decide(salish, { rule: empty, side: 'release' }, NOW)).toMatchObject({
      outcome: 'deny',
      reasons: [{ code: 'rule_error', found: 'no protection is required' }],
    });
  });

  test('P24: more facts than anybody needs deny, before anything is looked through', () => {
    const [mark] = salish.requester.attestations;
    const requester = { ...salish.requester, attestations: Array.from({ length: 513 }, () => mark ?? never()) };
    expect(decide({ ...salish, requester }, { rule, side: 'release' }, NOW)).toMatchObject({
      outcome: 'deny',
      reasons: [{ code: 'facts_too_large' }],
    });
  });

  test('P24: the largest facts that are looked at take milliseconds', () => {
    const [mark = never()] = salish.requester.attestations;
    const requester = {
      ...salish.requester,
      jurisdictions: known(Array.from({ length: 512 }, (_, index) => `https://j${index}.example`)),
      attestations: Array.from({ length: 512 }, (_, index) => ({ ...mark, level: 'none', digest: `${index}` })),
    };
    decide({ ...salish, requester }, { rule, side: 'release' }, NOW);
    const start = performance.now();
    expect(decide({ ...salish, requester }, { rule, side: 'release' }, NOW).outcome).toBe('deny');
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('at a holder, what is sealed is not met', () => {
    const request = { ...salish.request, caseNumber: SEALED };
    const decision = decide({ ...salish, request }, { rule, side: 'release' }, NOW);
    expect(decision).toMatchObject({ outcome: 'undetermined', undetermined: [{ requirement: 'case_number' }] });
    expect(denyUndetermined(decision)).toMatchObject({
      outcome: 'deny',
      reasons: [{ code: 'sealed_at_holder', requirement: 'case_number', found: 'sealed' }],
      undetermined: [],
    });
    const permit = decide(salish, { rule, side: 'release' }, NOW);
    expect(denyUndetermined(permit)).toBe(permit);
  });

  test('a pattern search without the demand of a warrant is denied, even by a rule that no parser has read', () => {
    const conditions = rule.release?.plate_history;
    if (conditions === undefined) throw new Error('a rule that releases is expected');
    const lax: Rule = { ...rule, release: { passed_twice: conditions } };
    const asked = known('passed_twice');
    const facts: Facts = { ...salish, request: { ...salish.request, kind: asked, contentKind: asked } };
    expect(decide(facts, { rule: lax, side: 'release' }, NOW)).toMatchObject({
      outcome: 'deny',
      reasons: [{ code: 'no_rule_for_kind' }],
    });
  });

  test('more reasons than the wire can list are cut, and the last one says how many are left', () => {
    const conditions = rule.release?.plate_history;
    if (conditions === undefined) throw new Error('a rule that releases is expected');
    const tiers = Array.from({ length: 70 }, (_, index) => ({
      name: `t${index}`,
      when: { window_over_hours: 1 },
      scope: { max_window_hours: 1 },
    }));
    const strict: Rule = { ...rule, release: { plate_history: { ...conditions, tiers } } };
    const decision = decide(salish, { rule: strict, side: 'release' }, NOW);
    if (decision.outcome !== 'deny') throw new Error('a denial is expected');
    expect(decision.reasons).toHaveLength(64);
    expect(decision.reasons.at(-1)).toMatchObject({ code: 'more_reasons', found: '7 more are not met' });
  });
});

function never(): never {
  throw new Error('the facts have attestations');
}
