import { leafHash, nodesOver, inclusionProof, verifyInclusion, hashRange } from '#ledger';
import {
  canonicalJson,
  decodeBase64url,
  encodeBase64url,
  saltedDigest,
  type Ask,
  type ClearFacts,
  type ClearOfficer,
  type JsonValue,
  type LegalProcess,
  type OwnerOpening,
  type OwnersCommitment,
  type QueryFacts,
} from '#protocol';

/** What the supervisor's approval signs and every hop repeats: a salted digest of the canonical ask (RFC 8785). */
export function askDigest(ask: Ask, salt: string): string {
  return saltedDigest('comity/ask/v1', salt, plain(ask));
}

export function legalProcessCommitment(process: LegalProcess, salt: string): string {
  return saltedDigest('comity/legal-process/v1', salt, plain(process));
}

/** Binds the facts in the clear to the sealed part that repeats them. */
export function clearFactsDigest(clear: ClearFacts, jti: string): string {
  return saltedDigest('comity/clear-facts/v1', jti, plain(clear));
}

/**
 * The facts that a broker sees, and nothing else of the ask.
 *
 * @param query what stands in the clear of the ask's own query, as whoever can search has computed it from its content
 */
export function clearFactsOf(
  ask: Ask,
  query: QueryFacts,
  legalProcessSalt: string,
  persons: { readonly officer: ClearOfficer; readonly approved: boolean },
): ClearFacts {
  return {
    ...query,
    purpose: ask.purpose,
    offence: ask.offence,
    exception: ask.exception,
    legal_process: {
      class: ask.legal_process.class,
      commitment: legalProcessCommitment(ask.legal_process, legalProcessSalt),
    },
    beneficiary: ask.beneficiary,
    approved: persons.approved,
    officer: persons.officer,
  };
}

export interface SaltedOwner {
  readonly owner: string;
  /** 32 random bytes, base64url. */
  readonly salt: string;
}

/**
 * Commits to the owners an ask goes to: the root of a Merkle tree (RFC 6962) over salted ids. An owner that is shown its
 * own opening can check that the supervisor approved it, and learns nothing of the others but how many they are.
 */
export function commitToOwners(owners: readonly SaltedOwner[]): {
  commitment: OwnersCommitment;
  openings: ReadonlyMap<string, OwnerOpening>;
} {
  if (owners.length === 0) throw new RangeError('an ask goes to at least one owner');
  const nodes = nodesOver(owners.map(ownerLeaf));
  const openings = owners.map(({ owner, salt }, index): [string, OwnerOpening] => [
    owner,
    { salt, index, path: inclusionProof(index, owners.length, nodes).map(encodeBase64url) },
  ]);
  const root = encodeBase64url(hashRange({ begin: 0, end: owners.length }, nodes));
  return { commitment: { count: owners.length, root }, openings: new Map(openings) };
}

/** Whether `owner` is one of those that the ask commits to. */
export function ownerIsCommitted(owner: string, opening: OwnerOpening, commitment: OwnersCommitment): boolean {
  try {
    verifyInclusion({
      index: opening.index,
      size: commitment.count,
      leaf: ownerLeaf({ owner, salt: opening.salt }),
      proof: opening.path.map(decodeBase64url),
      root: decodeBase64url(commitment.root),
    });
    return true;
  } catch {
    return false;
  }
}

function ownerLeaf({ owner, salt }: SaltedOwner): Uint8Array {
  return leafHash(Buffer.from(canonicalJson({ owner, salt })));
}

/** Message classes hold nothing but JSON; canonical JSON leaves out members that are `undefined`. */
function plain(message: object): JsonValue {
  return message as JsonValue;
}
