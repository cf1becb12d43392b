import type { Attestation, Party } from './facts.js';

/** Half-open: in force at its first instant, no longer at its last. */
export function isInForce(attestation: Attestation, now: number): boolean {
  const { effectiveFromMs, effectiveUntilMs } = attestation;
  return effectiveFromMs <= now && (effectiveUntilMs === null || now < effectiveUntilMs);
}

/**
 * Whether an attestation binds the party within `jurisdiction`. The law of a jurisdiction does so where the party's class,
 * as its superior states it, is one that the law reaches; an own mark binds the party wherever it acts, and nobody else.
 */
export function reaches(attestation: Attestation, party: Party, jurisdiction: string | undefined): boolean {
  const { reach } = attestation;
  if (reach.kind === 'own') return true;
  const agencyClass = party.agencyClass.state === 'known' ? party.agencyClass.value : undefined;
  return reach.jurisdiction === jurisdiction && agencyClass !== undefined && reach.binds.includes(agencyClass);
}

/** The legal orders in which a party has to be judged: one without any is judged by its own marks alone. */
export function legalOrders(jurisdictions: readonly string[]): readonly (string | undefined)[] {
  return jurisdictions.length === 0 ? [undefined] : [...new Set(jurisdictions)].sort();
}

/** Every attestation of the protection that binds the party now, in whichever of its legal orders. */
export function bindingNow(party: Party, protection: string, now: number): readonly Attestation[] {
  const orders = legalOrders(party.jurisdictions.state === 'known' ? party.jurisdictions.value : []);
  return party.attestations.filter(
    (attestation) =>
      attestation.protection === protection &&
      isInForce(attestation, now) &&
      orders.some((order) => reaches(attestation, party, order)),
  );
}
