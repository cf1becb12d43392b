import { describe, expect, test } from 'vitest';
import { policyCases, readCase, type PolicyCase } from '../test/policy-cases.js';
import { decide, type Decision } from './decide.js';
import { parseInstant } from './instant.js';
import { PolicyError } from './policy-error.js';
import { QUERY_KINDS } from './rule.js';
import { VOCABULARY } from './vocabulary.js';

/** The attacks that a rule decides; the others are about what a node counts, searches or hides. */
const CATALOGUE = 'P01 P02 P03 P04 P05 P06 P07 P08 P09 P10 P11 P12 P16 P19 P20 P21 P24'.split(' ');

function decisionOf(policyCase: PolicyCase): Decision | PolicyError {
  try {
    const { facts, rule } = readCase(policyCase);
    return decide(facts, { rule, side: policyCase.side ?? 'release' }, parseInstant(policyCase.now));
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

let count = 0;

for (const [file, cases] of policyCases()) {
  describe(file, () => {
    for (const policyCase of cases) {
      count += 1;
      test(policyCase.description, () => {
        const decision = decisionOf(policyCase);
        if (decision instanceof PolicyError) {
          expect(decision.message).not.toBe('');
          expect(decision.code).toBe(policyCase.decision);
          return;
        }
        const reasons = decision.outcome === 'deny' ? decision.reasons : [];
        expect(Object.fromEntries(reasons.map(({ requirement, code }) => [requirement, code]))).toEqual(
          policyCase.reasons ?? {},
        );
        expect(decision.outcome).toBe(policyCase.decision);
        const undetermined = decision.outcome === 'permit' ? [] : decision.undetermined;
        expect(undetermined.map(({ requirement }) => requirement)).toEqual(policyCase.undetermined ?? []);
        if (policyCase.expires_at !== undefined) {
          expect(decision).toMatchObject({ obligations: { expires_at: policyCase.expires_at } });
        }
        if (policyCase.duties !== undefined) {
          const duties = decision.outcome === 'permit' ? decision.duties : [];
          expect(duties.map(({ duty, due_by: dueBy }) => [duty, dueBy])).toEqual(policyCase.duties);
        }
      });
    }
  });
}

const all = [...policyCases().values()].flat();
const described = (words: string): PolicyCase[] => all.filter(({ description }) => description.includes(words));

describe('the cases together', () => {
  test('are at least 150, each with a description of its own', () => {
    expect(count).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map(({ description }) => description)).size).toBe(all.length);
  });

  test.each([...VOCABULARY.protections.keys()])('hold one that %s permits and one that it denies', (id) => {
    const about = all.filter(({ reasons, rule_changes: changes }) => {
      const names = Object.keys(reasons ?? {});
      return names.some((name) => name.endsWith(`.${id}`)) || JSON.stringify(changes ?? {}).includes(`"${id}"`);
    });
    const decisions = about.map(({ decision }) => decision);
    expect(decisions).toContain('permit');
    expect(decisions).toContain('deny');
  });

  test.each([...VOCABULARY.exceptions.keys()])('hold one with the exception `%s` that is permitted', (exception) => {
    const claims = (one: PolicyCase): boolean => (one.facts_changes?.['request.exception'] ?? 'none') === exception;
    expect(all.filter((one) => claims(one) && one.decision === 'permit')).not.toEqual([]);
  });

  test.each(QUERY_KINDS)('hold one of the kind `%s`', (kind) => {
    const asks = (one: PolicyCase): boolean => (one.facts_changes?.['request.kind'] ?? 'plate_history') === kind;
    expect(all.filter(asks)).not.toEqual([]);
  });

  test.each(CATALOGUE)('hold one of the attack %s', (id) => {
    expect(described(`${id}:`)).not.toEqual([]);
  });
});
