import type { Attestation as PolicyAttestation } from '#policy';
import type { Attestation, Contradiction, VerifiedChain } from '#trust';

/** In the place of a mark that is not believed: what stands against it, so that a denial names both. */
export function worseWord(
  { attestation, level, issuer, worst }: Contradiction,
  chain: VerifiedChain,
): PolicyAttestation[] {
  if (!attestation) return [];
  const against = `stated against the mark at ${level} of ${issuer}, which does not count`;
  const said = { level: worst.level, issuer: worst.issuer, digest: worst.digest };
  return [{ ...attestationOf(attestation, chain), basis: 'declaration', statute: against, ...said }];
}

/** A verified mark as a decision reads it: of the agency itself, or the law of one of its jurisdictions. */
export function attestationOf(attestation: Attestation, chain: VerifiedChain): PolicyAttestation {
  const { protection, level, basis, statute, issuer, subject, digest } = attestation;
  const own = subject === chain.entityId;
  return {
    protection,
    level,
    basis,
    statute,
    issuer,
    digest,
    effectiveFromMs: attestation.effectiveFrom,
    effectiveUntilMs: attestation.effectiveUntil,
    reach: own
      ? { kind: 'own', selfIssued: attestation.selfIssued }
      : // A law that does not bind this class never becomes an attestation of the agency (`attestationsInForce`).
        {
          kind: 'jurisdiction',
          jurisdiction: subject,
          binds: chain.agencyClass === undefined ? [] : [chain.agencyClass],
        },
  };
}
