import { expect, test } from 'vitest';
import { recallHoldAllowed } from './recall-hold.js';
import type { Rule } from './rule.js';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T12:00:00Z');
const ruleWith = (recall_holds?: object) =>
  ({
    release: { plate_history: { obligations: { retention_seconds: 1, ...(recall_holds && { recall_holds }) } } },
  }) as unknown as Rule;
const allowing = ruleWith({ bases: ['defence'], max_days: 90 });
const allowed = (rule: Rule | undefined, hold: { basis: string; until: number }, kind = 'plate_history') =>
  recallHoldAllowed(rule, kind, hold, NOW);

test('a hold on what is called back is accepted for the basis and the time that the owner’s rule names', () => {
  expect(allowed(allowing, { basis: 'defence', until: NOW + 90 * DAY })).toBe(true);
  expect(allowed(allowing, { basis: 'defence', until: NOW + 90 * DAY + 1 })).toBe(false);
  expect(allowed(allowing, { basis: 'prosecution', until: NOW + DAY })).toBe(false);
});

test('P03: a rule that says nothing, no rule, another kind and a time that is none allow no hold', () => {
  const hold = { basis: 'defence', until: NOW + DAY };
  expect(allowed(ruleWith(), hold)).toBe(false);
  expect(allowed(undefined, hold)).toBe(false);
  expect(allowed(allowing, hold, 'near_scene')).toBe(false);
  expect(allowed(allowing, hold, 'constructor')).toBe(false);
  expect(allowed(allowing, { ...hold, until: NaN })).toBe(false);
});
