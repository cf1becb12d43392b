import type { Area, Warrant } from '#policy';
import { ProtocolError, readToken, type KeySet } from '#protocol';
import {
  TrustError,
  parseWarrant,
  parseWarrantAttestation,
  verifyWarrant,
  verifyWarrantAttestation,
  type ProcessArea,
  type ProcessBounds,
  type StatusReference,
  type VerifiedChain,
} from '#trust';

/** Whoever shows legal process, as this node's own anchor vouches for it. */
export interface ShownBy {
  readonly entityId: string;
  readonly jurisdictions: readonly string[];
  /** Of its messages: what an agency attests itself is signed with these. */
  readonly signing: KeySet;
}

/** An order or warrant that is believed, and as which a rule reads it. */
export interface BelievedProcess {
  readonly digest: string;
  readonly signedBy: Warrant['signedBy'];
  readonly issuer: string;
  readonly bounds: ProcessBounds;
  readonly revoked: boolean;
  /** By what its uses are counted: an attestation is signed anew every day, the paper behind it stays. */
  readonly countedBy: string;
}

/** Documents that came sealed with an ask, and which of the two kinds each is. */
export type ReadProcess =
  | {
      readonly kind: 'warrant';
      readonly token: string;
      readonly digest: string;
      readonly countedBy: string;
      readonly bounds: ProcessBounds;
      readonly issuer: string;
    }
  | {
      readonly kind: 'warrant-attestation';
      readonly token: string;
      readonly digest: string;
      readonly countedBy: string;
      readonly bounds: ProcessBounds;
      readonly issuer: string;
      /** By name. */
      readonly court: string;
    };

/** Grammar only. @throws TrustError `warrant_malformed` and what a status is refused for */
export function readProcess(token: string): ReadProcess {
  if (isKind('warrant-attestation', token)) {
    const { digest, paper, bounds, issuer, court } = parseWarrantAttestation(token);
    return { kind: 'warrant-attestation', token, digest, countedBy: paper, bounds, issuer, court };
  }
  const { digest, bounds, issuer } = parseWarrant(token);
  return { kind: 'warrant', token, digest, countedBy: digest, bounds, issuer };
}

function isKind(kind: 'warrant-attestation', token: string): boolean {
  try {
    readToken(kind, token);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/**
 * Whether a document is believed at this moment: signed by an enrolled court for this agency, or attested by the agency
 * itself. What was revoked is read as revoked; where nobody can say whether it was, it is not believed.
 *
 * @param input.courts of which every statement is known to hold now
 * @param input.requireStatus that the entry is known to be valid, as `StatusLists.require`
 * @throws TrustError why it is not believed
 */
export async function verifiedProcess(input: {
  readonly token: string;
  readonly shownBy: ShownBy;
  readonly courts: readonly VerifiedChain[];
  readonly requireStatus: (status: StatusReference, place: { readonly entityId: string }) => void;
  /** Milliseconds. */
  readonly now: number;
}): Promise<BelievedProcess> {
  const { token, shownBy, courts, requireStatus, now } = input;
  const { entityId: agency, jurisdictions, signing } = shownBy;
  const read = readProcess(token);
  const { digest, countedBy, issuer } = read;
  if (read.kind === 'warrant-attestation') {
    const { bounds } = await verifyWarrantAttestation({ token, issuer: agency, keys: signing, now });
    return { digest, signedBy: 'agency', issuer, bounds, revoked: false, countedBy };
  }
  const court = courts.find(({ entityId }) => entityId === issuer);
  if (court === undefined) throw new TrustError('entity_unknown', 'no enrolled court in force', { entityId: issuer });
  const { bounds, status } = await verifyWarrant({ token, court, agency, jurisdictions, now });
  return { digest, signedBy: 'court', issuer, bounds, revoked: isRevoked(status, issuer, requireStatus), countedBy };
}

function isRevoked(
  status: StatusReference,
  entityId: string,
  requireStatus: (status: StatusReference, place: { readonly entityId: string }) => void,
): boolean {
  try {
    requireStatus(status, { entityId });
    return false;
  } catch (error) {
    if (error instanceof TrustError && error.code === 'status_revoked') return true;
    throw error;
  }
}

/** As a rule is applied to it. */
export function warrantFact(believed: BelievedProcess, committedDigest: string, usesSpent: number): Warrant {
  const { bounds, digest, signedBy, issuer, revoked } = believed;
  const { window, areas } = bounds;
  return {
    class: bounds.class,
    signedBy,
    issuer,
    digest,
    committedDigest,
    validFromMs: bounds.validFrom,
    validUntilMs: bounds.validUntil,
    revoked,
    kinds: bounds.kinds,
    plates: bounds.plates,
    areas: areas === 'any' ? areas : areas.map((area: ProcessArea): Area => area),
    window: window === 'any' ? window : { fromMs: window.from, untilMs: window.until },
    offences: bounds.offences,
    caseNumber: bounds.caseNumber,
    usesAllowed: bounds.uses,
    usesSpent,
  };
}
