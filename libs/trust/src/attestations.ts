import { contradictionsOf, type Contradiction } from './contradictions.js';
import type { StatusReference } from './status-list.js';
import type { VerifiedChain } from './trust-chain.js';
import type { Basis, VerifiedTrustMark } from './trust-mark.js';

/** That one protection, at one level, binds one agency at one instant. Instants in milliseconds. */
export interface Attestation {
  readonly protection: string;
  readonly level: string;
  readonly version: string;
  readonly basis: Basis;
  readonly statute: string;
  readonly textDigest: string;
  readonly issuer: string;
  /** Whose configuration shows the mark: a jurisdiction (its law), or the agency itself (a fact about it). */
  readonly subject: string;
  /** The jurisdiction whose law or finding this is; parity is tested in each of an agency's jurisdictions. */
  readonly jurisdiction: string | null;
  readonly effectiveFrom: number;
  readonly effectiveUntil: number | null;
  /** Issuer and subject are one, or have one controller: met only where a rule says so (T09). */
  readonly selfIssued: boolean;
  /** Digest of the mark, for the evidence. */
  readonly digest: string;
  readonly proof: AttestationProof;
  /** After this instant the attestation has to be fetched anew. */
  readonly expiresAt: number;
}

/** With a pinned anchor, all that is needed to verify an attestation again. */
export interface AttestationProof {
  readonly mark: string;
  /** Statements that vouch for its issuer, up to the anchor's configuration, which lists who may issue it. */
  readonly issuer: readonly string[];
  /** Where its issuer says whether it still holds. */
  readonly status: StatusReference;
}

/** A jurisdiction and the marks that were verified in its configuration. */
export interface JurisdictionMarks {
  readonly chain: VerifiedChain;
  readonly marks: readonly VerifiedTrustMark[];
}

/** All that was verified about one agency, and the instant that is asked about. */
export interface VerifiedAbout {
  readonly agencyChain: VerifiedChain;
  readonly agencyMarks: readonly VerifiedTrustMark[];
  /** Those the anchor's register lists for the agency, not only those the agency hints at. */
  readonly jurisdictions: readonly JurisdictionMarks[];
  /** Milliseconds. */
  readonly at: number;
}

/**
 * What is attested for an agency at an instant: the law of each of its jurisdictions, so far as that law reaches agencies
 * of the class its superior states, and what is attested about the agency itself; without what a worse word about the same
 * fact contradicts. What is not in the list is not met.
 */
export function attestationsInForce(input: VerifiedAbout): Attestation[] {
  return reconciledInForce(input).attestations;
}

/** The same, and beside it what was contradicted and by whom. */
export function reconciledInForce(input: VerifiedAbout): {
  readonly attestations: Attestation[];
  readonly contradictions: Contradiction[];
} {
  const found = allInForce(input);
  const contradictions = contradictionsOf(input.agencyChain, found);
  const contradicted = new Set(contradictions.map(({ attestation: better }) => better));
  return { attestations: found.filter((each) => !contradicted.has(each)), contradictions };
}

function allInForce(input: VerifiedAbout): Attestation[] {
  const { agencyChain, agencyMarks, jurisdictions, at } = input;
  const ofLaw = jurisdictions.flatMap(({ chain, marks }) =>
    marks
      .filter((mark) => mark.subject === chain.entityId && binds(mark, agencyChain.agencyClass))
      .map((mark) => attestation(mark, chain.entityId)),
  );
  const ofAgency = agencyMarks
    .filter((mark) => mark.subject === agencyChain.entityId)
    .map((mark) => attestation(mark, findingOf(mark, agencyChain)));
  return [...ofLaw, ...ofAgency].filter((found) => isInForce(found, at));
}

/** A law that names no class, and an agency whose class nobody stated, do not meet. */
function binds(mark: VerifiedTrustMark, agencyClass: string | undefined): boolean {
  return agencyClass !== undefined && mark.binds.includes(agencyClass);
}

function findingOf(mark: VerifiedTrustMark, chain: VerifiedChain): string | null {
  return chain.jurisdictions.includes(mark.issuer) ? mark.issuer : (chain.jurisdictions[0] ?? null);
}

/** Half-open: in force from its first instant until before its last, and only while its mark is fresh. */
function isInForce(attestation: Attestation, at: number): boolean {
  const { effectiveFrom, effectiveUntil, expiresAt } = attestation;
  return at >= effectiveFrom && (effectiveUntil === null || at < effectiveUntil) && at < expiresAt;
}

function attestation(mark: VerifiedTrustMark, jurisdiction: string | null): Attestation {
  const { protection, level, version, basis, statute, textDigest, issuer, subject, digest, expiresAt } = mark;
  const { effectiveFrom, effectiveUntil, selfIssued } = mark;
  return {
    protection,
    level,
    version,
    basis,
    statute,
    textDigest,
    issuer,
    subject,
    jurisdiction,
    effectiveFrom,
    effectiveUntil,
    selfIssued,
    digest,
    proof: { mark: mark.token, issuer: mark.issuerStatements, status: mark.status },
    expiresAt,
  };
}
