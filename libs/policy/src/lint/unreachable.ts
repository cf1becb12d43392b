import type {
  AskConditions,
  AskTier,
  ExceptionCondition,
  ReleaseTier,
  ScopeLimits,
  TierTrigger,
} from '../conditions.js';
import type { Rule } from '../rule.js';
import { levelRank, type Vocabulary } from '../vocabulary.js';
import { finding, type LintFinding } from './lint-finding.js';
import { openOffences, openPurposes, processRank, sectionsOf, type Section } from './section.js';

/** Clauses that can never have an effect: tiers, exceptions, budgets and conditions that nothing leads to. */
export function unreachable(rule: Rule, vocabulary: Vocabulary): readonly LintFinding[] {
  return sectionsOf(rule).flatMap((section) => [
    ...(section.conditions.tiers ?? []).flatMap((tier, place) =>
      tierFindings(tier, `${section.path}.tiers[${place}]`, section, vocabulary),
    ),
    ...(section.conditions.exceptions ?? []).flatMap((exception, place) =>
      exceptionFindings(exception, `${section.path}.exceptions[${place}]`, section.conditions, vocabulary),
    ),
    ...budgets(section),
    ...neverRead(section),
  ]);
}

function tierFindings(
  tier: AskTier | ReleaseTier,
  path: string,
  section: Section,
  vocabulary: Vocabulary,
): readonly LintFinding[] {
  const triggers = Object.keys(tier.when) as (keyof TierTrigger)[];
  const dead = triggers.filter((name) => !canBeReached(name, tier.when, section, vocabulary));
  if (dead.length === triggers.length) {
    const message = 'nothing that the section allows ever reaches this tier';
    return [
      finding(
        'error',
        'tier_unreachable',
        `${path}.when`,
        message,
        `widen the limits of \`${section.path}\`, or take the tier out`,
      ),
    ];
  }
  const deadFindings = dead.map((name) =>
    finding(
      'warning',
      'tier_unreachable',
      `${path}.when.${name}`,
      'the section allows nothing that goes beyond it',
      'take it out of `when`',
    ),
  );
  return [...deadFindings, ...addsNothing(tier, path, section, vocabulary)];
}

function canBeReached(name: keyof TierTrigger, when: TierTrigger, section: Section, vocabulary: Vocabulary): boolean {
  const { conditions, release } = section;
  const { scope } = conditions;
  // An exception may soften the limits, and then the tier is reached after all.
  const softened = (conditions.exceptions ?? []).flatMap(({ instead }) =>
    instead?.scope === undefined ? [] : [instead.scope],
  );
  const beyond = (value: number | undefined, limit: keyof ScopeLimits) =>
    [scope, ...softened].some((each: ScopeLimits) => {
      const max = each[limit];
      return value === undefined || typeof max !== 'number' || max > value;
    });
  switch (name) {
    case 'data_older_than_hours':
      return beyond(when.data_older_than_hours, 'max_data_age_hours');
    case 'window_over_hours':
      return beyond(when.window_over_hours, 'max_window_hours');
    case 'area_over_km2':
      return beyond(when.area_over_km2, 'max_area_km2');
    case 'areas_over':
      return beyond(when.areas_over, 'max_areas');
    case 'plates_over':
      return beyond(when.plates_over, 'max_plates');
    case 'fan_out_over':
      return beyond(when.fan_out_over, 'max_fan_out');
    case 'purposes':
      return (when.purposes ?? []).some((each) => openPurposes(conditions.purposes).has(each));
    case 'offences':
      return (when.offences ?? []).some((each) => openOffences(vocabulary, conditions.offences).has(each));
    case 'camera_owner_classes':
      return (
        release?.cameras === undefined ||
        (when.camera_owner_classes ?? []).some((each) => release.cameras?.owner_classes.includes(each) === true)
      );
  }
}

/** A tier adds to what is demanded anyway: what is not more than that does nothing. */
function addsNothing(
  tier: AskTier | ReleaseTier,
  path: string,
  { conditions, release }: Section,
  vocabulary: Vocabulary,
): LintFinding[] {
  const none = (member: string, message: string) =>
    finding(
      'warning',
      'tier_adds_nothing',
      `${path}.${member}`,
      message,
      'demand more than the section does, or take it out',
    );
  const found: LintFinding[] = [];
  const { legal_process: process, scope } = tier;
  const base = conditions.legal_process;
  if (process !== undefined && 'at_least' in process && 'at_least' in base && process.signed_by === base.signed_by) {
    if (processRank(vocabulary, process.at_least) <= processRank(vocabulary, base.at_least)) {
      found.push(none('legal_process', 'the section demands as much already'));
    }
  }
  for (const [limit, value] of Object.entries(scope ?? {})) {
    const outer = conditions.scope[limit as keyof ScopeLimits];
    if (typeof value !== 'number' || typeof outer !== 'number') continue;
    const tighter = limit.startsWith('min_') ? value > outer : value < outer;
    if (!tighter) found.push(none(`scope.${limit}`, `the section's own limit of ${outer} is as tight`));
  }
  const requirements: ReleaseTier['require'] = 'require' in tier ? tier.require : undefined;
  for (const [place, requirement] of (requirements ?? []).entries()) {
    const same = release?.require.find(({ protection }) => protection === requirement.protection);
    if (same === undefined || !('at_least' in same) || !('at_least' in requirement)) continue;
    const rank = (level: string) => levelRank(vocabulary, requirement.protection, level) ?? -1;
    const looserBasis = same.basis.every((basis) => requirement.basis.includes(basis));
    if (rank(requirement.at_least) <= rank(same.at_least) && looserBasis) {
      found.push(none(`require[${place}]`, 'the section requires as much already'));
    }
  }
  return found;
}

function exceptionFindings(
  { exception, purposes, instead }: ExceptionCondition,
  path: string,
  conditions: AskConditions,
  vocabulary: Vocabulary,
): LintFinding[] {
  const open = openPurposes(conditions.purposes);
  const found: LintFinding[] = [];
  if (!purposes.some((each) => open.has(each))) {
    found.push(
      finding(
        'error',
        'exception_unreachable',
        `${path}.purposes`,
        `\`${exception}\` is for purposes that the section does not allow, and no exception opens a purpose`,
        'allow one of the purposes in the section, or take the exception out',
      ),
    );
  }
  const softer = instead?.legal_process;
  const base = conditions.legal_process;
  if (softer !== undefined && 'at_least' in softer && 'at_least' in base) {
    if (processRank(vocabulary, softer.at_least) > processRank(vocabulary, base.at_least)) {
      const message = `who claims \`${exception}\` needs more (\`${softer.at_least}\`) than who does not (\`${base.at_least}\`)`;
      const at = `${path}.instead.legal_process`;
      found.push(
        finding('warning', 'exception_not_softer', at, message, 'let the exception ask for less, or leave it out'),
      );
    }
  }
  return found;
}

function budgets({ path, conditions }: Section): LintFinding[] {
  return (conditions.budgets ?? []).flatMap(({ counted, at_most: atMost }, place) => {
    const at = `${path}.budgets[${place}]`;
    if (counted === 'exceptions' && conditions.exceptions === undefined) {
      const message = 'it counts exceptions, and the section has none';
      return [finding('warning', 'budget_never_counted', at, message, 'take it out')];
    }
    const plates = conditions.scope.max_plates;
    if (counted === 'plates' && plates !== undefined && atMost < plates) {
      const message = `one request may name ${plates} plates, and the budget is used up by ${atMost}`;
      return [finding('warning', 'budget_below_limit', at, message, `set \`max_plates\` to ${atMost} or less`)];
    }
    return [];
  });
}

function neverRead({ kind, path, conditions }: Section): LintFinding[] {
  if (conditions.hot_list === undefined || kind === 'hot_list_alert') return [];
  const message = 'only a standing alert comes from a hot list';
  return [finding('warning', 'clause_never_read', `${path}.hot_list`, message, 'move it to `hot_list_alert`')];
}
