import { digestOf, type JsonValue } from '#protocol';

export const PROFILE_SCHEMA = 'comity-profile/v1';

/** `H` primary text seen, `M` summary or press seen, `H/M` some of each. What is less sure is no statement. */
export const CONFIDENCES = ['H', 'H/M', 'M'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Where something was read, and when. */
interface Read {
  readonly citation: string;
  /** How the source was read, and what of it was not verified. */
  readonly reading: string;
  readonly source: string;
  /** The day on which it was read, `YYYY-MM-DD`. */
  readonly as_of: string;
}

/** One thing that a law is read to say: what an authority would sign as a trust mark. */
export interface LawStatement extends Read {
  readonly protection: string;
  readonly level: string;
  readonly basis: string;
  readonly confidence: Confidence;
  /** Instant; `null` where the day of effect was not verified: it counts from the day on which it was read. */
  readonly effective_from: string | null;
  /** Instant, half-open; `null` where no end is enacted. */
  readonly effective_until: string | null;
  /** Classes of agency that this statement reaches, where they are others than those of the profile. */
  readonly binds?: readonly string[];
}

/** Something that was heard of and not verified. It attests nothing and demands nothing. */
export interface UnverifiedNote extends Read {
  /** What it would be about, if it were so. */
  readonly protection: string | null;
  readonly level: string | null;
  readonly why: string;
}

/** Something that was read and that no level of the vocabulary says. It attests nothing. */
export interface Remark extends Read {
  readonly confidence: Confidence;
}

export interface DeclarationDemand {
  readonly declaration: string;
  readonly sworn?: true;
}

export interface RecipientDemand {
  readonly classes: readonly string[];
  /** Ids of legal orders, or `own`. Left out: any. */
  readonly jurisdictions?: readonly string[];
  readonly purposes?: readonly string[];
  readonly legal_process?: { readonly at_least: string };
  readonly declarations?: readonly DeclarationDemand[];
  /** The law that says so; left out where the entry is no more than a starting value. */
  readonly source?: string;
}

export interface TierDemand {
  readonly name: string;
  readonly when: { readonly data_older_than_hours?: number; readonly camera_owner_classes?: readonly string[] };
  readonly require_own: readonly string[];
  readonly legal_process: { readonly at_least: string };
  readonly source: string;
}

/** What the law demands of an agency that holds reads: the part of its starting rule that is law. */
export interface OwnerDemands {
  /** Protections of `statements` that a requester has to have at the same level: parity, one by one. */
  readonly require_own: readonly string[];
  readonly recipients?: readonly RecipientDemand[];
  readonly purposes?: {
    readonly allow?: readonly string[];
    readonly deny?: readonly string[];
    readonly source: string;
  };
  readonly tiers?: readonly TierDemand[];
  /** Where the law speaks of lists of wanted plates. */
  readonly hot_list?: {
    readonly legal_process?: string;
    readonly max_list_age_hours?: number;
    readonly source: string;
  };
}

/**
 * What the law of one legal order is read to say: a draft that its authority corrects and signs. Made by `parseProfile`
 * only; the members are those of the JSON document.
 */
export interface Profile {
  readonly schema: typeof PROFILE_SCHEMA;
  /** Two letters: USPS code of a state. Three: ISO 3166-1 alpha-3 of a country, since `DE` is Delaware. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Digest of the version before; `null` for the first. */
  readonly replaces: string | null;
  /** Digest of the vocabulary that the profile is written in. */
  readonly vocabulary: string;
  readonly as_of: string;
  readonly notice: string;
  /** The classes of agency that a statement reaches if it names no others. */
  readonly binds: { readonly classes: readonly string[]; readonly reading: string };
  readonly statements: readonly LawStatement[];
  readonly unverified: readonly UnverifiedNote[];
  readonly remarks: readonly Remark[];
  readonly owner: OwnerDemands;
}

/** base64url of SHA-256 over the canonical document: what an authority signs, and what the next version replaces. */
export function profileDigest(profile: Profile): string {
  return digestOf(profile as unknown as JsonValue);
}
