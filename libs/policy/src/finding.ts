import type { Attestation, Fact } from './facts.js';

/** Stable: outside programs and other agencies' nodes read them. */
export type ReasonCode =
  | 'access_not_stated'
  | 'access_party_not_enrolled'
  | 'approval_missing'
  | 'approver_not_distinct'
  | 'approver_role_not_allowed'
  | 'area_malformed'
  | 'area_too_wide'
  | 'beneficiary_not_allowed'
  | 'beneficiary_not_enrolled'
  | 'budget_exceeded'
  | 'camera_class_not_allowed'
  | 'case_not_active'
  | 'case_number_malformed'
  | 'data_too_old'
  | 'declaration_insufficient'
  | 'declaration_missing'
  | 'duty_overdue'
  | 'exception_not_allowed'
  | 'fact_missing'
  | 'facts_too_large'
  | 'fan_out_too_wide'
  | 'forbidden'
  | 'hot_list_source_not_allowed'
  | 'hot_list_stale'
  | 'identifier_malformed'
  | 'immigration_offence'
  | 'kind_mismatch'
  | 'legal_process_insufficient'
  | 'legal_process_mismatch'
  | 'legal_process_missing'
  | 'legal_process_not_signed_by_court'
  | 'more_reasons'
  | 'no_rule_for_kind'
  | 'offence_not_allowed'
  | 'offence_retired'
  | 'officer_assurance_insufficient'
  | 'officer_role_not_allowed'
  | 'outside_warrant'
  | 'owner_level_unattested'
  | 'protection_not_attested'
  | 'protection_not_met'
  | 'purpose_not_allowed'
  | 'recipient_class_not_allowed'
  | 'recipient_jurisdiction_not_allowed'
  | 'recipient_not_named'
  | 'rule_error'
  | 'rule_not_in_effect'
  | 'sealed_at_holder'
  | 'too_few_characters'
  | 'too_many_areas'
  | 'too_many_plates'
  | 'unknown_value'
  | 'warrant_malformed'
  | 'warrant_mismatch'
  | 'warrant_not_in_force'
  | 'warrant_revoked'
  | 'warrant_used_up'
  | 'window_malformed'
  | 'window_too_wide'
  | 'witnesses_insufficient';

/** One unmet requirement, in the members of a denial on the wire. It holds no plate, name, case number or narrative. */
export interface Reason {
  readonly code: ReasonCode;
  /** Which requirement: `requester.retention`, `purpose`, `window` ... */
  readonly requirement: string;
  readonly required: string;
  readonly found: string;
  /** The law or policy that the rule names for it. */
  readonly source?: string;
  /** What the requester can do. Names what is missing, never the rest of the owner's rule. */
  readonly remedy: string;
}

/** One requirement that turns on a sealed fact: the holding agency judges it. */
export interface Undetermined {
  readonly requirement: string;
  readonly required: string;
  readonly source?: string;
}

/** One requirement that was met, and by what. */
export interface Determination {
  readonly requirement: string;
  readonly found: string;
  readonly source?: string;
  /** Digests of the trust marks relied on. */
  readonly attestations: readonly string[];
}

/** What a requirement is called and says, whatever comes of it. */
export interface Point {
  readonly requirement: string;
  readonly required: string;
  readonly source?: string | undefined;
  /** For the case that the fact is missing altogether. */
  readonly remedy: string;
}

export type Finding =
  | { readonly kind: 'met'; readonly determination: Determination; readonly reliedOn: readonly Attestation[] }
  | { readonly kind: 'unmet'; readonly reason: Reason }
  | { readonly kind: 'sealed'; readonly undetermined: Undetermined };

/** A text on the wire has at most 500 characters. */
const MAX_TEXT = 500;

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 3)}...`;
}

function sourceOf(point: Point): { readonly source?: string } {
  return point.source === undefined ? {} : { source: point.source };
}

export function met(point: Point, found: string, reliedOn: readonly Attestation[] = []): Finding {
  const digests = reliedOn.map(({ digest }) => digest);
  const attestations = digests.length < 2 ? digests : [...new Set(digests)].sort();
  return {
    kind: 'met',
    determination: { requirement: point.requirement, found: clipped(found), ...sourceOf(point), attestations },
    reliedOn,
  };
}

export function unmet(point: Point, code: ReasonCode, found: string, remedy: string = point.remedy): Finding {
  return {
    kind: 'unmet',
    reason: {
      code,
      requirement: point.requirement,
      required: clipped(point.required),
      found: clipped(found),
      ...sourceOf(point),
      remedy: clipped(remedy),
    },
  };
}

export function sealed(point: Point): Finding {
  return {
    kind: 'sealed',
    undetermined: { requirement: point.requirement, required: clipped(point.required), ...sourceOf(point) },
  };
}

/** The three states of a fact: judged where known, left to the holder where sealed, not met where absent. */
export function judge<T>(fact: Fact<T>, point: Point, whenKnown: (value: T) => Finding): Finding {
  switch (fact.state) {
    case 'known':
      return whenKnown(fact.value);
    case 'sealed':
      return sealed(point);
    case 'absent':
      return unmet(point, 'fact_missing', 'not stated');
  }
}

/** Of a clause with a name of its own: reasons tell it from the same condition elsewhere in the rule. */
export function withinClause(name: string, finding: Finding): Finding {
  const renamed = (of: { readonly requirement: string }) => ({ requirement: `${name}.${of.requirement}` });
  switch (finding.kind) {
    case 'met':
      return { ...finding, determination: { ...finding.determination, ...renamed(finding.determination) } };
    case 'unmet':
      return { kind: 'unmet', reason: { ...finding.reason, ...renamed(finding.reason) } };
    case 'sealed':
      return { kind: 'sealed', undetermined: { ...finding.undetermined, ...renamed(finding.undetermined) } };
  }
}

/** Where several parties are asked the same: who of them it is that was found so. */
export function foundOf(who: string, finding: Finding): Finding {
  const said = (found: string) => ({ found: clipped(`${who}: ${found}`) });
  switch (finding.kind) {
    case 'met':
      return { ...finding, determination: { ...finding.determination, ...said(finding.determination.found) } };
    case 'unmet':
      return { kind: 'unmet', reason: { ...finding.reason, ...said(finding.reason.found) } };
    case 'sealed':
      return finding;
  }
}

/** Where it is sealed whether the condition applies at all: what is not met is left to the holder. */
export function ifItApplies(finding: Finding): Finding {
  if (finding.kind !== 'unmet') return finding;
  const { requirement, required, source } = finding.reason;
  return sealed({ requirement, required, source, remedy: '' });
}
