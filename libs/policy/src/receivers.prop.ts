import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runsOf } from '../../../test/support/how-much.js';
import { NOW, facts } from '../test/generated-facts.js';
import { rules } from '../test/generated-rules.js';
import { ACCESS_LISTS, type Access, type AccessBody } from './access.js';
import { decide } from './decide.js';
import { ABSENT, known, type Facts } from './facts.js';
import type { Rule } from './rule.js';

const RUNS = { numRuns: runsOf(1000) };
const outcomeOf = (on: Facts, by: Rule) => decide(on, { rule: by, side: 'release' }, NOW);

function withBodies(on: Facts, list: keyof Access, ...more: AccessBody[]): Facts {
  const { access } = on.requester;
  const before = access[list];
  const bodies = before.state === 'known' ? known([...before.value, ...more]) : before;
  return { ...on, requester: { ...on.requester, access: { ...access, [list]: bodies } } };
}

describe('whoever has access to what is received', () => {
  test('P06: a body more that has access, enrolled or not, never turns a denial into a permit', () => {
    const body = fc.constantFrom<AccessBody>({ entityId: 'https://member.example' }, { name: 'a bureau' });
    fc.assert(
      fc.property(facts, rules, fc.constantFrom(...ACCESS_LISTS), body, (on, by, { list }, one) => {
        fc.pre(outcomeOf(on, by).outcome === 'deny');
        expect(outcomeOf(withBodies(on, list, one), by).outcome).toBe('deny');
      }),
      RUNS,
    );
  });

  test('P06: a list that is not stated, and a body on one that is not enrolled, deny whatever else is met', () => {
    fc.assert(
      fc.property(facts, rules, fc.constantFrom(...ACCESS_LISTS), (on, by, { list, member }) => {
        fc.pre(outcomeOf(on, by).outcome === 'permit');
        const { access } = on.requester;
        const unstated = { ...on, requester: { ...on.requester, access: { ...access, [list]: ABSENT } } };
        expect(outcomeOf(unstated, by)).toMatchObject({
          outcome: 'deny',
          reasons: [{ code: 'access_not_stated', requirement: `requester.access.${member}` }],
        });
        expect(outcomeOf(withBodies(on, list, { name: 'a bureau' }), by)).toMatchObject({
          outcome: 'deny',
          reasons: [{ code: 'access_party_not_enrolled', requirement: `requester.access.${member}` }],
        });
      }),
      RUNS,
    );
  });
});
