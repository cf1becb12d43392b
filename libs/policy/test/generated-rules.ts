import * as fc from 'fast-check';
import type { ReleaseConditions, Requirement } from '../src/conditions.js';
import type { Rule } from '../src/rule.js';
import { VOCABULARY } from '../src/vocabulary.js';
import { BASES, PROTECTIONS, mostly } from './generated-facts.js';

const requirement = (protection: string, levels: readonly string[]): fc.Arbitrary<Requirement> => {
  const about = fc.record(
    {
      protection: fc.constant(protection),
      basis: mostly<readonly string[]>(BASES, ['statute'], ['policy', 'declaration']),
      self_issued: fc.constant(true as const),
    },
    { requiredKeys: ['protection', 'basis'] },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(about, fc.constantFrom(...levels)).map(([a, at_least]) => ({ ...a, at_least })) },
    { weight: 1, arbitrary: about.map((a) => ({ ...a, as_strict_as_mine: true as const })) },
  );
};

export const conditions: fc.Arbitrary<ReleaseConditions> = fc.record(
  {
    require: fc
      .tuple(
        ...PROTECTIONS.map(({ id, levels }) =>
          requirement(
            id,
            levels.map((level) => level.id),
          ),
        ),
      )
      .chain((all) => fc.subarray(all, { minLength: 1 })),
    recipients: mostly<ReleaseConditions['recipients']>(
      [{ classes: ['municipal-police', 'county-sheriff'] }],
      [
        { classes: ['county-sheriff'] },
        { classes: ['municipal-police'], jurisdictions: ['WA'], purposes: ['criminal-investigation'] },
      ],
    ),
    beneficiary: mostly<ReleaseConditions['beneficiary']>({ allow: 'meets-same' }, { allow: 'none' }),
    purposes: mostly<ReleaseConditions['purposes']>(
      { allow: ['criminal-investigation', 'missing-person'] },
      { allow: ['criminal-investigation', 'missing-person'], deny: ['missing-person'] },
    ),
    offences: mostly<ReleaseConditions['offences']>(
      { allow: ['120', '240'] },
      { allow: 'all' },
      { allow: ['30A', '120'] },
    ),
    exceptions: mostly<NonNullable<ReleaseConditions['exceptions']>>(
      [
        {
          exception: 'emergency',
          purposes: ['criminal-investigation'],
          instead: { legal_process: { at_least: 'none' }, scope: { max_window_hours: 12, max_plates: 1 } },
          afterwards: { approve_within_hours: 24, report_within_hours: 72 },
        },
      ],
      [{ exception: 'emergency', purposes: ['missing-person'], afterwards: { report_within_hours: 72 } }],
    ),
    legal_process: fc.constantFrom('none', 'documented-purpose', 'warrant').map((at_least) => ({ at_least })),
    approval: fc.constant({ by: 'supervisor' as const }),
    officer: mostly<ReleaseConditions['officer']>(
      { acr: ['mfa', 'pwd'] },
      { acr: ['mfa'], roles: ['officer', 'clerk'] },
    ),
    case_number: mostly<ReleaseConditions['case_number']>(
      { patterns: ['##-####'] },
      { patterns: ['#####', '##-####'] },
    ),
    scope: mostly<ReleaseConditions['scope']>(
      { max_window_hours: 24, max_plates: 5 },
      { max_window_hours: 9000, max_plates: 9, max_fan_out: 50 },
    ),
    fields: fc.constant(['seen_at', 'plate']),
    obligations: fc.constant({
      retention_seconds: 86_400,
      purpose: 'named_case_only' as const,
      onward_transfer: 'refused_without_new_request' as const,
    }),
  },
  { noNullPrototype: true },
);

export function ruleOf(release: ReleaseConditions): Rule {
  return {
    schema: 'comity-rule/v2',
    owner: 'https://owner.example',
    version: 1,
    vocabulary: VOCABULARY.digest,
    title: 'generated',
    effective_from: '2026-01-01T00:00:00Z',
    release: { plate_history: release },
  };
}
