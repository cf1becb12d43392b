import type { ReleaseConditions, Requirement } from '../src/conditions.js';
import { VOCABULARY } from '../src/vocabulary.js';
import { PROTECTIONS } from './generated-facts.js';

const BASES = [...VOCABULARY.bases.keys()];

/** Ways to make a rule stricter; one that does not apply returns the rule as it is. */
export const STRICTER: readonly ((rule: ReleaseConditions) => ReleaseConditions)[] = [
  ...PROTECTIONS.flatMap(({ id, levels }) => [
    (rule: ReleaseConditions) =>
      onRequirement(rule, id, (r) => {
        if (!('at_least' in r)) return r;
        const next = levels[levels.findIndex((level) => level.id === r.at_least) + 1];
        return next ? { ...r, at_least: next.id } : r;
      }),
    (rule: ReleaseConditions) => onRequirement(rule, id, (r) => ({ ...r, basis: r.basis.slice(1) })),
    (rule: ReleaseConditions) => onRequirement(rule, id, ({ self_issued: _dropped, ...r }) => r),
    (rule: ReleaseConditions) => {
      if (rule.require.some(({ protection }) => protection === id)) return rule;
      return { ...rule, require: [...rule.require, { protection: id, at_least: levels[0]?.id ?? '', basis: BASES }] };
    },
  ]),
  (rule) => ({ ...rule, recipients: rule.recipients.map((each) => ({ ...each, classes: each.classes.slice(1) })) }),
  (rule) => ({ ...rule, recipients: rule.recipients.slice(1) }),
  (rule) => ({ ...rule, beneficiary: { allow: 'none' } }),
  (rule) => ({ ...rule, purposes: { ...rule.purposes, allow: rule.purposes.allow.slice(1) } }),
  (rule) => ({ ...rule, purposes: { ...rule.purposes, deny: ['criminal-investigation'] } }),
  (rule) => ({
    ...rule,
    offences: { allow: rule.offences.allow === 'all' ? ['240', '120'] : rule.offences.allow.slice(1) },
  }),
  (rule) => ({ ...rule, offences: { ...rule.offences, deny: ['240'] } }),
  ({ exceptions: _dropped, ...rule }) => rule,
  // `as_strict_as_mine` may deny what a demanded warrant would permit: where the owner's own level is not attested.
  (rule) => ({
    ...rule,
    legal_process:
      'at_least' in rule.legal_process ? { ...rule.legal_process, at_least: 'warrant' } : rule.legal_process,
  }),
  (rule) => ({ ...rule, legal_process: { ...rule.legal_process, signed_by: 'court' } }),
  (rule) => ({ ...rule, approval: { ...rule.approval, roles: ['chief'] } }),
  (rule) => ({ ...rule, case_number: { ...rule.case_number, active: true } }),
  (rule) => ({ ...rule, witnesses: { at_least: (rule.witnesses?.at_least ?? 0) + 1 } }),
  (rule) => ({ ...rule, cameras: { owner_classes: (rule.cameras?.owner_classes ?? ['public', 'private']).slice(1) } }),
  (rule) => ({ ...rule, declarations: [...(rule.declarations ?? []), { declaration: 'neighbour-agreement' }] }),
  (rule) => ({ ...rule, declarations: rule.declarations?.map((each) => ({ ...each, sworn: true })) ?? [] }),
  (rule) => ({
    ...rule,
    budgets: [...(rule.budgets ?? []), { per: 'officer', counted: 'requests', hours: 24, at_most: 2 }],
  }),
  (rule) => ({
    ...rule,
    tiers: [...(rule.tiers ?? []), { name: 'more', when: { window_over_hours: 1 }, scope: { max_plates: 1 } }],
  }),
  (rule) => ({
    ...rule,
    tiers: (rule.tiers ?? []).map((tier) => ({ ...tier, when: { ...tier.when, window_over_hours: 1 } })),
  }),
  (rule) => ({
    ...rule,
    recipients: rule.recipients.map((each) => ({ ...each, purposes: ['missing-person'] })),
  }),
  (rule) => ({ ...rule, recipients: rule.recipients.map((each) => ({ ...each, jurisdictions: [] })) }),
  (rule) => ({ ...rule, scope: { ...rule.scope, max_data_age_hours: 12 } }),
  (rule) => ({ ...rule, scope: { ...rule.scope, max_area_km2: 1 } }),
  (rule) => ({ ...rule, officer: { ...rule.officer, acr: rule.officer.acr.slice(1) } }),
  (rule) => ({ ...rule, officer: { ...rule.officer, roles: (rule.officer.roles ?? ['officer', 'clerk']).slice(1) } }),
  (rule) => ({ ...rule, case_number: { patterns: rule.case_number.patterns.slice(1) } }),
  (rule) => ({ ...rule, scope: { ...rule.scope, max_window_hours: rule.scope.max_window_hours / 2 } }),
  (rule) => ({ ...rule, scope: { ...rule.scope, max_plates: (rule.scope.max_plates ?? 5) - 4 } }),
  (rule) => ({ ...rule, scope: { ...rule.scope, max_fan_out: 1 } }),
];

function onRequirement(
  rule: ReleaseConditions,
  protection: string,
  change: (requirement: Requirement) => Requirement,
): ReleaseConditions {
  return { ...rule, require: rule.require.map((r) => (r.protection === protection ? change(r) : r)) };
}
