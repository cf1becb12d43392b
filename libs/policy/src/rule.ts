import { digestOf, type JsonValue } from '#protocol';

export const RULE_SCHEMA = 'comity-rule/v1';

/** `release`: conditions for giving data away. `ask`: an agency's conditions for its own officers. */
export type RuleSide = 'release' | 'ask';

/** Each condition may name the law or policy behind it; a denial repeats it. */
interface Sourced {
  readonly source?: string;
}

/** Forbid wins: what `deny` names is denied, even where `allow` names it too. */
export interface PurposeCondition extends Sourced {
  readonly allow: readonly string[];
  readonly deny?: readonly string[];
}

export interface OffenceCondition extends Sourced {
  /** `all` leaves out immigration offences and `90Z`, which says nothing: those have to be named. */
  readonly allow: readonly string[] | 'all';
  readonly deny?: readonly string[];
}

export interface ExceptionCondition extends Sourced {
  readonly allow: readonly string[];
}

/** `meets-same`: enrolled, and meeting all that the requester has to meet. `declared`: anybody, as long as it is stated. */
export interface BeneficiaryCondition extends Sourced {
  readonly allow: 'none' | 'meets-same' | 'declared';
}

export interface LegalProcessCondition extends Sourced {
  readonly at_least: string;
}

export interface ApprovalCondition extends Sourced {
  readonly by: 'supervisor';
}

export interface OfficerCondition extends Sourced {
  /** Accepted authentication context classes of the officer's sign-in. */
  readonly acr: readonly string[];
  readonly roles?: readonly string[];
}

export interface CaseNumberCondition extends Sourced {
  /** `#` a digit, `@` an upper-case letter, anything else itself; one of them has to fit. */
  readonly patterns: readonly string[];
}

export interface ScopeCondition extends Sourced {
  readonly max_window_hours: number;
  readonly max_plates: number;
  readonly max_fan_out?: number;
}

interface RequirementOf extends Sourced {
  readonly protection: string;
  /** What the attestation may rest on. */
  readonly basis: readonly string[];
  /** Whether the agency's word about itself counts. Left out: no. */
  readonly self_issued?: true;
}

export type Requirement =
  (RequirementOf & { readonly at_least: string }) | (RequirementOf & { readonly as_strict_as_mine: true });

export interface RecipientCondition extends Sourced {
  readonly classes: readonly string[];
}

export interface ObligationCondition extends Sourced {
  readonly retention_seconds: number;
  readonly purpose: 'named_case_only';
  readonly onward_transfer: 'refused_without_new_request';
}

export interface AskConditions {
  readonly purposes: PurposeCondition;
  readonly offences: OffenceCondition;
  readonly exceptions?: ExceptionCondition;
  readonly beneficiary: BeneficiaryCondition;
  readonly legal_process: LegalProcessCondition;
  readonly approval: ApprovalCondition;
  readonly officer: OfficerCondition;
  readonly case_number: CaseNumberCondition;
  readonly scope: ScopeCondition;
}

export interface ReleaseConditions extends AskConditions {
  readonly require: readonly Requirement[];
  readonly recipients: RecipientCondition;
  readonly fields: readonly string[];
  readonly obligations: ObligationCondition;
}

/** A rule as signed, stored and shown: the members are those of the JSON document. Made by `parseRule` only. */
export interface Rule {
  readonly schema: typeof RULE_SCHEMA;
  /** Entity id. */
  readonly owner: string;
  readonly version: number;
  /** Digest of the vocabulary that the rule is written in. */
  readonly vocabulary: string;
  readonly title: string;
  /** Instant with offset; before it the rule denies everything. */
  readonly effective_from: string;
  readonly release?: { readonly plate_history?: ReleaseConditions };
  readonly ask?: { readonly plate_history?: AskConditions };
}

/** base64url of SHA-256 over the canonical document: what decisions, grants and receipts name a rule by. */
export function ruleDigest(rule: Rule): string {
  return digestOf(rule as unknown as JsonValue);
}
