import type { JsonObject } from '#protocol';
import type { FederationPlan } from '../../apps/sandbox/src/plan.js';
import { changedRelease } from '../faults/changed-rule.js';
import type { TestFederation } from '../federation/start-federation.js';
import { statementFor } from '../federation/statements.js';
import { Canary, Haystack } from './canary.js';
import { ASKING, HOLDING } from './watched-federation.js';

export const PLATE = 'ZZZ999X';
export const CASE = '2026-918273';
/** In a form that the holding agency does not accept, which only it can see. */
export const MALFORMED_CASE = '26-918273';
export const NARRATIVE = 'QuailBeneathTheViaduct';
const REFERENCE = 'wombat-docket-4711';
const OFFICER_NAME = 'Wilhelmina Canaryson';
const OFFICER_SUB = 'sub-wilhelmina-canaryson';
const SUPERVISOR_SUB = `person-supervisor.${ASKING}`;

const canaries = [
  new Canary('plate', PLATE),
  new Canary('case number', CASE),
  new Canary('malformed case number', MALFORMED_CASE),
  new Canary('narrative', NARRATIVE),
  new Canary('legal process', REFERENCE),
  new Canary('officer name', OFFICER_NAME),
  new Canary('officer sub', OFFICER_SUB),
  new Canary('supervisor sub', SUPERVISOR_SUB),
];

/** Which of the canaries a text holds, in whatever form. */
export function namesIn(text: string): string[] {
  const haystack = new Haystack(text);
  return canaries.filter((canary) => canary.isIn(haystack)).map(({ name }) => name);
}

/** The question for the canary plate. */
export function canaryQuery(change: { plate?: string; until?: number }): JsonObject {
  const until = change.until ?? Date.now();
  return {
    kind: 'plate_history',
    plates: [{ text: change.plate ?? PLATE }],
    from: new Date(until - 2 * 86_400_000).toISOString(),
    until: new Date(until).toISOString(),
  };
}

/** What the canary officer states, with changes. */
export function canaryStatement(federation: TestFederation, change: JsonObject): JsonObject {
  const stated = {
    case_number: CASE,
    narrative: `${NARRATIVE}: a robbery`,
    legal_process: { class: 'documented-purpose', reference: REFERENCE },
    query: canaryQuery({}),
    ...change,
  };
  return statementFor(federation, [HOLDING], { statement: stated });
}

/** The officer's account at the provider. */
export function withCanaryName(account: JsonObject): JsonObject {
  if (account['username'] !== `officer.${ASKING}`) return account;
  return { ...account, name: OFFICER_NAME, sub: OFFICER_SUB };
}

/** The holding agency takes case numbers of one form only, and only it can see them. */
export function withCasePattern(plan: FederationPlan): FederationPlan {
  const agencies = plan.agencies.map((agency) =>
    agency.id === HOLDING
      ? {
          ...agency,
          rule: changedRelease(agency.rule, { case_number: { patterns: ['####-######'], source: 'a test' } }),
        }
      : agency,
  );
  return { ...plan, agencies };
}
