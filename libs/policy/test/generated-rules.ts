import * as fc from 'fast-check';
import type { ForbidMatch, ReleaseConditions, ReleaseTier, Requirement } from '../src/conditions.js';
import type { Rule } from '../src/rule.js';
import { VOCABULARY } from '../src/vocabulary.js';
import { BASES, DECLARATION, PROTECTIONS, mostly } from './generated-facts.js';

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

/** A clause that a third of the rules have. */
function sometimes<T>(clause: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: clause });
}

const base = fc.record(
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
      [
        { classes: ['municipal-police'], jurisdictions: ['own'], declarations: [{ declaration: DECLARATION }] },
        { classes: ['municipal-police'], agencies: ['https://asker.example'], legal_process: { at_least: 'warrant' } },
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
    legal_process: fc.constantFrom<ReleaseConditions['legal_process']>(
      { at_least: 'none' },
      { at_least: 'documented-purpose' },
      { at_least: 'warrant' },
      { at_least: 'court-order', signed_by: 'court' },
      { as_strict_as_mine: true },
    ),
    approval: mostly<ReleaseConditions['approval']>({ by: 'supervisor' }, { by: 'supervisor', roles: ['supervisor'] }),
    officer: mostly<ReleaseConditions['officer']>(
      { acr: ['mfa', 'pwd'] },
      { acr: ['mfa'], roles: ['officer', 'clerk'] },
    ),
    case_number: mostly<ReleaseConditions['case_number']>(
      { patterns: ['##-####'] },
      { patterns: ['#####', '##-####'] },
      { patterns: ['##-####'], active: true },
    ),
    scope: mostly<ReleaseConditions['scope']>(
      { max_window_hours: 24, max_plates: 5 },
      { max_window_hours: 9000, max_plates: 9, max_fan_out: 50 },
      { max_window_hours: 48, max_plates: 9, max_area_km2: 3, max_areas: 1, max_data_age_hours: 24, min_characters: 4 },
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

const exceptions = mostly<NonNullable<ReleaseConditions['exceptions']>>(
  [
    {
      exception: 'emergency',
      purposes: ['criminal-investigation'],
      instead: {
        legal_process: { at_least: 'none' },
        scope: { max_window_hours: 12, max_plates: 1 },
        recipients: [{ classes: ['municipal-police', 'immigration-agency'] }],
      },
      afterwards: { approve_within_hours: 24, report_within_hours: 72 },
    },
  ],
  [{ exception: 'emergency', purposes: ['missing-person'], afterwards: { report_within_hours: 72 } }],
);

const tier = fc.record<ReleaseTier>(
  {
    name: fc.constantFrom('old', 'wide'),
    when: fc.constantFrom<ReleaseTier['when']>(
      { data_older_than_hours: 24 * 30 },
      { window_over_hours: 12 },
      { area_over_km2: 3, areas_over: 1 },
      { plates_over: 5, fan_out_over: 50 },
      { purposes: ['missing-person'], offences: ['240'] },
      { camera_owner_classes: ['private'] },
    ),
    legal_process: fc.constantFrom({ at_least: 'warrant' }, { at_least: 'documented-purpose' }),
    approval: fc.constant({ by: 'supervisor' as const, roles: ['supervisor'] }),
    require: fc.constant([{ protection: 'retention', at_least: 'days-21', basis: BASES }]),
    declarations: fc.constant([{ declaration: DECLARATION, sworn: true as const }]),
    witnesses: fc.constant({ at_least: 1 }),
    scope: fc.constant({ max_plates: 2 }),
  },
  { requiredKeys: ['name', 'when'], noNullPrototype: true },
);

const more = fc.record(
  {
    exceptions: sometimes(exceptions),
    declarations: sometimes(
      fc.constantFrom<NonNullable<ReleaseConditions['declarations']>>(
        [{ declaration: DECLARATION }],
        [{ declaration: DECLARATION, sworn: true, wording: 'a'.repeat(43), max_age_hours: 48 }],
      ),
    ),
    budgets: sometimes(
      fc.constantFrom<NonNullable<ReleaseConditions['budgets']>>(
        [{ per: 'officer', counted: 'requests', hours: 24, at_most: 5 }],
        [{ per: 'officer', counted: 'plates', hours: 24, at_most: 500 }],
      ),
    ),
    cameras: sometimes(fc.constant({ owner_classes: ['public'] })),
    witnesses: sometimes(fc.constant({ at_least: 2 })),
    tiers: sometimes(fc.uniqueArray(tier, { selector: ({ name }) => name, minLength: 1, maxLength: 2 })),
  },
  { noNullPrototype: true },
);

/** The conditions of a release, with the clauses that a rule may leave out now and then. */
export const conditions: fc.Arbitrary<ReleaseConditions> = fc.tuple(base, more).map(([conditionsOf, clauses]) => ({
  ...conditionsOf,
  ...(Object.fromEntries(
    Object.entries(clauses).filter(([, clause]) => clause !== undefined),
  ) as Partial<ReleaseConditions>),
}));

const forbidden = fc.constantFrom<ForbidMatch>(
  { classes: ['immigration-agency'] },
  { offences: ['30A'] },
  { purposes: ['immigration-enforcement'], jurisdictions: ['own'] },
  { camera_owner_classes: ['private'], exceptions: ['none'] },
  { case_numbers: ['#####'] },
  { agencies: ['https://x.example'], kinds: ['plate_history'] },
  { jurisdictions: ['GA', 'OR'] },
  { hot_list_sources: ['nothing-of-the-kind'] },
  { onward: true },
  { onward: true, purposes: ['missing-person'] },
);

/** A whole rule; a third of them forbid something. */
export const rules: fc.Arbitrary<Rule> = fc
  .tuple(conditions, sometimes(fc.uniqueArray(forbidden, { minLength: 1, maxLength: 2 })))
  .map(([release, forbid]) => ({
    ...ruleOf(release),
    ...(forbid === undefined
      ? {}
      : { forbid: forbid.map((when, index) => ({ name: `clause-${index}`, sides: ['release' as const], when })) }),
  }));

export function releaseOf(rule: Rule): ReleaseConditions {
  const release = rule.release?.plate_history;
  if (release === undefined) throw new Error('a rule that releases is expected');
  return release;
}

export function withRelease(rule: Rule, release: ReleaseConditions): Rule {
  return { ...rule, release: { plate_history: release } };
}

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
