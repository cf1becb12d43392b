import { describe, expect, it } from 'vitest';
import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import { PolicyError, decide, parseInstant, type Facts } from '#policy';
import { policyCases, readCase, type PolicyCase } from '../../libs/policy/test/policy-cases.js';
import { cedarContext } from './cedar-context.js';
import { CedarRule } from './cedar-engine.js';

function readable(policyCase: PolicyCase): ReturnType<typeof readCase> | undefined {
  try {
    return readCase(policyCase);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

/** Only a broker holds what is sealed, and it decides nothing by it. */
function isSealed(facts: Facts): boolean {
  return JSON.stringify(facts).includes('"state":"sealed"');
}

const cases = [...policyCases()].flatMap(([file, list]) =>
  list.flatMap((policyCase) => {
    const read = readable(policyCase);
    if (read === undefined || policyCase.side === 'ask' || isSealed(read.facts)) return [];
    return [{ name: `${file}: ${policyCase.description}`, now: parseInstant(policyCase.now), ...read }];
  }),
);

type Case = (typeof cases)[number];
/** To prepare a rule takes longer than to decide by it: once for each case. */
const decided = new Map<Case, ReturnType<CedarRule['decide']>>();
function byCedar(one: Case): ReturnType<CedarRule['decide']> {
  const { facts, rule, now } = one;
  const known = decided.get(one) ?? new CedarRule(rule, 'case').decide(cedarContext(facts, rule, now) as Context);
  decided.set(one, known);
  return known;
}

describe('decide and Cedar, on the cases that lawyers can read', () => {
  it('have most of them to say something about, and permit and deny both', () => {
    expect(cases.length).toBeGreaterThan(150);
    const permitted = cases.filter((one) => byCedar(one).permits);
    expect(permitted.length).toBeGreaterThan(30);
    expect(permitted.length).toBeLessThan(cases.length - 30);
  });

  it.each(cases)('say the same: $name', (one) => {
    const { facts, rule, now } = one;
    const { permits, errors } = byCedar(one);
    expect(errors).toEqual([]);
    expect(permits).toBe(decide(facts, { rule, side: 'release' }, now).outcome === 'permit');
  });
});
