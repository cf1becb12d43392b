/**
 * What is known about one point of a request. Only a broker holds `sealed`: the fact exists and only the owner opens it.
 * `absent` meets nothing.
 */
export type Fact<T> =
  { readonly state: 'known'; readonly value: T } | { readonly state: 'absent' } | { readonly state: 'sealed' };

export const ABSENT = { state: 'absent' } as const;
export const SEALED = { state: 'sealed' } as const;

export function known<T>(value: T): Fact<T> {
  return { state: 'known', value };
}

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

export interface RequestFacts {
  readonly kind: Fact<string>;
  /** The kind that the content itself amounts to, whatever the request calls it (P16). Sealed at a broker. */
  readonly contentKind: Fact<string>;
  readonly window: Fact<TimeWindow>;
  readonly plateCount: Fact<number>;
  /** How many owners are asked. */
  readonly fanOut: Fact<number>;
  readonly purpose: Fact<string>;
  readonly offence: Fact<string>;
  readonly exception: Fact<string>;
  readonly legalProcess: Fact<string>;
  /** Sealed at a broker. */
  readonly legalProcessContent: Fact<LegalProcessContent>;
  readonly approvalExists: Fact<boolean>;
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
  readonly request: RequestFacts;
}
