import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decide, known, parseFacts, parseRuleText, type BudgetCondition, type Rule } from '#policy';
import { parseStrictJson } from '#protocol';
import { createTestDatabase } from '../../../../test/support/database.js';
import { BudgetUses, type CountedRequest } from './budget-uses.store.js';

const policy = new URL('../../../../libs/policy/', import.meta.url);
const facts = parseFacts(
  parseStrictJson(readFileSync(new URL('cases/facts/salish-point-asks-juniper-bend.json', policy))),
);
const published = parseRuleText(readFileSync(new URL('rules/juniper-bend-police.json', policy)));
const NOW = Date.parse('2026-11-22T08:00:00Z');
const HOUR = 3_600_000;

let dataSource: DataSource;
let budgets: BudgetUses;
let serial = 0;
beforeAll(async () => {
  ({ dataSource } = await createTestDatabase('agency'));
  budgets = new BudgetUses(dataSource);
});
beforeEach(async () => {
  await dataSource.query('truncate budget_use');
});

function ruleWith(conditions: BudgetCondition[]): Rule {
  const { plate_history: section } = published.release ?? {};
  if (section === undefined) throw new TypeError('the rule has no such section');
  return { ...published, release: { plate_history: { ...section, budgets: conditions } } };
}

interface Asking {
  readonly agency?: string;
  readonly officer?: string;
  readonly case?: string;
  readonly plates?: string[];
  readonly digest?: string;
  readonly at?: number;
  readonly exception?: boolean;
}

/** Counts a request as a node does, and decides it by the rule: `permit`, or the codes and counts of what is unmet. */
async function ask(conditions: BudgetCondition[], by: Asking = {}): Promise<string> {
  const { agency = 'https://a.example', officer = 'o', case: number = 'c', plates = ['p'], at = NOW } = by;
  const request: CountedRequest = {
    side: 'release',
    digest: by.digest ?? `request ${(serial += 1)}`,
    tags: { agency: [agency], officer: [officer], case: [number], plate: plates },
  };
  await budgets.takePlace(request, { plates: plates.length, exception: by.exception === true, now: at });
  const used = await budgets.before(request, conditions, at);
  const counted = { ...facts.request, budgets: known(used), plateCount: known(plates.length) };
  const window = known({ fromMs: at - HOUR, untilMs: at });
  const section = { rule: ruleWith(conditions), side: 'release' as const };
  const decision = decide({ ...facts, request: { ...counted, window } }, section, at);
  if (decision.outcome !== 'deny') return decision.outcome;
  return decision.reasons.map(({ requirement, code, found }) => `${requirement} ${code} ${found}`).join('; ');
}

const per = (name: BudgetCondition['per'], atMost: number, hours = 24): BudgetCondition => ({
  per: name,
  counted: 'requests',
  hours,
  at_most: atMost,
});

describe('a budget at the owner', () => {
  it('P15 N01: holds when one broad query is split into 500, over officers, cases and days', async () => {
    const conditions = [per('agency', 40, 24 * 30), per('plate', 25, 24 * 30)];
    const outcomes: string[] = [];
    for (let day = 0; day < 20; day += 1) {
      const officers = Array.from({ length: 25 }, (_, officer) => ({
        officer: `o${officer}`,
        case: `c${day} ${officer}`,
        plates: [`p${officer % 4}`],
        at: NOW + day * 24 * HOUR,
      }));
      outcomes.push(...(await Promise.all(officers.map((by) => ask(conditions, by)))));
    }
    expect(outcomes.filter((outcome) => outcome === 'permit')).toHaveLength(40);
    expect(
      outcomes.filter((outcome) => outcome.includes('budget.agency.requests.720h.40 budget_exceeded 500')),
    ).toHaveLength(1);
  });

  it('P15: one plate is one plate, whichever agency, officer or case asks for it', async () => {
    const conditions = [per('plate', 2)];
    expect(await ask(conditions, { agency: 'https://a.example', officer: 'o1', case: 'c1' })).toBe('permit');
    expect(await ask(conditions, { agency: 'https://b.example', officer: 'o2', case: 'c2' })).toBe('permit');
    const third = { agency: 'https://c.example', officer: 'o3', case: 'c3', plates: ['q', 'p'] };
    expect(await ask(conditions, third)).toBe('budget.plate.requests.24h.2 budget_exceeded 3');
    expect(await ask(conditions, { ...third, plates: ['q'] })).toBe('permit');
  });

  it('P15: of fifty requests in parallel as many pass as the budget allows, and each has a count of its own', async () => {
    const conditions = [per('officer', 10)];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, number) =>
        ask(conditions, { case: `c${number}`, plates: [`p${number % 7}`, 'shared'] }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'permit')).toHaveLength(10);
    expect(new Set(outcomes.filter((outcome) => outcome !== 'permit')).size).toBe(40);
  });

  it('P15: counts what was refused, since it was asked; and the window moves', async () => {
    const conditions = [per('case', 1, 2)];
    expect(await ask(conditions)).toBe('permit');
    expect(await ask(conditions, { at: NOW + HOUR })).toContain('budget_exceeded 2');
    expect(await ask(conditions, { at: NOW + 2 * HOUR })).toContain('budget_exceeded 2');
    expect(await ask(conditions, { at: NOW + 4 * HOUR })).toBe('permit');
  });

  it('gives the same request the same place however often it comes, and at release again', async () => {
    const conditions = [per('agency', 1)];
    for (let time = 0; time < 3; time += 1) expect(await ask(conditions, { digest: 'one' })).toBe('permit');
    expect(await ask(conditions, { digest: 'two' })).toContain('budget_exceeded 2');
    expect(await ask(conditions, { digest: 'one' })).toBe('permit');
  });

  it('counts plates and exceptions as well as requests', async () => {
    const plates: BudgetCondition = { per: 'officer', counted: 'plates', hours: 24, at_most: 5 };
    expect(await ask([plates], { plates: ['a', 'b', 'c'] })).toBe('permit');
    expect(await ask([plates], { plates: ['d', 'e', 'f'] })).toContain('budget_exceeded 6');
    const request = {
      side: 'release',
      digest: 'last',
      tags: { agency: ['x'], officer: [], case: [], plate: [] },
    } as const;
    await budgets.takePlace({ ...request, digest: 'first' }, { plates: 0, exception: true, now: NOW });
    await budgets.takePlace(request, { plates: 0, exception: false, now: NOW });
    const exceptions = { per: 'agency', counted: 'exceptions', hours: 1 } as const;
    expect(await budgets.before(request, [exceptions, { ...exceptions, per: 'officer' }], NOW)).toEqual([
      { ...exceptions, used: 1 },
    ]);
  });

  it('N01: has no counts for a request without a place, so that nothing is read as nought', async () => {
    const request: CountedRequest = {
      side: 'release',
      digest: 'never came',
      tags: { agency: ['a'], officer: ['o'], case: ['c'], plate: [] },
    };
    expect(await budgets.before(request, [per('agency', 5)], NOW)).toEqual([]);
  });

  it('keeps no plate, person or case, and forgets what no rule can count', async () => {
    await ask([per('agency', 5)], { at: NOW - 24 * 366 * 10 * HOUR - 1 });
    await ask([per('agency', 5)]);
    await budgets.forgetOld(NOW);
    const rows = await dataSource.query<{ count: string }[]>('select count(*) from budget_use');
    expect(rows).toEqual([{ count: '4' }]);
  });
});
