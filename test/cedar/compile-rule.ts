// Long because it is the whole rule language once more, in another language.
import {
  VOCABULARY,
  vocabularyByDigest,
  type AskTier,
  type DeclarationCondition,
  type ExceptionCondition,
  type ForbidClause,
  type LegalProcessCondition,
  type OffenceCondition,
  type OfficerCondition,
  type PurposeCondition,
  type QueryKind,
  type RecipientCondition,
  type ReleaseConditions,
  type ReleaseTier,
  type Requirement,
  type Rule,
  type ScopeLimits,
  type SoftenedConditions,
  type TierTrigger,
  type Vocabulary,
} from '#policy';
import { MAX_ORDERS, MAX_OTHERS, METRES, markText } from './cedar-context.js';
import { FALSE, TRUE, all, any, either, has, isTrue, not, oneOf, set, text, type Expression } from './expressions.js';

const HOUR_MS = 3_600_000;
/** Each but the requester only where there is one. */
const OTHER_RECEIVERS = ['beneficiaryParty', ...[...Array(MAX_OTHERS).keys()].map((place) => `other${place}`)];

/**
 * A rule as Cedar policies, one permit for each kind of query that is released and one forbid for each clause that
 * forbids. Written from the description of the rule language and not from `decide`: a mistake in one is none in the other.
 * What Cedar has no words for (patterns of letters, shapes on the earth) is in `cedar-context.ts`.
 */
export function compileRule(rule: Rule): Record<string, string> {
  const vocabulary = vocabularyByDigest(rule.vocabulary) ?? VOCABULARY;
  const policies: Record<string, string> = {};
  for (const [kind, conditions] of Object.entries(rule.release ?? {})) {
    const section = new Section(kind as QueryKind, conditions, vocabulary);
    const parts = [inEffect(rule), ...section.parts()];
    policies[`permit-${kind}`] =
      `permit(principal, action, resource) ${parts.map((part) => `when { ${part} }`).join('\n')};`;
  }
  for (const clause of (rule.forbid ?? []).filter(({ sides }) => sides.includes('release'))) {
    policies[`forbid-${clause.name}`] = `forbid(principal, action, resource) when { ${forbidden(clause)} };`;
  }
  return policies;
}

function inEffect({ effective_from: from, effective_until: until }: Rule): Expression {
  return all([
    `${Date.parse(from)} <= context.now`,
    ...(until === undefined ? [] : [`context.now < ${Date.parse(until)}`]),
  ]);
}

/** Nobody is left out: the requester, the beneficiary where an enrolled one is named, and whoever has access to either. */
function everyReceiver(expression: (receiver: Expression) => Expression): Expression {
  return all([
    expression('context.requester'),
    ...OTHER_RECEIVERS.map((other) => any([not(has('context', other)), expression(`context.${other}`)])),
  ]);
}

class Section {
  constructor(
    private readonly kind: QueryKind,
    private readonly conditions: ReleaseConditions,
    private readonly vocabulary: Vocabulary,
  ) {}

  parts(): readonly Expression[] {
    const { conditions } = this;
    return [
      oneOf('kind', [this.kind]),
      oneOf('contentKind', [this.kind]),
      everyReceiver((receiver) => `${receiver}.idIsWellFormed`),
      everyReceiver((receiver) => `${receiver}.accessIsKnown`),
      this.beneficiary(),
      this.purposes(conditions.purposes),
      this.exceptionIsAllowed(),
      this.softenable('offences', (own) => this.offences(own ?? conditions.offences)),
      this.softenable('legal_process', (own) => this.process(own ?? conditions.legal_process)),
      this.softenable('scope', (own) => this.scope(own ?? conditions.scope)),
      this.softenable('recipients', (own) => this.recipients(own ?? conditions.recipients)),
      this.softenable('declarations', (own) => this.declarations(own ?? conditions.declarations)),
      any([this.approvedAfterwards(), approval(conditions.approval.roles)]),
      officer(conditions.officer),
      caseNumber(conditions.case_number),
      ...(conditions.budgets ?? []).map(budget),
      ...(conditions.hot_list === undefined ? [] : [this.hotList()]),
      conditions.require.length === 0 ? FALSE : this.require(conditions.require),
      ...(conditions.cameras === undefined ? [] : [this.cameras()]),
      ...(conditions.witnesses === undefined ? [] : [witnesses(conditions.witnesses.at_least)]),
      ...(conditions.tiers ?? []).map((tier) => this.tier(tier)),
    ];
  }

  private beneficiary(): Expression {
    const { allow } = this.conditions.beneficiary;
    const kinds = { none: ['none'], 'meets-same': ['none', 'party'], declared: ['none', 'party', 'not_enrolled'] };
    return all([
      oneOf('beneficiaryKind', kinds[allow]),
      any(['context.beneficiaryKind == "none"', isTrue('beneficiaryIdIsWellFormed')]),
    ]);
  }

  private purposes({ allow, deny = [] }: PurposeCondition): Expression {
    return oneOf(
      'purpose',
      allow.filter((each) => this.vocabulary.purposes.has(each) && !deny.includes(each)),
    );
  }

  private offences({ allow, deny = [] }: OffenceCondition): Expression {
    const open = [...this.vocabulary.offences.values()].filter(({ id, retired, immigration, catchAll }) => {
      if (retired === true || deny.includes(id)) return false;
      return allow === 'all' ? immigration !== true && catchAll !== true : allow.includes(id);
    });
    return oneOf(
      'offence',
      open.map(({ id }) => id),
    );
  }

  /** The first clause for an exception is the one that counts. */
  private clauses(): readonly ExceptionCondition[] {
    const { exceptions = [] } = this.conditions;
    return exceptions.filter(
      ({ exception }, place) => exceptions.findIndex((each) => each.exception === exception) === place,
    );
  }

  private exceptionIsAllowed(): Expression {
    const claimed = this.clauses().map(({ exception, purposes }) =>
      all([
        oneOf('exception', [exception]),
        oneOf('purpose', purposes),
        has('context', 'overdueDuties'),
        'context.overdueDuties == 0',
      ]),
    );
    return any([oneOf('exception', ['none']), ...claimed]);
  }

  /** One of the conditions that an exception may put another one in the place of. */
  private softenable<K extends keyof SoftenedConditions>(
    name: K,
    compiled: (own: SoftenedConditions[K] | undefined) => Expression,
  ): Expression {
    return this.clauses().reduce((otherwise, { exception, instead }) => {
      const own = instead?.[name];
      return own === undefined ? otherwise : either(oneOf('exception', [exception]), compiled(own), otherwise);
    }, compiled(undefined));
  }

  private approvedAfterwards(): Expression {
    const clauses = this.clauses().filter(({ afterwards }) => afterwards.approve_within_hours !== undefined);
    return any(clauses.map(({ exception }) => oneOf('exception', [exception])));
  }

  private process(condition: LegalProcessCondition): Expression {
    if ('at_least' in condition) return this.processAtLeast(condition.at_least, condition);
    const base = this.vocabulary.kinds.get(this.kind)?.legalProcess ?? '';
    const ages = [
      [`${base}-over-30-days`, 720],
      [`${base}-over-7-days`, 168],
      [`${base}-over-72-hours`, 72],
    ] as const;
    const younger = this.processAsOwners(base, condition);
    const byAge = ages
      .toReversed()
      .reduce(
        (otherwise, [protection, hours]) =>
          this.vocabulary.protections.has(protection)
            ? either(
                `context.now - context.window.fromMs > ${hours * HOUR_MS}`,
                this.processAsOwners(protection, condition),
                otherwise,
              )
            : otherwise,
        younger,
      );
    return all([has('context', 'window'), byAge]);
  }

  private processAsOwners(protection: string, condition: LegalProcessCondition): Expression {
    return this.atOwnersLevel(protection, (level) => this.processAtLeast(level, condition));
  }

  private processAtLeast(least: string, { signed_by: signedBy }: LegalProcessCondition): Expression {
    const order = [...this.vocabulary.legalProcess.keys()];
    const enough = order.slice(order.indexOf(least));
    const withoutDocument = order.slice(0, order.indexOf('sworn-statement'));
    const content = 'context.legalProcessContent';
    const bounded = order.indexOf(least) >= order.indexOf('court-order');
    return all([
      oneOf('legalProcess', order.includes(least) ? enough : []),
      has('context', 'legalProcessContent'),
      `${set(order)}.contains(${content}.class)`,
      `${content}.class == context.legalProcess`,
      any([`${set(withoutDocument)}.contains(${content}.class)`, `${content}.hasReference`]),
      ...(bounded ? [warrant()] : []),
      ...(bounded && signedBy !== undefined ? ['context.warrant.signedBy == "court"'] : []),
    ]);
  }

  /** The strictest level that binds the owner; nothing where none does, or where one of them is unknown. */
  private atOwnersLevel(protection: string, compiled: (level: string) => Expression): Expression {
    const covering = this.covering(protection);
    const levels = this.vocabulary.protections.get(protection)?.levels ?? [];
    const byLevel = levels.reduce((otherwise, { id }) => {
      const held = `context.owner.levels.containsAny(${set(covering.map((each) => `${each}|${id}`))})`;
      return either(held, compiled(id), otherwise);
    }, FALSE);
    const unknown = `context.owner.protections.containsAny(${set(covering)})`;
    const known = set(covering.flatMap((each) => levels.map(({ id }) => `${each}|${id}`)));
    const none = covering.map((each) => `(${known}.containsAll(context.owner.levelsOf["${each}"]))`);
    return all([has('context', 'owner'), unknown, ...none, byLevel]);
  }

  private covering(protection: string): readonly string[] {
    return [protection, ...(this.vocabulary.protections.get(protection)?.coveredBy ?? [])];
  }

  private require(requirements: readonly Requirement[]): Expression {
    return all(
      requirements.map((requirement) => {
        const { protection } = requirement;
        if ('at_least' in requirement) return this.protectedAt(requirement, requirement.at_least);
        return this.atOwnersLevel(protection, (level) => this.protectedAt(requirement, level));
      }),
    );
  }

  /** In every legal order of every receiver there is one mark that has level, basis and issuer together. */
  private protectedAt({ protection, basis, self_issued: self }: Requirement, level: string): Expression {
    const marks = this.covering(protection).flatMap((each) => {
      const levels = this.vocabulary.protections.get(each)?.levels.map(({ id }) => id) ?? [];
      const enough = levels.includes(level) ? levels.slice(levels.indexOf(level)) : [];
      const issuers = self === true ? [true, false] : [false];
      return enough.flatMap((id) =>
        basis.flatMap((rests) =>
          issuers.map((isSelf) => markText({ protection: each, level: id, basis: rests, isSelf })),
        ),
      );
    });
    const accepted = set(marks);
    return everyReceiver((receiver) => {
      const orders = [...Array(MAX_ORDERS).keys()].map((place) => {
        const order = `order${place}`;
        const protectedThere = `${receiver}.${order}.containsAny(${accepted})`;
        return place === 0 ? protectedThere : any([not(has(receiver, order)), protectedThere]);
      });
      return all([has(receiver, 'order0'), ...orders]);
    });
  }

  private scope(limits: ScopeLimits): Expression {
    const parts: Expression[] = [];
    const add = (limit: number | undefined, compiled: (limit: number) => readonly Expression[]) => {
      if (limit !== undefined) parts.push(...compiled(limit));
    };
    const window = 'context.window';
    add(limits.max_window_hours, (hours) => [
      has('context', 'window'),
      `${window}.fromMs < ${window}.untilMs`,
      `${window}.untilMs - ${window}.fromMs <= ${hours * HOUR_MS}`,
    ]);
    add(limits.max_data_age_hours, (hours) => [
      has('context', 'window'),
      `context.now - ${window}.fromMs <= ${hours * HOUR_MS}`,
    ]);
    add(limits.max_plates, (most) => [
      has('context', 'plateCount'),
      '1 <= context.plateCount',
      `context.plateCount <= ${most}`,
    ]);
    add(limits.max_fan_out, (most) => [has('context', 'fanOut'), '1 <= context.fanOut', `context.fanOut <= ${most}`]);
    add(limits.max_area_km2, (most) => [
      has('context', 'area'),
      '0 < context.area.squareMetres',
      `context.area.squareMetres <= ${most * METRES}`,
    ]);
    add(limits.max_areas, (most) => [
      has('context', 'area'),
      '1 <= context.area.count',
      `context.area.count <= ${most}`,
    ]);
    add(limits.min_characters, (least) => [has('context', 'characters'), `${least} <= context.characters`]);
    return all(parts);
  }

  private recipients(entries: readonly RecipientCondition[]): Expression {
    return everyReceiver((receiver) => any(entries.map((entry) => this.recipient(entry, receiver))));
  }

  private recipient(entry: RecipientCondition, receiver: Expression): Expression {
    const { classes, jurisdictions, agencies, purposes, legal_process: process, declarations = [] } = entry;
    const named = jurisdictions?.filter((id) => id !== 'own') ?? [];
    const own = jurisdictions?.includes('own') === true;
    return all([
      has(receiver, 'class'),
      `${set(classes.filter((id) => this.vocabulary.agencyClasses.has(id)))}.contains(${receiver}.class)`,
      ...(jurisdictions === undefined
        ? []
        : [has(receiver, 'jurisdictions'), not(`${receiver}.jurisdictions.isEmpty()`), within(receiver, named, own)]),
      ...(agencies === undefined ? [] : [`${set(agencies)}.contains(${receiver}.id)`]),
      ...(purposes === undefined ? [] : [oneOf('purpose', purposes)]),
      ...(process === undefined ? [] : [this.processAtLeast(process.at_least, process)]),
      ...declarations.map((each) => declared(each, receiver)),
    ]);
  }

  private declarations(conditions: readonly DeclarationCondition[] | undefined): Expression {
    return everyReceiver((receiver) => all((conditions ?? []).map((each) => declared(each, receiver))));
  }

  private hotList(): Expression {
    const { sources = [], max_list_age_hours: hours = 0 } = this.conditions.hot_list ?? {};
    const age = 'context.now - context.hotList.refreshedAtMs';
    const known = sources.filter((each) => this.vocabulary.hotListSources.has(each));
    return all([
      has('context', 'hotList'),
      `${set(known)}.contains(context.hotList.source)`,
      `0 <= ${age}`,
      `${age} <= ${hours * HOUR_MS}`,
    ]);
  }

  private cameras(): Expression {
    const owners = this.conditions.cameras?.owner_classes ?? [];
    const known = owners.filter((each) => this.vocabulary.cameraOwnerClasses.has(each));
    return all([has('context', 'cameraOwnerClasses'), `${set(known)}.containsAll(context.cameraOwnerClasses)`]);
  }

  /** Reached by any one trigger; where none is and one cannot be known, the whole is denied. */
  private tier(tier: ReleaseTier): Expression {
    const { reached, unknown } = triggers(tier.when);
    return either(any(reached), this.tierConditions(tier), not(any(unknown)));
  }

  private tierConditions(tier: AskTier & ReleaseTier): Expression {
    const softened = (name: keyof SoftenedConditions, own: Expression): Expression => {
      const clauses = this.clauses().filter(({ instead }) => instead?.[name] !== undefined);
      return any([...clauses.map(({ exception }) => oneOf('exception', [exception])), own]);
    };
    const parts: Expression[] = [];
    const add = <T>(clause: T | undefined, compiled: (clause: T) => Expression) => {
      if (clause !== undefined) parts.push(compiled(clause));
    };
    add(tier.purposes, (clause) => this.purposes(clause));
    add(tier.offences, (clause) => softened('offences', this.offences(clause)));
    add(tier.legal_process, (clause) => softened('legal_process', this.process(clause)));
    add(tier.scope, (clause) => softened('scope', this.scope(clause)));
    add(tier.recipients, (clause) => softened('recipients', this.recipients(clause)));
    add(tier.declarations, (clause) => softened('declarations', this.declarations(clause)));
    add(tier.approval, ({ roles }) => any([this.approvedAfterwards(), approval(roles)]));
    add(tier.officer, officer);
    add(tier.case_number, caseNumber);
    add(tier.require, (clause) => this.require(clause));
    add(tier.witnesses, ({ at_least: least }) => witnesses(least));
    return all(parts);
  }
}

function approval(roles: readonly string[] | undefined): Expression {
  return all([
    ...(roles === undefined ? [] : [oneOf('approverRole', roles)]),
    isTrue('approvalExists'),
    isTrue('approverDistinct'),
  ]);
}

function officer({ acr, roles }: OfficerCondition): Expression {
  return all([oneOf('officerAcr', acr), ...(roles === undefined ? [] : [oneOf('officerRole', roles)])]);
}

function caseNumber({ patterns, active }: ReleaseConditions['case_number']): Expression {
  const fits = all([has('context', 'caseNumber'), `context.caseNumber.fits.containsAny(${set(patterns)})`]);
  return all([fits, ...(active === true ? [isTrue('caseActive')] : [])]);
}

function budget({ per, counted, hours, at_most: most }: NonNullable<ReleaseConditions['budgets']>[number]): Expression {
  const name = `${per}_${counted}_${hours}`;
  const asked = { requests: TRUE, plates: has('context', 'plateCount'), exceptions: has('context', 'exception') };
  const now = {
    requests: '1',
    plates: 'context.plateCount',
    exceptions: '(if context.exception == "none" then 0 else 1)',
  };
  return all([
    has('context', 'budgets'),
    has('context.budgets', name),
    asked[counted],
    `0 <= context.budgets.${name}`,
    `0 <= ${now[counted]}`,
    `context.budgets.${name} + ${now[counted]} <= ${most}`,
  ]);
}

function witnesses(least: number): Expression {
  return all([has('context', 'witnesses'), `${least} <= context.witnesses`]);
}

function declared(
  { declaration, wording, sworn, max_age_hours: hours }: DeclarationCondition,
  receiver: Expression,
): Expression {
  const name = JSON.stringify(declaration);
  const one = [...Array(MAX_DECLARATIONS).keys()].map((place) => {
    const each = `context.declarations.d${place}`;
    return all([
      has('context.declarations', `d${place}`),
      `${each}.declaration == ${name}`,
      `${each}.issuer == ${receiver}.id`,
      ...(wording === undefined ? [] : [`${each}.wording == ${text(wording)}`]),
      ...(sworn === true ? [`${each}.sworn`] : []),
      `${each}.signedAtMs <= context.now`,
      `context.now < ${each}.untilMs`,
      ...(hours === undefined ? [] : [`context.now - ${each}.signedAtMs <= ${hours * HOUR_MS}`]),
    ]);
  });
  return all([has('context', 'declarations'), any(one)]);
}

/** So many declarations are looked at; a case with more is no case of this engine. */
export const MAX_DECLARATIONS = 3;

function warrant(): Expression {
  const needed = ['warrant', 'searched', 'window', 'offence', 'caseNumber'];
  const w = 'context.warrant';
  const limited = (name: string, expression: Expression) => any([not(has(w, name)), expression]);
  return all([
    ...needed.map((each) => has('context', each)),
    `${w}.class == context.legalProcess`,
    `${w}.digest == ${w}.committedDigest`,
    `${w}.validFromMs <= context.now`,
    `context.now < ${w}.validUntilMs`,
    `!${w}.revoked`,
    limited('usesAllowed', `${w}.usesSpent < ${w}.usesAllowed`),
    limited('kinds', `${w}.kinds.contains(context.kind)`),
    limited('offences', `${w}.offences.contains(context.offence)`),
    `${w}.caseNumber == context.caseNumber.text`,
    limited(
      'plates',
      all([not('context.searched.plates.isEmpty()'), `${w}.plates.containsAll(context.searched.plates)`]),
    ),
    limited(
      'window',
      all([
        `${w}.window.fromMs <= context.window.fromMs`,
        'context.window.fromMs < context.window.untilMs',
        `context.window.untilMs <= ${w}.window.untilMs`,
      ]),
    ),
    `${w}.coversTheAreas`,
  ]);
}

function triggers(when: TierTrigger): { reached: readonly Expression[]; unknown: readonly Expression[] } {
  const reached: Expression[] = [];
  const unknown: Expression[] = [];
  const add = <T>(clause: T | undefined, member: string, expression: (clause: T) => Expression) => {
    if (clause === undefined) return;
    reached.push(all([has('context', member), expression(clause)]));
    unknown.push(not(has('context', member)));
  };
  add(when.data_older_than_hours, 'window', (hours) => `context.now - context.window.fromMs > ${hours * HOUR_MS}`);
  add(
    when.window_over_hours,
    'window',
    (hours) => `context.window.untilMs - context.window.fromMs > ${hours * HOUR_MS}`,
  );
  add(when.area_over_km2, 'area', (area) => `context.area.squareMetres > ${area * METRES}`);
  add(when.areas_over, 'area', (count) => `context.area.count > ${count}`);
  add(when.plates_over, 'plateCount', (count) => `context.plateCount > ${count}`);
  add(when.fan_out_over, 'fanOut', (count) => `context.fanOut > ${count}`);
  add(when.purposes, 'purpose', (ids) => `${set(ids)}.contains(context.purpose)`);
  add(when.offences, 'offence', (ids) => `${set(ids)}.contains(context.offence)`);
  add(when.camera_owner_classes, 'cameraOwnerClasses', (ids) => `context.cameraOwnerClasses.containsAny(${set(ids)})`);
  return { reached, unknown };
}

/** Every jurisdiction of the receiver is among those that are named, and those of the owner where `own` is. */
function within(receiver: Expression, named: readonly string[], own: boolean): Expression {
  const plain = `${set(named)}.containsAll(${receiver}.jurisdictions)`;
  if (!own) return plain;
  // Cedar cannot join two sets: each jurisdiction of the receiver is one member, and looked at by itself.
  const each = [...Array(MAX_ORDERS).keys()].map((place) => {
    const id = `${receiver}.jurisdiction${place}`;
    const isOwn = all([
      has('context', 'owner'),
      has('context.owner', 'jurisdictions'),
      `context.owner.jurisdictions.contains(${id})`,
    ]);
    return any([not(has(receiver, `jurisdiction${place}`)), `${set(named)}.contains(${id})`, isOwn]);
  });
  return all(each);
}

function member(name: string, matches: (list: Expression) => Expression) {
  return (listed: readonly string[]) => any([not(has('context', name)), matches(set(listed))]);
}

function value(name: string) {
  return member(name, (list) => `${list}.contains(context.${name})`);
}

/** What cannot be excluded is forbidden: a member that is not known counts as matching. */
function forbidden({ when }: ForbidClause): Expression {
  const parts: Expression[] = [];
  const add = (listed: readonly string[] | undefined, compiled: (listed: readonly string[]) => Expression) => {
    if (listed !== undefined) parts.push(compiled(listed));
  };

  add(when.kinds, value('kind'));
  add(when.purposes, value('purpose'));
  add(when.offences, value('offence'));
  add(when.exceptions, value('exception'));
  add(
    when.case_numbers,
    member('caseNumber', (list) => `context.caseNumber.fits.containsAny(${list})`),
  );
  add(
    when.camera_owner_classes,
    member('cameraOwnerClasses', (list) => `context.cameraOwnerClasses.containsAny(${list})`),
  );
  add(
    when.hot_list_sources,
    member('hotList', (list) => `${list}.contains(context.hotList.source)`),
  );
  if (when.onward === true) parts.push(any([not(has('context', 'onward')), 'context.onward']));
  add(when.classes, (listed) =>
    someReceiver((each) => any([not(has(each, 'class')), `${set(listed)}.contains(${each}.class)`])),
  );
  add(when.jurisdictions, (listed) => someReceiver((each) => inJurisdiction(each, listed)));
  add(when.agencies, (listed) =>
    any([
      not(has('context', 'beneficiaryKind')),
      `${set(listed)}.contains(context.requester.id)`,
      all([has('context', 'beneficiaryId'), `${set(listed)}.contains(context.beneficiaryId)`]),
      ...OTHER_RECEIVERS.map((other) => all([has('context', other), `${set(listed)}.contains(context.${other}.id)`])),
    ]),
  );
  return parts.length === 0 ? TRUE : all(parts);
}

/** One receiver is enough; of a beneficiary who is not enrolled, or not stated, nobody knows. */
function someReceiver(expression: (receiver: Expression) => Expression): Expression {
  return any([
    not(oneOf('beneficiaryKind', ['none', 'party'])),
    expression('context.requester'),
    ...OTHER_RECEIVERS.map((other) => all([has('context', other), expression(`context.${other}`)])),
  ]);
}

function inJurisdiction(receiver: Expression, listed: readonly string[]): Expression {
  const named = set(listed.filter((id) => id !== 'own'));
  const own = listed.includes('own')
    ? [
        not(all([has('context', 'owner'), has('context.owner', 'jurisdictions')])),
        `${receiver}.jurisdictions.containsAny(context.owner.jurisdictions)`,
      ]
    : [];
  return any([not(has(receiver, 'jurisdictions')), `${receiver}.jurisdictions.containsAny(${named})`, ...own]);
}
