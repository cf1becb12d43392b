import { matchesCaseNumber } from './case-number.js';
import type { ForbidClause, ForbidMatch } from './conditions.js';
import type { Fact, Facts } from './facts.js';
import { sealed, unmet, type Finding, type Point } from './finding.js';
import { receiversOf } from './receivers.js';
import type { Rule, RuleSide } from './rule.js';

/** Whether what a clause names is so; `absent` where nobody knows, which is as good as yes. */
type Match = 'yes' | 'no' | 'absent' | 'sealed';

/** Forbid wins: one finding for each clause that applies, or of which it is sealed whether it does. */
export function forbidFindings(rule: Rule, side: RuleSide, facts: Facts): readonly Finding[] {
  const clauses = (rule.forbid ?? []).filter(({ sides }) => sides.includes(side));
  return [...clauses].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((clause) => clauseFinding(clause, facts));
}

function clauseFinding(clause: ForbidClause, facts: Facts): Finding[] {
  const point: Point = {
    requirement: `forbid.${clause.name}`,
    required: 'nothing that the owner forbids',
    source: clause.source,
    remedy: 'the owner answers no such request',
  };
  const matches = matchesOf(clause.when, facts);
  // A clause that names nothing would forbid nothing or everything; `parseRule` refuses it.
  if (matches.length === 0) return [unmet(point, 'rule_error', 'a clause that names nothing')];
  if (matches.includes('no')) return [];
  if (matches.includes('sealed')) return [sealed(point)];
  return [unmet(point, 'forbidden', matches.includes('absent') ? 'not stated' : 'all that the clause names')];
}

const isOne = (list: readonly string[], value: string): boolean => list.includes(value);

function matchesOf(when: ForbidMatch, facts: Facts): readonly Match[] {
  const { request } = facts;
  const matches: Match[] = [];
  const add = <T>(
    listed: readonly string[] | undefined,
    fact: Fact<T>,
    matched: (list: readonly string[], value: T) => boolean,
  ) => {
    if (listed !== undefined) matches.push(matchOf(fact, (value) => matched(listed, value)));
  };
  add(when.kinds, request.kind, isOne);
  add(when.purposes, request.purpose, isOne);
  add(when.offences, request.offence, isOne);
  add(when.exceptions, request.exception, isOne);
  add(when.case_numbers, request.caseNumber, (forms, value) => forms.some((form) => matchesCaseNumber(form, value)));
  add(when.camera_owner_classes, request.cameraOwnerClasses, (list, values) =>
    values.some((each) => list.includes(each)),
  );
  add(when.hot_list_sources, request.hotList, (list, { source }) => list.includes(source));
  if (when.onward === true) matches.push(matchOf(request.onward, (value) => value));
  if (when.classes !== undefined) matches.push(ofReceivers(facts, classMatch(when.classes)));
  if (when.jurisdictions !== undefined) matches.push(ofReceivers(facts, jurisdictionMatch(when.jurisdictions, facts)));
  if (when.agencies !== undefined) matches.push(agencyMatch(when.agencies, facts));
  return matches;
}

function matchOf<T>(fact: Fact<T>, matched: (value: T) => boolean): Match {
  if (fact.state !== 'known') return fact.state;
  return matched(fact.value) ? 'yes' : 'no';
}

type Receivers = ReturnType<typeof receiversOf>;

/** One receiver of whom it is so is enough, whoever the others are. */
function ofReceivers(facts: Facts, match: (receiver: Receivers[number]) => Match): Match {
  const matches = receiversOf(facts).map(match);
  const { beneficiary } = facts;
  // Of a beneficiary that is not enrolled nobody knows what it is.
  if (beneficiary.state === 'known' && beneficiary.value.kind === 'not_enrolled') matches.push('absent');
  if (beneficiary.state !== 'known') matches.push(beneficiary.state);
  for (const each of ['yes', 'absent', 'sealed'] as const) if (matches.includes(each)) return each;
  return 'no';
}

function classMatch(classes: readonly string[]) {
  return ({ party }: Receivers[number]): Match => matchOf(party.agencyClass, (value) => classes.includes(value));
}

function jurisdictionMatch(listed: readonly string[], { owner }: Facts) {
  return ({ party }: Receivers[number]): Match => {
    const ids = new Set(listed.filter((id) => id !== 'own'));
    if (listed.includes('own')) {
      const own = owner.state === 'known' ? owner.value.jurisdictions : owner;
      if (own.state !== 'known') return own.state;
      for (const id of own.value) ids.add(id);
    }
    return matchOf(party.jurisdictions, (value) => value.some((id) => ids.has(id)));
  };
}

function agencyMatch(agencies: readonly string[], facts: Facts): Match {
  const { beneficiary } = facts;
  if (receiversOf(facts).some(({ party }) => agencies.includes(party.entityId))) return 'yes';
  if (beneficiary.state !== 'known') return beneficiary.state;
  const { value } = beneficiary;
  return value.kind === 'not_enrolled' && agencies.includes(value.entityId) ? 'yes' : 'no';
}
