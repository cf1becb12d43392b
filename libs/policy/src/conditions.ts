// Long because it is one list: every condition that a rule may state, in the order of its sections.
import type { CoarseningCondition } from './coarsening.js';
import type { RecallHoldCondition } from './recall-hold.js';

/** Each condition may name the law or policy behind it; a denial repeats it. */
export interface Sourced {
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

/** `meets-same`: enrolled, and meeting all that the requester has to meet. `declared`: anybody, as long as it is stated. */
export interface BeneficiaryCondition extends Sourced {
  readonly allow: 'none' | 'meets-same' | 'declared';
}

interface LegalProcessOf extends Sourced {
  /** `court`: only a process that an enrolled court has signed itself. Left out: one that the agency attests will do. */
  readonly signed_by?: 'court';
  /** What happens to a query that is wider than its warrant. Left out: it is refused whole. */
  readonly outside_warrant?: 'narrow';
}

/** From a court order on, the process itself has to be shown and the query has to lie inside it. */
export type LegalProcessCondition =
  (LegalProcessOf & { readonly at_least: string }) | (LegalProcessOf & { readonly as_strict_as_mine: true });

/** Of one who receives: no more than what has to be had, without the ways in which it may be had. */
export interface MinimumProcess {
  readonly at_least: string;
}

export interface ApprovalCondition extends Sourced {
  readonly by: 'supervisor';
  /** In which roles the person who approves may be. Left out: any that the agency calls a supervisor's. */
  readonly roles?: readonly string[];
}

export interface OfficerCondition extends Sourced {
  /** Accepted authentication context classes of the officer's sign-in. */
  readonly acr: readonly string[];
  readonly roles?: readonly string[];
}

export interface CaseNumberCondition extends Sourced {
  /** `#` a digit, `@` an upper-case letter, anything else itself; one of them has to fit. */
  readonly patterns: readonly string[];
  /** A signed statement of the agency's records system that the case is active. */
  readonly active?: true;
}

/** Which of them a kind of query cannot do without: `SCOPE_OF_KIND`. */
export interface ScopeLimits extends Sourced {
  readonly max_window_hours?: number;
  readonly max_plates?: number;
  /** How many owners may be asked at once. */
  readonly max_fan_out?: number;
  /** No read older than this, by the owner's clock at release. */
  readonly max_data_age_hours?: number;
  readonly max_area_km2?: number;
  readonly max_areas?: number;
  /** How many characters of a partial plate have to be known. */
  readonly min_characters?: number;
}

export interface ScopeCondition extends ScopeLimits {
  readonly max_window_hours: number;
}

/** How much one may ask in a time that moves along; what was asked before is counted by the owner, so splitting gains nothing. */
export interface BudgetCondition extends Sourced {
  readonly per: 'officer' | 'case' | 'plate' | 'agency';
  readonly counted: 'requests' | 'plates' | 'exceptions';
  readonly hours: number;
  /** Including this request. */
  readonly at_most: number;
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

/** A statement that each receiver has signed, as IL, NM and MD demand one. */
export interface DeclarationCondition extends Sourced {
  readonly declaration: string;
  /** Digest of the one text that will do. Left out: any text under this code. */
  readonly wording?: string;
  /** Under penalty of perjury. Left out: written is enough. */
  readonly sworn?: true;
  readonly max_age_hours?: number;
}

/** One kind of body to which the owner gives, and on what conditions. A receiver has to fit one whole entry. */
export interface RecipientCondition extends Sourced {
  readonly classes: readonly string[];
  /** Every jurisdiction of the receiver has to be named: by entity id, or `own` for those of the owner. Left out: any. */
  readonly jurisdictions?: readonly string[];
  /** Only these agencies, by entity id. Left out: any of the classes. */
  readonly agencies?: readonly string[];
  /** Only for these purposes. Left out: for any that the rule allows. */
  readonly purposes?: readonly string[];
  readonly legal_process?: MinimumProcess;
  readonly declarations?: readonly DeclarationCondition[];
}

/** From cameras of which owners reads may come. */
export interface CameraCondition extends Sourced {
  readonly owner_classes: readonly string[];
}

export interface HotListCondition extends Sourced {
  /** The source files that an entry may come from. */
  readonly sources: readonly string[];
  /** How old the list may be (NE: each shift; NH: a day). */
  readonly max_list_age_hours: number;
}

/** How many independent witnesses have cosigned the checkpoint before anything is released. */
export interface WitnessCondition extends Sourced {
  readonly at_least: number;
}

export interface ObligationCondition extends Sourced {
  readonly retention_seconds: number;
  readonly purpose: 'named_case_only';
  readonly onward_transfer: 'refused_without_new_request';
  readonly recall_holds?: RecallHoldCondition;
}

/** What an exception may soften; never a protection, a purpose, a beneficiary, a person or what is forbidden. */
export interface SoftenedAskConditions {
  readonly offences?: OffenceCondition;
  readonly legal_process?: LegalProcessCondition;
  readonly scope?: ScopeCondition;
}

export interface SoftenedConditions extends SoftenedAskConditions {
  readonly recipients?: readonly RecipientCondition[];
  readonly declarations?: readonly DeclarationCondition[];
}

export interface AfterwardsDuty {
  /** The approval may follow, within so many hours. Left out: it comes before, as always. */
  readonly approve_within_hours?: number;
  readonly report_within_hours: number;
}

/** An exception is claimed openly, for its purposes only, and is paid for afterwards (P21). */
export interface ExceptionCondition extends Sourced {
  readonly exception: string;
  readonly purposes: readonly string[];
  /** In place of the conditions of the same name, also in every tier. */
  readonly instead?: SoftenedConditions;
  readonly afterwards: AfterwardsDuty;
}

/** Any one of them is enough. What is not known counts as reached and is a missing fact. */
export interface TierTrigger {
  readonly data_older_than_hours?: number;
  readonly window_over_hours?: number;
  readonly area_over_km2?: number;
  readonly areas_over?: number;
  readonly plates_over?: number;
  readonly fan_out_over?: number;
  readonly purposes?: readonly string[];
  readonly offences?: readonly string[];
  readonly camera_owner_classes?: readonly string[];
}

export interface AskTier extends Sourced {
  readonly name: string;
  readonly when: TierTrigger;
  readonly purposes?: PurposeCondition;
  readonly offences?: OffenceCondition;
  readonly legal_process?: LegalProcessCondition;
  readonly approval?: ApprovalCondition;
  readonly officer?: OfficerCondition;
  readonly case_number?: CaseNumberCondition;
  readonly scope?: ScopeLimits;
}

/** What has to be met besides, where a query reaches further: older data, a wider area, a longer window ... */
export interface ReleaseTier extends AskTier {
  readonly require?: readonly Requirement[];
  readonly recipients?: readonly RecipientCondition[];
  readonly declarations?: readonly DeclarationCondition[];
  readonly witnesses?: WitnessCondition;
}

export interface AskConditions {
  readonly purposes: PurposeCondition;
  readonly offences: OffenceCondition;
  readonly beneficiary: BeneficiaryCondition;
  readonly legal_process: LegalProcessCondition;
  readonly approval: ApprovalCondition;
  readonly officer: OfficerCondition;
  readonly case_number: CaseNumberCondition;
  readonly scope: ScopeCondition;
  readonly exceptions?: readonly ExceptionCondition[];
  readonly budgets?: readonly BudgetCondition[];
  readonly hot_list?: HotListCondition;
  readonly tiers?: readonly AskTier[];
}

export interface ReleaseConditions extends Omit<AskConditions, 'tiers'> {
  readonly require: readonly Requirement[];
  readonly recipients: readonly RecipientCondition[];
  readonly fields: readonly string[];
  readonly obligations: ObligationCondition;
  readonly declarations?: readonly DeclarationCondition[];
  readonly cameras?: CameraCondition;
  /** Left out: places and times as they were seen. */
  readonly coarsen?: CoarseningCondition;
  readonly witnesses?: WitnessCondition;
  readonly tiers?: readonly ReleaseTier[];
}

/** What is refused whatever else the rule allows: where everything that the clause names is so. Forbid wins. */
export interface ForbidClause extends Sourced {
  readonly name: string;
  readonly sides: readonly ('release' | 'ask')[];
  readonly when: ForbidMatch;
}

/** At least one of them. A fact that is not known counts as matching: what cannot be excluded is forbidden. */
export interface ForbidMatch {
  readonly kinds?: readonly string[];
  readonly purposes?: readonly string[];
  readonly offences?: readonly string[];
  readonly exceptions?: readonly string[];
  /** Of the requester or of the beneficiary. */
  readonly classes?: readonly string[];
  readonly jurisdictions?: readonly string[];
  readonly agencies?: readonly string[];
  readonly camera_owner_classes?: readonly string[];
  readonly hot_list_sources?: readonly string[];
  /** What another agency received is not passed on, not even by a request of the new recipient. */
  readonly onward?: true;
  /** Forms of case numbers that belong to somebody else. */
  readonly case_numbers?: readonly string[];
}
