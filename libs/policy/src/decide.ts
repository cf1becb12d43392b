import { exceptionFinding, legalProcessFindings, offenceFinding, purposeFinding } from './authority.js';
import type { Facts, Party } from './facts.js';
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
import { parseInstant } from './instant.js';
import { obligationsFor, type Obligations } from './obligations.js';
import { parity } from './parity.js';
import { beneficiaryFinding, identifierFinding, receiversOf, recipientClassFinding } from './parties.js';
import { approvalFindings, caseNumberFinding, officerFindings } from './person-and-case.js';
import type { AskConditions, ReleaseConditions, Rule, RuleSide } from './rule.js';
import { contentKindFinding, scopeFindings } from './scope.js';
import { quoted } from './strict-reader.js';
import { vocabularyByDigest, type Vocabulary } from './vocabulary.js';

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
  /** `null` on the asking side, where nothing is released. */
  readonly obligations: Obligations | null;
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
  readonly obligations: Obligations | null;
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
  const release = side === 'release' ? rule.release?.plate_history : undefined;
  const ask = side === 'ask' ? rule.ask?.plate_history : undefined;
  const conditions = release ?? ask;
  const kind = judge(facts.request.kind, KIND_POINT, (value) => {
    if (!vocabulary.kinds.has(value)) return unmet(KIND_POINT, 'unknown_value', quoted(value));
    return value === 'plate_history' && conditions ? met(KIND_POINT, value) : noRule(quoted(value));
  });
  if (kind.kind !== 'met' || !conditions) return conclude(reference, [kind]);
  const situation: Situation = { facts, vocabulary, now };
  const received = release ? receiverFindings(situation, release) : [];
  const findings = [kind, ...inEffect(rule, now), ...commonFindings(situation, conditions), ...received];
  if (!release) return conclude(reference, findings);
  const reliedOn = findings.flatMap((finding) => (finding.kind === 'met' ? finding.reliedOn : []));
  const receivers = receiversOf(facts).map(({ party }) => party);
  const obligations = obligationsFor({ vocabulary, condition: release.obligations, receivers, reliedOn, now });
  const fields = [...vocabulary.readFields.keys()].filter((field) => release.fields.includes(field));
  return conclude(reference, findings, fields, obligations);
}

interface Situation {
  readonly facts: Facts;
  readonly vocabulary: Vocabulary;
  readonly now: number;
}

/** What every request has to meet, on whichever side. */
function commonFindings({ facts, vocabulary }: Situation, conditions: AskConditions): readonly Finding[] {
  const { request } = facts;
  return [
    contentKindFinding(vocabulary, request),
    ...receiversOf(facts).map(({ role, party }) => identifierFinding(role, party)),
    beneficiaryFinding(facts, conditions.beneficiary),
    purposeFinding(vocabulary, conditions.purposes, request),
    offenceFinding(vocabulary, conditions.offences, request),
    exceptionFinding(vocabulary, conditions.exceptions, request),
    ...legalProcessFindings(vocabulary, conditions.legal_process, request),
    ...approvalFindings(conditions.approval, request),
    ...officerFindings(conditions.officer, request),
    caseNumberFinding(conditions.case_number, request),
    ...scopeFindings(conditions.scope, request),
  ];
}

/** What everybody has to meet who will have the data. */
function receiverFindings({ facts, vocabulary, now }: Situation, conditions: ReleaseConditions): readonly Finding[] {
  const { recipients, require } = conditions;
  const receivers = receiversOf(facts);
  const classes = receivers.map(({ role, party }) => recipientClassFinding(vocabulary, recipients, role, party));
  // A rule that demands no protection gives data away on no law at all; `parseRule` refuses it, and so does this (P03).
  if (require.length === 0) return [...classes, unmet(RULE_POINT, 'rule_error', 'no protection is required')];
  const order = [...vocabulary.protections.keys()];
  const required = [...require].sort((a, b) => order.indexOf(a.protection) - order.indexOf(b.protection));
  const protections = required.flatMap((requirement) =>
    parity({ vocabulary, requirement, owner: facts.owner, receivers, now }),
  );
  return [...classes, ...protections];
}

function inEffect(rule: Rule, now: number): readonly Finding[] {
  if (parseInstant(rule.effective_from) <= now) return [];
  const point = { ...RULE_POINT, required: 'a rule that is in effect', remedy: 'ask again when the rule is in effect' };
  return [unmet(point, 'rule_not_in_effect', `in effect from ${rule.effective_from}`)];
}

/** Evaluation is bounded by the size of what it reads (P24). */
const MAX_FACTS = 512;

function tooLarge(facts: Facts): boolean {
  const { owner, beneficiary } = facts;
  const parties: Party[] = [facts.requester];
  if (owner.state === 'known') parties.push(owner.value);
  if (beneficiary.state === 'known' && beneficiary.value.kind === 'party') parties.push(beneficiary.value.party);
  return parties.some(
    ({ attestations, jurisdictions }) =>
      attestations.length > MAX_FACTS || (jurisdictions.state === 'known' && jurisdictions.value.length > MAX_FACTS),
  );
}

function denial(rule: RuleReference | null, findings: readonly Finding[]): Deny {
  const reasons = findings.flatMap((finding) => (finding.kind === 'unmet' ? [finding.reason] : []));
  const undetermined = findings.flatMap((finding) => (finding.kind === 'sealed' ? [finding.undetermined] : []));
  return { outcome: 'deny', rule, reasons, undetermined };
}

function conclude(
  rule: RuleReference,
  findings: readonly Finding[],
  fields: readonly string[] = [],
  obligations: Obligations | null = null,
): Decision {
  const denied = denial(rule, findings);
  if (denied.reasons.length > 0) return denied;
  const { undetermined } = denied;
  const determining = findings.flatMap((finding) => (finding.kind === 'met' ? [finding.determination] : []));
  if (undetermined.length > 0) return { outcome: 'undetermined', rule, determining, undetermined, fields, obligations };
  return { outcome: 'permit', rule, determining, fields, obligations };
}
