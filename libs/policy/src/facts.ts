import type { Access } from './access.js';
import type { Fact } from './fact.js';
import type { SearchedScope, Warrant } from './warrant.js';

export { ABSENT, SEALED, known, type Fact } from './fact.js';

/** Whom an attestation reaches. */
export type Reach =
  /** The law of a jurisdiction: it reaches agencies listed there whose class is in `binds`. */
  | { readonly kind: 'jurisdiction'; readonly jurisdiction: string; readonly binds: readonly string[] }
  /** The agency alone that shows it; `selfIssued` where issuer and agency are one or have one controller. */
  | { readonly kind: 'own'; readonly selfIssued: boolean };

/** One verified trust mark: one level of one protection, never a matrix. */
export interface Attestation {
  readonly protection: string;
  readonly level: string;
  /** `statute`, `policy` or `declaration`. */
  readonly basis: string;
  /** Citation, or what stands in its place. */
  readonly statute: string;
  readonly issuer: string;
  readonly reach: Reach;
  /** In force in [effectiveFromMs, effectiveUntilMs); `null` says that no end is enacted. The mark's own `exp` is no end. */
  readonly effectiveFromMs: number;
  readonly effectiveUntilMs: number | null;
  /** Digest of the mark, to name it in receipts and recalls. */
  readonly digest: string;
}

/** An agency as the anchor's register and its superiors describe it, never as it describes itself. */
export interface Party {
  readonly entityId: string;
  readonly agencyClass: Fact<string>;
  /** Every jurisdiction that the register lists. Known and empty for a body without one, which inherits nothing. */
  readonly jurisdictions: Fact<readonly string[]>;
  readonly attestations: readonly Attestation[];
  /** Who else comes to what it receives. */
  readonly access: Access;
}

/** On whose behalf the request is made. */
export type Beneficiary =
  | { readonly kind: 'none' }
  | { readonly kind: 'party'; readonly party: Party }
  | { readonly kind: 'not_enrolled'; readonly entityId: string };

/** Half-open: [fromMs, untilMs). */
export interface TimeWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The legal process as the sealed part holds it. */
export interface LegalProcessContent {
  readonly class: string;
  /** Whether a document (docket, order, warrant) is named. */
  readonly hasReference: boolean;
}

/** A statement that an agency has signed, verified; who signed it for the agency is no part of it. */
export interface SignedDeclaration {
  readonly declaration: string;
  /** Digest of the text that was signed. */
  readonly wording: string;
  /** Under penalty of perjury. */
  readonly sworn: boolean;
  /** Entity id of the agency that is bound by it. */
  readonly issuer: string;
  /** Signed at `signedAtMs`, good until `untilMs`. */
  readonly signedAtMs: number;
  readonly untilMs: number;
  readonly digest: string;
}

/** How large an area is asked for, as it is said in the clear. */
export interface AreaSize {
  readonly count: number;
  readonly squareKm: number;
}

/** From which source file an entry of a hot list comes, and how old the list is. */
export interface HotListEntry {
  readonly source: string;
  readonly refreshedAtMs: number;
}

/** What was asked before this request, as the owner has counted it over the last `hours`. */
export interface BudgetUse {
  readonly per: 'officer' | 'case' | 'plate' | 'agency';
  readonly counted: 'requests' | 'plates' | 'exceptions';
  readonly hours: number;
  /** Of several officers, cases or plates: the largest. */
  readonly used: number;
}

export interface RequestFacts {
  readonly kind: Fact<string>;
  /** The kind that the content itself amounts to, whatever the request calls it (P16). Sealed at a broker. */
  readonly contentKind: Fact<string>;
  readonly window: Fact<TimeWindow>;
  readonly plateCount: Fact<number>;
  readonly area: Fact<AreaSize>;
  /** How many characters of a partial plate are known. */
  readonly characters: Fact<number>;
  /** How many owners are asked. */
  readonly fanOut: Fact<number>;
  readonly purpose: Fact<string>;
  readonly offence: Fact<string>;
  readonly exception: Fact<string>;
  readonly legalProcess: Fact<string>;
  /** Sealed at a broker. */
  readonly legalProcessContent: Fact<LegalProcessContent>;
  /** The order or warrant itself, verified, and the exact query that it has to cover. Sealed at a broker. */
  readonly warrant: Fact<Warrant>;
  readonly searched: Fact<SearchedScope>;
  readonly declarations: Fact<readonly SignedDeclaration[]>;
  readonly hotList: Fact<HotListEntry>;
  /** Of the reads that would be released, so known at release; an empty list before the search. Sealed at a broker. */
  readonly cameraOwnerClasses: Fact<readonly string[]>;
  /** Whether it is about what another agency received and told of: passing on. Sealed at a broker. */
  readonly onward: Fact<boolean>;
  /** As the owner has counted them. Sealed at a broker. */
  readonly budgets: Fact<readonly BudgetUse[]>;
  /** Of the agency's earlier exceptions: approvals and reports that are late. Sealed at a broker. */
  readonly overdueDuties: Fact<number>;
  /** Independent witnesses: before the release those that can be asked, at it those that have cosigned. Sealed at a broker. */
  readonly witnesses: Fact<number>;
  /** Whether the records system of the agency states that the case is active. Sealed at a broker. */
  readonly caseActive: Fact<boolean>;
  readonly approvalExists: Fact<boolean>;
  /** Sealed at a broker. */
  readonly approverRole: Fact<string>;
  /** Whether officer and supervisor are two persons. Sealed at a broker. */
  readonly approverDistinct: Fact<boolean>;
  readonly officerAcr: Fact<string>;
  readonly officerRole: Fact<string>;
  /** Sealed at a broker. */
  readonly caseNumber: Fact<string>;
  /** Free text never decides (P05): no clause reads it. It stands here so that a test can show that. */
  readonly narrative: Fact<string>;
}

/** Everything that a decision is made from, beside the rule and the time. */
export interface Facts {
  readonly requester: Party;
  readonly beneficiary: Fact<Beneficiary>;
  /** For `as_strict_as_mine`. Absent where a requesting agency applies its own rule. */
  readonly owner: Fact<Party>;
  /**
   * The enrolled among the bodies that have access to what requester or beneficiary receive, directly or through each other.
   * A body that a list names and that is not here is not enrolled, and meets nothing.
   */
  readonly withAccess: readonly Party[];
  readonly request: RequestFacts;
}
