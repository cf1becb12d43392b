import type { Attestation } from './attestations.js';
import { AGREEMENT_287G } from './protection-type.js';
import { AGREEMENT_MODELS } from './stated-facts.js';
import type { VerifiedChain } from './trust-chain.js';

/** Two words about one agency that cannot both be true, each of somebody who may speak: the worse counts. */
export interface Contradiction {
  readonly protection: string;
  readonly level: string;
  /** Who says the better, which is not believed. */
  readonly issuer: string;
  /** The mark that is not believed; `undefined` where it is the superior's word under `access`. */
  readonly attestation: Attestation | undefined;
  readonly worst: Word;
}

/** That an agency has an agreement of this model. */
export interface Word {
  readonly level: string;
  readonly issuer: string;
  /** Digest of the mark or of the superior's statement. */
  readonly digest: string;
}

/** A model that nobody knows could be any, the worst among them. */
const WORST = AGREEMENT_MODELS.length;

/**
 * Holds what is attested about 287(g) agreements of an agency against each other and against what its superior states under
 * `access`. The superior's statement reaches every node with the chain, so that an agency cannot leave it out as it can a
 * mark. A law that forbids such agreements (IL, NJ) is no proof against one that was signed all the same.
 *
 * @param attestations in force for the agency
 */
export function contradictionsOf(agency: VerifiedChain, attestations: readonly Attestation[]): Contradiction[] {
  const { protection } = AGREEMENT_287G;
  const { agreement287g } = agency.access;
  const marks = attestations.filter((found) => found.protection === protection);
  const stated: Word[] = agreement287g.stated
    ? [{ level: agreement287g.value, issuer: agency.superiors[0] ?? agency.anchor, digest: agency.digests[1] ?? '' }]
    : [];
  const said = [...stated, ...marks.filter(({ subject }) => subject === agency.entityId)];
  const [worst] = said.toSorted((a, b) => badness(b) - badness(a));
  if (!worst) return [];
  const word = { level: worst.level, issuer: worst.issuer, digest: worst.digest };
  return [
    ...marks.map((attestation) => ({ attestation, level: attestation.level, issuer: attestation.issuer })),
    ...stated.map(({ level, issuer }) => ({ attestation: undefined, level, issuer })),
  ].flatMap((better) => (badness(better) < badness(worst) ? [{ protection, ...better, worst: word }] : []));
}

function badness({ level }: { readonly level: string }): number {
  const rank = AGREEMENT_MODELS.findIndex((model) => model === level);
  return rank < 0 ? WORST : rank;
}
