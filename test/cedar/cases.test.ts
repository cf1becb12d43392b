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

describe('decide and Cedar, on the cases that lawyers can read', () => {
  it('have most of them to say something about, and permit and deny both', () => {
    expect(cases.length).toBeGreaterThan(150);
    const permitted = cases.filter(({ facts, rule, now }) => new CedarRule(rule, 'case').permits(facts, now));
    expect(permitted.length).toBeGreaterThan(30);
    expect(permitted.length).toBeLessThan(cases.length - 30);
  });

  it.each(cases)('say the same: $name', ({ facts, rule, now }) => {
    const { permits, errors } = new CedarRule(rule, 'case').decide(cedarContext(facts, rule, now) as Context);
    expect(errors).toEqual([]);
    expect(permits).toBe(decide(facts, { rule, side: 'release' }, now).outcome === 'permit');
  });
});
