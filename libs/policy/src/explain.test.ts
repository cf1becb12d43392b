import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decideFromJson } from './decide-from-json.js';
import { explainDecision } from './explain.js';
import { PolicyError } from './policy-error.js';

const here = new URL('../', import.meta.url);
const text = (path: string) => readFileSync(new URL(`${path}.json`, here), 'utf8');
const rule = text('rules/juniper-bend-police');
const now = '2026-11-22T08:00:00-08:00';
const decided = (facts: string) => decideFromJson({ facts: text(`cases/facts/${facts}`), rule, now, side: 'release' });

test('a refusal is explained requirement by requirement, with its law and its remedy', () => {
  expect(explainDecision(decided('harbor-county-asks-juniper-bend'))).toEqual([
    'refused by the rule of https://juniper-bend.example, version 1: 1 requirement is not met',
    '  1. requester.agreement-287g (protection_not_attested)',
    '     required: `agreement-287g` at `none` or stricter, by declaration or policy or statute (which agreement under section 287(g) to act for federal immigration authorities has the agency signed? none)',
    '     found:    `https://authority.example/jurisdictions/wa`: nothing attested',
    '     source:   a demonstration council policy, not a law',
    '     remedy:   `agreement-287g` has to be attested at `none` or stricter, by declaration or policy or statute',
  ]);
});

test('a permit is explained with what it relies on and what binds the receiver', () => {
  const lines = explainDecision(decided('salish-point-asks-juniper-bend'));
  expect(lines[0]).toBe('permitted by the rule of https://juniper-bend.example, version 1');
  expect(lines).toContain('  met     purpose: criminal-investigation [OR SB 1516 (2026) §§ 3-11]');
  expect(lines).toContain('  binds   delete by 2026-12-13T16:00:00.000Z');
});

test('P21: what is owed after an exception is said beside what binds', () => {
  const facts = text('cases/facts/salish-point-asks-juniper-bend')
    .replace('"exception": "none"', '"exception": "missing", "overdue_duties": 0')
    .replace('"criminal-investigation"', '"missing-person"');
  const everyKind = text('cases/rules/every-kind-city');
  expect(explainDecision(decideFromJson({ facts, rule: everyKind, now, side: 'release' }))).toContain(
    '  owes    report to the owner by 2026-11-29T16:00:00.000Z, for the exception `missing`',
  );
});

test('what is sealed is named', () => {
  const facts = text('cases/facts/salish-point-asks-juniper-bend').replace('"26-0132"', '{"sealed": true}');
  const lines = explainDecision(decideFromJson({ facts, rule, now, side: 'release' }));
  expect(lines.slice(0, 2)).toEqual([
    'not refused by the rule of https://juniper-bend.example, version 1; the owner judges what is sealed',
    '  sealed  case_number: a case number in a checkable form',
  ]);
});

test('what cannot be read is an error that says which document, and no decision', () => {
  const facts = text('cases/facts/salish-point-asks-juniper-bend');
  const codeOf = (input: { facts?: string; rule?: string; now?: string }) => {
    try {
      return decideFromJson({ facts, rule, now, side: 'release', ...input }).outcome;
    } catch (error) {
      return error instanceof PolicyError ? error.code : error;
    }
  };
  expect(codeOf({})).toBe('permit');
  expect(codeOf({ facts: '{' })).toBe('facts_malformed');
  expect(codeOf({ facts: facts.replace('"kind"', '"kind": "x", "kind"') })).toBe('facts_malformed');
  expect(codeOf({ rule: '{}' })).toBe('rule_malformed');
  expect(codeOf({ now: '2026-11-22T08:00:00' })).toBe('instant_malformed');
});
