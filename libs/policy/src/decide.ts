import { AS_SEEN, coarseningOf, type Coarsening } from './coarsening.js';
import { claimedException, type Duty } from './exceptions.js';
import { ACCESS_LISTS } from './access.js';
import type { Fact, Facts, Party } from './facts.js';
import {
  judge,
  met,
  unmet,
  type Determination,
  type Finding,
  type Point,
  type Reason,
  type Undetermined,
} from './finding.js';
import { forbidFindings } from './forbid.js';
import { parseInstant } from './instant.js';
import { kindFindings, type SideConditions, type Situation } from './kind-findings.js';
import { obligationsFor, type Obligations } from './obligations.js';
import { receiversOf } from './receivers.js';
import { PATTERN_KINDS, isQueryKind, type Rule, type RuleSide } from './rule.js';
import { quoted } from './strict-reader.js';
import { vocabularyByDigest } from './vocabulary.js';

/** By which rule was decided; receipts name it together with `ruleDigest` (P19). */
export interface RuleReference {
  readonly owner: string;
  readonly version: number;
}

/** Which half of whose rule applies. */
export interface RuleSection {
  /** `undefined` where the owner has published none. */
  readonly rule: Rule | undefined;
  /** `release` for the owner's conditions (broker and holding agency), `ask` for an agency's own officers. */
  readonly side: RuleSide;
}

export interface Permit {
  readonly outcome: 'permit';
  readonly rule: RuleReference;
  /** Every requirement, and what met it. */
  readonly determining: readonly Determination[];
  /** What a released read may consist of; empty on the asking side. */
  readonly fields: readonly string[];
  readonly coarsening: Coarsening;
  /** `null` on the asking side, where nothing is released. */
  readonly obligations: Obligations | null;
  /** What the requester owes afterwards for the exception that it claimed; mostly nothing. */
  readonly duties: readonly Duty[];
}

export interface Deny {
  readonly outcome: 'deny';
  readonly rule: RuleReference | null;
  /** Every requirement that is not met, never empty. */
  readonly reasons: readonly Reason[];
  readonly undetermined: readonly Undetermined[];
  /** For the log of whoever decides, where `rule_error` was caught; never sent. */
  readonly fault?: unknown;
}

/** Nothing denies, and something is sealed: a broker forwards, a holding agency denies (`denyUndetermined`). */
export interface UndeterminedOutcome {
  readonly outcome: 'undetermined';
  readonly rule: RuleReference;
  readonly determining: readonly Determination[];
  readonly undetermined: readonly Undetermined[];
  readonly fields: readonly string[];
  readonly coarsening: Coarsening;
  readonly obligations: Obligations | null;
  readonly duties: readonly Duty[];
}

export type Decision = Permit | Deny | UndeterminedOutcome;

/**
 * Decides. Pure and total: no clock, no store, and whatever goes wrong inside denies with `rule_error`. Deny by default:
 * no rule, no section for the kind, no vocabulary, no effect yet, an absent fact, an unknown value all deny. Every unmet
 * requirement is listed, in an order that does not depend on the order of anything in the facts or in the rule.
 *
 * @param now milliseconds since the epoch
 */
export function decide(facts: Facts, section: RuleSection, now: number): Decision {
  try {
    const { rule, side } = section;
    if (!rule) return denial(null, [noRule('the owner has published no rule')]);
    return decideByRule(facts, rule, side, now);
  } catch (fault) {
    const point = { ...RULE_POINT, remedy: 'tell the owner that its rule could not be applied' };
    return { ...denial(null, [unmet(point, 'rule_error', 'an error')]), fault };
  }
}

/** A holding agency has opened everything there is: what is still sealed there is not met. */
export function denyUndetermined(decision: Decision): Permit | Deny {
  if (decision.outcome !== 'undetermined') return decision;
  const reasons = decision.undetermined.map((point): Reason => ({
    ...point,
    code: 'sealed_at_holder',
    found: 'sealed',
    remedy: 'enclose it in the part that is sealed to the owner',
  }));
  return { outcome: 'deny', rule: decision.rule, reasons, undetermined: [] };
}

const RULE_POINT: Point = { requirement: 'rule', required: 'a rule that can be applied', remedy: 'ask the owner' };
const KIND_POINT: Point = {
  requirement: 'kind',
  required: 'a kind of query for which the rule has conditions',
  remedy: 'state the kind of query',
};

function noRule(found: string): Finding {
  return unmet(KIND_POINT, 'no_rule_for_kind', found, 'the owner answers no query of this kind');
}

function decideByRule(facts: Facts, rule: Rule, side: RuleSide, now: number): Decision {
  const reference = { owner: rule.owner, version: rule.version };
  const vocabulary = vocabularyByDigest(rule.vocabulary);
  if (!vocabulary) return denial(reference, [unmet(RULE_POINT, 'rule_error', 'written in an unknown vocabulary')]);
  if (!Number.isFinite(now)) return denial(reference, [unmet(RULE_POINT, 'rule_error', 'no time to decide at')]);
  if (tooLarge(facts)) {
    const point = { ...RULE_POINT, requirement: 'facts', required: `at most ${MAX_FACTS} entries a list` };
    return denial(reference, [unmet(point, 'facts_too_large', 'more', 'ask for fewer at once')]);
  }
  const forbidden = forbidFindings(rule, side, facts);
  const findings = [...inEffect(rule, now), ...forbidden];
  const kind = judge(facts.request.kind, KIND_POINT, (value) => {
    if (!vocabulary.kinds.has(value)) return unmet(KIND_POINT, 'unknown_value', quoted(value));
    return conditionsFor(rule, side, value) ? met(KIND_POINT, value) : noRule(quoted(value));
  });
  const { request } = facts;
  const section = request.kind.state === 'known' ? conditionsFor(rule, side, request.kind.value) : undefined;
  if (kind.kind !== 'met' || !section) return conclude(reference, [kind, ...findings]);
  const exception = claimedException(section.conditions.exceptions, request, now);
  const situation: Situation = { facts, vocabulary, now, exception };
  const all = [kind, ...findings, ...kindFindings(situation, section)];
  const { duties } = exception;
  if (section.side === 'ask') {
    return conclude(reference, all, { fields: [], coarsening: AS_SEEN, obligations: null, duties });
  }
  const { conditions } = section;
  const reliedOn = all.flatMap((finding) => (finding.kind === 'met' ? finding.reliedOn : []));
  const receivers = receiversOf(facts).map(({ party }) => party);
  const obligations = obligationsFor({ vocabulary, condition: conditions.obligations, receivers, reliedOn, now });
  const fields = [...vocabulary.readFields.keys()].filter((field) => conditions.fields.includes(field));
  return conclude(reference, all, { fields, coarsening: coarseningOf(conditions.coarsen), obligations, duties });
}

/** A search for patterns without the demand of a warrant is no rule at all; `parseRule` refuses it, and so does this. */
function conditionsFor(rule: Rule, side: RuleSide, kind: string): SideConditions | undefined {
  if (!isQueryKind(kind)) return undefined;
  const release = side === 'release' ? rule.release?.[kind] : undefined;
  const ask = side === 'ask' ? rule.ask?.[kind] : undefined;
  const section: SideConditions | undefined = release
    ? { side: 'release', conditions: release }
    : ask && { side: 'ask', conditions: ask };
  if (section === undefined || !PATTERN_KINDS.includes(kind)) return section;
  const { legal_process: process } = section.conditions;
  return 'at_least' in process && process.at_least === 'warrant' ? section : undefined;
}

function inEffect(rule: Rule, now: number): readonly Finding[] {
  const { effective_from: from, effective_until: until } = rule;
  const point = { ...RULE_POINT, required: 'a rule that is in effect', remedy: 'ask again when the rule is in effect' };
  if (!(parseInstant(from) <= now)) return [unmet(point, 'rule_not_in_effect', `in effect from ${from}`)];
  if (until === undefined || now < parseInstant(until)) return [];
  return [
    unmet({ ...point, remedy: 'ask the owner for its new rule' }, 'rule_not_in_effect', `in effect until ${until}`),
  ];
}

/** Evaluation is bounded by the size of what it reads (P24). */
const MAX_FACTS = 512;

function tooLarge(facts: Facts): boolean {
  const { owner, beneficiary } = facts;
  const parties: Party[] = [facts.requester, ...facts.withAccess];
  if (owner.state === 'known') parties.push(owner.value);
  if (beneficiary.state === 'known' && beneficiary.value.kind === 'party') parties.push(beneficiary.value.party);
  if (parties.length > MAX_FACTS) return true;
  const isLong = (list: Fact<readonly unknown[]>) => list.state === 'known' && list.value.length > MAX_FACTS;
  return parties.some(
    ({ attestations, jurisdictions, access }) =>
      attestations.length > MAX_FACTS || isLong(jurisdictions) || ACCESS_LISTS.some(({ list }) => isLong(access[list])),
  );
}

function denial(rule: RuleReference | null, findings: readonly Finding[]): Deny {
  const reasons = atMost(findings.flatMap((finding) => (finding.kind === 'unmet' ? [finding.reason] : [])));
  const undetermined = findings.flatMap((finding) => (finding.kind === 'sealed' ? [finding.undetermined] : []));
  return { outcome: 'deny', rule, reasons, undetermined };
}

/** What a denial on the wire can list. */
const MAX_REASONS = 64;

function atMost(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length <= MAX_REASONS) return reasons;
  const left = reasons.length - MAX_REASONS + 1;
  const more: Reason = {
    code: 'more_reasons',
    requirement: 'rule',
    required: 'every requirement of the rule',
    found: `${left} more are not met`,
    remedy: 'meet these first, and ask again',
  };
  return [...reasons.slice(0, MAX_REASONS - 1), more];
}

type Granted = Pick<Permit, 'fields' | 'coarsening' | 'obligations' | 'duties'>;

function conclude(
  rule: RuleReference,
  findings: readonly Finding[],
  granted: Granted = { fields: [], coarsening: AS_SEEN, obligations: null, duties: [] },
): Decision {
  const denied = denial(rule, findings);
  if (denied.reasons.length > 0) return denied;
  const { undetermined } = denied;
  const determining = findings.flatMap((finding) => (finding.kind === 'met' ? [finding.determination] : []));
  if (undetermined.length > 0) return { outcome: 'undetermined', rule, determining, undetermined, ...granted };
  return { outcome: 'permit', rule, determining, ...granted };
}
