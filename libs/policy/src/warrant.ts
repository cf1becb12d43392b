import type { Area } from './area.js';
import type { TimeWindow } from './facts.js';

/**
 * A court order or a warrant, its signature verified, as far as it bounds a search. What a warrant does not limit is said
 * to be `any`; a member that is missing never stands for *without limit*.
 */
export interface Warrant {
  /** `court-order` or `warrant`, in the words of the vocabulary. */
  readonly class: string;
  /** Signed by an enrolled court itself, or attested by the requesting agency. */
  readonly signedBy: 'court' | 'agency';
  readonly issuer: string;
  /** Of the document. */
  readonly digest: string;
  /** The digest to which the request committed itself in the clear. */
  readonly committedDigest: string;
  /** Good in [validFromMs, validUntilMs). */
  readonly validFromMs: number;
  readonly validUntilMs: number;
  readonly revoked: boolean;
  /** Kinds of query. */
  readonly kinds: readonly string[] | 'any';
  /** Canonical plates, compared character by character. */
  readonly plates: readonly string[] | 'any';
  readonly areas: readonly Area[] | 'any';
  /** Reads seen in this time may be searched. */
  readonly window: TimeWindow | 'any';
  readonly offences: readonly string[] | 'any';
  readonly caseNumber: string;
  /** How often it may be used, and how often it has been, all owners together. */
  readonly usesAllowed: number | 'any';
  readonly usesSpent: number;
}

/** The exact query, as the owner opens it. */
export interface SearchedScope {
  readonly plates: readonly string[];
  readonly areas: readonly Area[];
}
