import { cameraFinding, hotListFindings, witnessFinding } from './at-release.js';
import { budgetFindings } from './budgets.js';
import type {
  AskConditions,
  AskTier,
  DeclarationCondition,
  RecipientCondition,
  ReleaseConditions,
  ReleaseTier,
  Requirement,
} from './conditions.js';
import { declarationFindings } from './declarations.js';
import { exceptionFindings, type ClaimedException } from './exceptions.js';
import type { Facts } from './facts.js';
import { ifItApplies, unmet, withinClause, type Finding } from './finding.js';
import { legalProcessFindings } from './legal-process.js';
import { parity } from './parity.js';
import { beneficiaryFinding, identifierFinding } from './parties.js';
import { approvalFindings, caseFindings, officerFindings } from './person-and-case.js';
import { offenceFinding, purposeFinding } from './purpose-and-offence.js';
import { accessFindings, receiversOf } from './receivers.js';
import { recipientFinding } from './recipients.js';
import { contentKindFinding, scopeFindings } from './scope.js';
import { reachedTier } from './tier-trigger.js';
import type { Vocabulary } from './vocabulary.js';

export interface Situation {
  readonly facts: Facts;
  readonly vocabulary: Vocabulary;
  /** Milliseconds. */
  readonly now: number;
  readonly exception: ClaimedException;
}

/** The side is that of the question, never read off what a rule happens to hold. */
export type SideConditions =
  | { readonly side: 'release'; readonly conditions: ReleaseConditions }
  | { readonly side: 'ask'; readonly conditions: AskConditions };

/** Everything that the conditions of one kind and one side ask for, in an order that only the vocabulary decides. */
export function kindFindings(situation: Situation, section: SideConditions): readonly Finding[] {
  const { conditions } = section;
  const { facts, vocabulary, now, exception } = situation;
  const { request } = facts;
  return [
    contentKindFinding(vocabulary, request),
    ...receiversOf(facts).map(identifierFinding),
    ...accessFindings(facts),
    beneficiaryFinding(facts, conditions.beneficiary),
    purposeFinding(vocabulary, conditions.purposes, request),
    ...exceptionFindings(vocabulary, conditions.exceptions, request),
    ...softened(situation, section),
    ...(exception.approvedAfterwards ? [] : uncertain(situation, approvalFindings(conditions.approval, request))),
    ...officerFindings(conditions.officer, request),
    ...caseFindings(conditions.case_number, request),
    ...budgetFindings(conditions.budgets, request),
    ...(conditions.hot_list === undefined ? [] : hotListFindings(vocabulary, conditions.hot_list, request, now)),
    ...(section.side === 'release' ? releaseFindings(situation, section.conditions) : []),
    ...tierFindings(situation, conditions.tiers ?? []),
  ];
}

/** What an exception may soften. */
function softened(situation: Situation, section: SideConditions): readonly Finding[] {
  const { facts, vocabulary, now, exception } = situation;
  const { instead } = exception;
  const { conditions } = section;
  return uncertain(situation, [
    offenceFinding(vocabulary, instead.offences ?? conditions.offences, facts.request),
    ...legalProcessFindings(situation, instead.legal_process ?? conditions.legal_process),
    ...scopeFindings(instead.scope ?? conditions.scope, facts.request, now),
    ...(section.side === 'release' ? receivedBy(situation, section.conditions) : []),
  ]);
}

function receivedBy(situation: Situation, conditions: ReleaseConditions): readonly Finding[] {
  const { instead } = situation.exception;
  const declarations = instead.declarations ?? conditions.declarations;
  return [
    ...recipientFindings(situation, instead.recipients ?? conditions.recipients),
    ...(declarations === undefined ? [] : declaredFindings(situation, declarations)),
  ];
}

/** Where it is sealed whether an exception is claimed, what it could soften is the holder's to judge. */
function uncertain({ exception }: Situation, findings: readonly Finding[]): readonly Finding[] {
  return exception.uncertain ? findings.map(ifItApplies) : findings;
}

function releaseFindings(situation: Situation, conditions: ReleaseConditions): readonly Finding[] {
  const { facts, vocabulary } = situation;
  const { require, cameras, witnesses } = conditions;
  return [
    // A rule that demands no protection gives data away on no law at all; `parseRule` refuses it, and so does this (P03).
    ...(require.length === 0 ? [noProtection()] : requireFindings(situation, require)),
    ...(cameras === undefined ? [] : [cameraFinding(vocabulary, cameras, facts.request)]),
    ...(witnesses === undefined ? [] : [witnessFinding(witnesses, facts.request)]),
  ];
}

function noProtection(): Finding {
  const point = { requirement: 'rule', required: 'a rule that can be applied', remedy: 'ask the owner' };
  return unmet(point, 'rule_error', 'no protection is required');
}

const POSITIONS = new WeakMap<Vocabulary, ReadonlyMap<string, number>>();

/** Where each protection stands in the vocabulary; counted once for each vocabulary, since every decision asks. */
function positionsIn(vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const known = POSITIONS.get(vocabulary);
  if (known !== undefined) return known;
  const positions = new Map([...vocabulary.protections.keys()].map((id, index) => [id, index]));
  POSITIONS.set(vocabulary, positions);
  return positions;
}

function requireFindings({ facts, vocabulary, now }: Situation, require: readonly Requirement[]): readonly Finding[] {
  const order = positionsIn(vocabulary);
  const at = ({ protection }: Requirement): number => order.get(protection) ?? -1;
  const required = [...require].sort((a, b) => at(a) - at(b));
  const receivers = receiversOf(facts);
  return required.flatMap((requirement) => parity({ vocabulary, requirement, owner: facts.owner, receivers, now }));
}

function recipientFindings(
  { facts, vocabulary, now }: Situation,
  recipients: readonly RecipientCondition[],
): readonly Finding[] {
  return receiversOf(facts).map((receiver) => recipientFinding(vocabulary, recipients, receiver, facts, now));
}

function declaredFindings(
  { facts, now }: Situation,
  declarations: readonly DeclarationCondition[],
): readonly Finding[] {
  return receiversOf(facts).flatMap((receiver) => declarationFindings(declarations, receiver, facts.request, now));
}

/** Conditions besides, where the query reaches further. They never take anything away. */
function tierFindings(situation: Situation, tiers: readonly (AskTier | ReleaseTier)[]): readonly Finding[] {
  return [...tiers].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((tier) => oneTier(situation, tier));
}

function oneTier(situation: Situation, tier: AskTier | ReleaseTier): readonly Finding[] {
  const { facts, now } = situation;
  const reached = reachedTier(tier.when, facts.request, now);
  const findings = reached === 'no' ? [] : tierConditions(situation, tier);
  const named = findings.map((finding) => withinClause(tier.name, finding));
  if (reached === 'sealed') return named.map(ifItApplies);
  if (reached !== 'absent') return named;
  const point = {
    requirement: `${tier.name}.when`,
    required: 'all that says whether these conditions apply',
    source: tier.source,
    remedy: 'state how far the query reaches',
  };
  return [unmet(point, 'fact_missing', 'not stated'), ...named];
}

/** An exception replaces conditions of the same name here too, or it would soften nothing where it matters most. */
function tierConditions(situation: Situation, tier: AskTier | ReleaseTier): readonly Finding[] {
  const { facts, vocabulary, now, exception } = situation;
  const { request } = facts;
  const { instead, approvedAfterwards } = exception;
  const { purposes, officer, case_number: caseNumber, approval } = tier;
  const offences = instead.offences === undefined ? tier.offences : undefined;
  const process = instead.legal_process === undefined ? tier.legal_process : undefined;
  const scope = instead.scope === undefined ? tier.scope : undefined;
  // On the asking side `parseRule` has let none of these through.
  const { require, witnesses, ...releasing }: Partial<ReleaseTier> = tier;
  const recipients = instead.recipients === undefined ? releasing.recipients : undefined;
  const declarations = instead.declarations === undefined ? releasing.declarations : undefined;
  const approvals = approval === undefined || approvedAfterwards ? [] : approvalFindings(approval, request);
  return [
    ...(purposes === undefined ? [] : [purposeFinding(vocabulary, purposes, request)]),
    ...uncertain(situation, [
      ...(offences === undefined ? [] : [offenceFinding(vocabulary, offences, request)]),
      ...(process === undefined ? [] : legalProcessFindings(situation, process)),
      ...(scope === undefined ? [] : scopeFindings(scope, request, now)),
      ...(recipients === undefined ? [] : recipientFindings(situation, recipients)),
      ...(declarations === undefined ? [] : declaredFindings(situation, declarations)),
      ...approvals,
    ]),
    ...(officer === undefined ? [] : officerFindings(officer, request)),
    ...(caseNumber === undefined ? [] : caseFindings(caseNumber, request)),
    ...(require === undefined ? [] : requireFindings(situation, require)),
    ...(witnesses === undefined ? [] : [witnessFinding(witnesses, request)]),
  ];
}
