// Long because it compares every condition of a rule with the one that the owner's law demands.
import type {
  AskConditions,
  DeclarationCondition,
  LegalProcessCondition,
  RecipientCondition,
  ReleaseConditions,
  ReleaseTier,
  Requirement,
  ScopeLimits,
} from '../conditions.js';
import type { QueryKind, Rule } from '../rule.js';
import { STARTING_VALUE } from '../starting-rule.js';
import { levelRank, type Vocabulary } from '../vocabulary.js';
import { finding, type LintFinding } from './lint-finding.js';
import { openPurposes, processRank } from './section.js';

/** Stands in a floor for the entity id of a legal order whose id in the federation is not known. */
export const UNNAMED = 'https://unnamed.legal-order.invalid/';

/**
 * Clauses that give more than the owner's own law does. `floor` is the starting rule that the law demands; only clauses of
 * it that name a source are law, the rest are starting values that an owner may change.
 */
export function weakerThanLaw(rule: Rule, floor: Rule, vocabulary: Vocabulary): readonly LintFinding[] {
  const kinds = Object.keys(rule.release ?? {}) as QueryKind[];
  const sections = kinds.flatMap((kind) => {
    const conditions = rule.release?.[kind];
    const demanded = floor.release?.[kind];
    if (conditions === undefined || demanded === undefined) return [];
    return sectionFindings(conditions, demanded, `release.${kind}`, vocabulary);
  });
  return [...sections, ...forbidFindings(rule, floor)];
}

function weaker(path: string, message: string, remedy: string, source: string | undefined): LintFinding {
  return finding('error', 'weaker_than_own_law', path, message, remedy, source);
}

function sectionFindings(
  conditions: ReleaseConditions,
  floor: ReleaseConditions,
  path: string,
  vocabulary: Vocabulary,
): readonly LintFinding[] {
  return [
    ...floor.require.flatMap((demand) => requirementFinding(conditions.require, demand, `${path}.require`, vocabulary)),
    ...purposes(conditions, floor, path),
    ...offences(conditions, floor, path),
    ...beneficiary(conditions, floor, path),
    ...legalProcess(conditions.legal_process, floor.legal_process, `${path}.legal_process`, vocabulary),
    ...scope(conditions.scope, floor.scope, `${path}.scope`),
    ...recipients(conditions.recipients, floor.recipients, path, vocabulary),
    ...declarations(conditions.declarations, floor.declarations, path),
    ...kept(conditions, floor, path),
    ...(floor.tiers ?? []).flatMap((tier) => tierFinding(conditions, tier, path, vocabulary)),
  ];
}

/** Without a source, or with that of a starting value, it is no law and may be changed. */
function isLaw({ source }: { readonly source?: string }): boolean {
  return source !== undefined && source !== STARTING_VALUE;
}

function requirementFinding(
  require: readonly Requirement[],
  demand: Requirement,
  path: string,
  vocabulary: Vocabulary,
): LintFinding[] {
  if (!isLaw(demand)) return [];
  const { protection, source } = demand;
  const place = require.findIndex((each) => each.protection === protection);
  const own = require[place];
  const wanted = 'at_least' in demand ? `at_least: ${demand.at_least}` : 'as_strict_as_mine: true';
  if (own === undefined) {
    const message = `\`${protection}\` is not required`;
    return [weaker(path, message, `require \`${protection}\` with \`${wanted}\``, source)];
  }
  const found: LintFinding[] = [];
  const at = `${path}[${place}]`;
  if (!asStrict(own, demand, vocabulary)) {
    found.push(weaker(at, `\`${protection}\` is required below what the law demands`, `say \`${wanted}\``, source));
  }
  const more = own.basis.filter((basis) => !demand.basis.includes(basis));
  if (more.length > 0) {
    const message = `\`${protection}\` may rest on ${more.map((basis) => `\`${basis}\``).join(', ')}`;
    found.push(
      weaker(`${at}.basis`, message, `accept ${demand.basis.map((basis) => `\`${basis}\``).join(', ')} alone`, source),
    );
  }
  return found;
}

function asStrict(own: Requirement, demand: Requirement, vocabulary: Vocabulary): boolean {
  if ('as_strict_as_mine' in own) return 'as_strict_as_mine' in demand;
  // A level stated by name holds the law of today: whether it is the owner's own level is judged by `ownLevels`.
  if ('as_strict_as_mine' in demand) return true;
  const rank = (level: string) => levelRank(vocabulary, own.protection, level) ?? -1;
  return rank(own.at_least) >= rank(demand.at_least);
}

function purposes(conditions: AskConditions, floor: AskConditions, path: string): LintFinding[] {
  const { source } = floor.purposes;
  if (!isLaw(floor.purposes)) return [];
  const open = openPurposes(conditions.purposes);
  const denied = (floor.purposes.deny ?? []).filter((purpose) => open.has(purpose));
  return denied.map((purpose) =>
    weaker(
      `${path}.purposes.allow[${conditions.purposes.allow.indexOf(purpose)}]`,
      `\`${purpose}\` is a purpose that the law excludes`,
      `take \`${purpose}\` out of \`allow\``,
      source,
    ),
  );
}

function offences(conditions: AskConditions, floor: AskConditions, path: string): LintFinding[] {
  const { source, deny = [] } = floor.offences;
  const { allow, deny: own = [] } = conditions.offences;
  if (!isLaw(floor.offences) || allow === 'all') return [];
  return deny.flatMap((id) =>
    allow.includes(id) && !own.includes(id)
      ? [
          weaker(
            `${path}.offences.allow[${allow.indexOf(id)}]`,
            `\`${id}\` is an offence that the law excludes`,
            `take \`${id}\` out of \`allow\``,
            source,
          ),
        ]
      : [],
  );
}

const REACH = ['none', 'meets-same', 'declared'] as const;

function beneficiary(conditions: AskConditions, floor: AskConditions, path: string): LintFinding[] {
  const { allow, source } = floor.beneficiary;
  if (!isLaw(floor.beneficiary) || REACH.indexOf(conditions.beneficiary.allow) <= REACH.indexOf(allow)) return [];
  const message = 'reads are given on behalf of bodies that the law keeps out';
  return [weaker(`${path}.beneficiary.allow`, message, `say \`${allow}\``, source)];
}

function legalProcess(
  own: LegalProcessCondition,
  floor: LegalProcessCondition,
  path: string,
  vocabulary: Vocabulary,
): LintFinding[] {
  if (!isLaw(floor) || 'as_strict_as_mine' in own) return [];
  if ('as_strict_as_mine' in floor) {
    const message = 'a class is named where the law demands as much as of the owner’s own officers';
    return [weaker(path, message, 'say `as_strict_as_mine: true`', floor.source)];
  }
  if (processRank(vocabulary, own.at_least) >= processRank(vocabulary, floor.at_least)) return [];
  const message = `\`${own.at_least}\` is less than the law demands`;
  return [weaker(`${path}.at_least`, message, `say \`at_least: ${floor.at_least}\``, floor.source)];
}

function scope(own: ScopeLimits, floor: ScopeLimits, path: string): LintFinding[] {
  if (!isLaw(floor)) return [];
  return Object.entries(floor).flatMap(([name, limit]) => {
    const mine = own[name as keyof ScopeLimits];
    if (typeof limit !== 'number') return [];
    const tight = typeof mine === 'number' && (name.startsWith('min_') ? mine >= limit : mine <= limit);
    return tight
      ? []
      : [weaker(`${path}.${name}`, `wider than the law's ${limit}`, `set \`${name}\` to ${limit}`, floor.source)];
  });
}

/** Whoever receives by the rule has to receive by some entry of the law as well. */
function recipients(
  own: readonly RecipientCondition[],
  floor: readonly RecipientCondition[],
  path: string,
  vocabulary: Vocabulary,
): LintFinding[] {
  if (!floor.some(isLaw)) return [];
  const source = floor.find(isLaw)?.source;
  return own.flatMap((entry, place) =>
    entry.classes.flatMap((agencyClass) => {
      const lawful = floor.filter(({ classes }) => classes.includes(agencyClass));
      const at = `${path}.recipients[${place}]`;
      if (lawful.length === 0) {
        return [
          weaker(`${at}.classes`, `the law gives nothing to \`${agencyClass}\``, `take \`${agencyClass}\` out`, source),
        ];
      }
      if (lawful.some((each) => isWithin(entry, each, vocabulary))) return [];
      const message = `\`${agencyClass}\` receives on fewer conditions than the law has for it`;
      return [
        weaker(at, message, `demand what the law does: ${lawful.map(conditionsOf).join(', or ')}`, lawful[0]?.source),
      ];
    }),
  );
}

function within(mine: readonly string[] | undefined, law: readonly string[] | undefined): boolean {
  return law === undefined || (mine !== undefined && mine.every((each) => law.includes(each) || isUnnamed(law)));
}

function isWithin(own: RecipientCondition, floor: RecipientCondition, vocabulary: Vocabulary): boolean {
  const rank = (entry: RecipientCondition) =>
    entry.legal_process === undefined ? 0 : processRank(vocabulary, entry.legal_process.at_least);
  return (
    within(own.jurisdictions, floor.jurisdictions) &&
    within(own.agencies, floor.agencies) &&
    within(own.purposes, floor.purposes) &&
    rank(own) >= rank(floor) &&
    (floor.declarations ?? []).every((each) => hasDeclaration(own.declarations, each))
  );
}

/** Which entity id a legal order has in the federation the law does not say: then it is enough that some are named. */
function isUnnamed(law: readonly string[]): boolean {
  return law.some((id) => id.startsWith(UNNAMED));
}

function conditionsOf({
  jurisdictions,
  purposes: allowed,
  legal_process: needed,
  declarations: declared,
}: RecipientCondition) {
  const words = [
    ...(jurisdictions === undefined ? [] : [`jurisdictions ${jurisdictions.join(', ')}`]),
    ...(allowed === undefined ? [] : [`purposes ${allowed.join(', ')}`]),
    ...(needed === undefined ? [] : [`\`${needed.at_least}\``]),
    ...(declared ?? []).map(({ declaration }) => `the declaration \`${declaration}\``),
  ];
  return words.join(' and ');
}

function hasDeclaration(own: readonly DeclarationCondition[] | undefined, demand: DeclarationCondition): boolean {
  return (own ?? []).some(
    ({ declaration, sworn }) => declaration === demand.declaration && (demand.sworn !== true || sworn === true),
  );
}

function declarations(
  own: readonly DeclarationCondition[] | undefined,
  floor: readonly DeclarationCondition[] | undefined,
  path: string,
): LintFinding[] {
  return (floor ?? []).filter(isLaw).flatMap((demand) => {
    if (hasDeclaration(own, demand)) return [];
    const sworn = demand.sworn === true ? ', sworn' : '';
    const message = `the declaration \`${demand.declaration}\`${sworn} is not asked for`;
    return [weaker(`${path}.declarations`, message, `ask for \`${demand.declaration}\`${sworn}`, demand.source)];
  });
}

function kept(
  { obligations }: ReleaseConditions,
  { obligations: floor }: ReleaseConditions,
  path: string,
): LintFinding[] {
  const { retention_seconds: limit, source } = floor;
  if (!isLaw(floor) || obligations.retention_seconds <= limit) return [];
  const message = `receivers may keep reads for ${obligations.retention_seconds} seconds, the owner itself for ${limit}`;
  return [weaker(`${path}.obligations.retention_seconds`, message, `set it to ${limit}`, source)];
}

/** A tier of the law is there under any name: with a trigger that is reached no later, and demanding as much. */
function tierFinding(
  { tiers = [], legal_process: base }: ReleaseConditions,
  demand: ReleaseTier,
  path: string,
  vocabulary: Vocabulary,
): LintFinding[] {
  if (!isLaw(demand)) return [];
  const covers = (tier: ReleaseTier) =>
    reachedNoLater(tier.when, demand.when) &&
    (demand.legal_process === undefined ||
      legalProcess(tier.legal_process ?? base, { ...demand.legal_process, source: 'law' }, '', vocabulary).length ===
        0) &&
    (demand.require ?? []).every(
      (each) => requirementFinding(tier.require ?? [], { ...each, source: 'law' }, '', vocabulary).length === 0,
    );
  if (tiers.some(covers)) return [];
  const message = `the law demands more where \`${demand.name}\` is reached, and the section does not`;
  return [
    weaker(`${path}.tiers`, message, `take over the tier \`${demand.name}\` of the starting rule`, demand.source),
  ];
}

function reachedNoLater(own: ReleaseTier['when'], law: ReleaseTier['when']): boolean {
  return Object.entries(law).every(([name, value]) => {
    const mine: unknown = own[name as keyof typeof own];
    if (Array.isArray(value)) return Array.isArray(mine) && value.every((each) => mine.includes(each));
    return typeof mine === 'number' && typeof value === 'number' && mine <= value;
  });
}

function forbidFindings(rule: Rule, floor: Rule): LintFinding[] {
  return (floor.forbid ?? []).filter(isLaw).flatMap(({ name, when, sides, source }) => {
    const there = (rule.forbid ?? []).some(
      (clause) => sides.every((side) => clause.sides.includes(side)) && forbidsAsMuch(clause.when, when),
    );
    if (there) return [];
    return [
      weaker('forbid', `\`${name}\` is not forbidden`, `take over the clause \`${name}\` of the starting rule`, source),
    ];
  });
}

/** A clause with fewer conditions, each naming at least the same, forbids at least as much. */
function forbidsAsMuch(own: object, law: object): boolean {
  const lawful = new Map<string, unknown>(Object.entries(law));
  return Object.entries(own).every(([name, mine]: [string, unknown]) => {
    const value = lawful.get(name);
    if (!Array.isArray(mine)) return mine === value;
    return Array.isArray(value) && value.every((each) => mine.includes(each));
  });
}
