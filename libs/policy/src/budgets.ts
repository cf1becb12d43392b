import type { BudgetCondition } from './conditions.js';
import type { RequestFacts } from './facts.js';
import { judge, met, unmet, type Finding, type Point } from './finding.js';

/** What was asked before and what is asked now, together. A count that nobody has made is not zero. */
export function budgetFindings(
  conditions: readonly BudgetCondition[] | undefined,
  request: RequestFacts,
): readonly Finding[] {
  const named = (conditions ?? []).map((condition) => ({ condition, name: nameOf(condition) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return named.flatMap(({ condition, name }) => budgetFinding(condition, name, request));
}

function nameOf({ per, counted, hours, at_most: atMost }: BudgetCondition): string {
  return `budget.${per}.${counted}.${hours}h.${atMost}`;
}

function budgetFinding(condition: BudgetCondition, name: string, request: RequestFacts): readonly Finding[] {
  const { per, counted, hours, at_most: atMost } = condition;
  const point: Point = {
    requirement: name,
    required: `at most ${atMost} ${counted} per ${per} in ${hours} hours, this one included`,
    source: condition.source,
    remedy: 'wait, or let the owner review further requests of this kind',
  };
  const finding = judge(request.budgets, point, (budgets) => {
    const uses = budgets.filter((use) => use.per === per && use.counted === counted && use.hours === hours);
    if (uses.length === 0) return unmet(point, 'fact_missing', 'not counted');
    const asked = askedNow(condition, request);
    if (asked.state === 'absent') return unmet(point, 'fact_missing', 'not stated');
    // Of two counts of the same the larger one holds.
    const used = Math.max(...uses.map((use) => use.used));
    return judge(asked, point, (now) => {
      const total = used + now;
      // A count that is negative or no number would make room.
      if (!(Number.isSafeInteger(used) && used >= 0 && Number.isSafeInteger(now) && now >= 0)) {
        return unmet(point, 'unknown_value', 'no count');
      }
      return total <= atMost ? met(point, String(total)) : unmet(point, 'budget_exceeded', String(total));
    });
  });
  return [finding];
}

function askedNow({ counted }: BudgetCondition, request: RequestFacts): RequestFacts['plateCount'] {
  switch (counted) {
    case 'requests':
      return { state: 'known', value: 1 };
    case 'plates':
      return request.plateCount;
    case 'exceptions':
      return request.exception.state === 'known'
        ? { state: 'known', value: request.exception.value === 'none' ? 0 : 1 }
        : request.exception;
  }
}
