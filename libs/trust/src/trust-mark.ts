import { NO_AUDIENCE, readToken, verifyToken, type KeySet, type UnverifiedToken } from '#protocol';
import { parseEntityId } from './entity-id.js';
import type { ShownTrustMark } from './entity-statement.js';
import { verifyMarkDelegation } from './mark-delegation.js';
import { parseProtectionMarkType, type ProtectionType } from './protection-type.js';
import { readStatus, type StatusReference } from './status-list.js';
import { StrictClaims } from './strict-claims.js';
import type { VerifiedAnchor } from './trust-anchor.js';
import type { VerifiedChain } from './trust-chain.js';
import { TrustError } from './trust-error.js';
import { requireInForce, type Validity } from './validity.js';

export const BASES = ['statute', 'policy', 'declaration'] as const;
/** What an attestation rests on, strongest first. */
export type Basis = (typeof BASES)[number];

/** A mark as it was read: every member is attacker-controlled. */
export interface UnverifiedTrustMark extends Validity {
  readonly token: string;
  readonly digest: string;
  readonly kid: string;
  readonly type: string;
  readonly issuer: string;
  readonly subject: string;
  /** Citation a person can look up. */
  readonly statute: string;
  /** base64url SHA-256 of the text that was read for the attestation. */
  readonly textDigest: string;
  readonly basis: Basis;
  /** Milliseconds; half-open: in effect from `effectiveFrom` until before `effectiveUntil`. */
  readonly effectiveFrom: number;
  readonly effectiveUntil: number | null;
  /** Agency classes the law reaches; a mark about an agency itself has none. */
  readonly binds: readonly string[];
  /** Where its issuer says whether it still holds. */
  readonly status: StatusReference;
  /** What the owner of the type signed for the issuer. */
  readonly delegation: string | undefined;
}

declare const verified: unique symbol;

/** Made only by `verifyTrustMark`. `expiresAt` is the earliest of the mark's own, its issuer's and its delegation's. */
export interface VerifiedTrustMark extends UnverifiedTrustMark, ProtectionType {
  readonly [verified]: 'mark';
  /** Issuer and subject are one, or have one controller: it counts only where a rule says so (T09). */
  readonly selfIssued: boolean;
  /** The statements that vouch for its issuer: with the mark they are the proof. */
  readonly issuerStatements: readonly string[];
}

/** The authority behind a mark: a verified chain, or the anchor itself. */
export type MarkIssuer = Pick<VerifiedChain, 'entityId' | 'federationKeys' | 'anchor' | 'expiresAt' | 'tokens'> &
  Partial<Pick<VerifiedChain, 'access'>>;
/** Whoever shows a mark. */
export type MarkSubject = Pick<VerifiedChain, 'entityId' | 'entityType' | 'superiors' | 'access'>;

const MAX_BINDS = 32;
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const CLASS = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/;

/** Reads a mark by the closed profile. @throws TrustError `mark_malformed` and others */
export function parseTrustMark(token: string): UnverifiedTrustMark {
  const read = readGrammar(token);
  const claims = new StrictClaims(read.claims, 'mark_malformed', 'the trust mark');
  const issuer = parseEntityId(claims.text('iss')).id;
  const mark = {
    token,
    digest: read.digest,
    kid: read.header.kid,
    type: claims.text('trust_mark_type'),
    issuer,
    subject: parseEntityId(claims.text('sub')).id,
    issuedAt: claims.instant('iat'),
    // OpenID Federation leaves `exp` open; a mark without one could never be taken back by waiting.
    expiresAt: claims.instant('exp'),
    statute: claims.text('statute'),
    textDigest: claims.text('text_digest', DIGEST),
    basis: readBasis(claims.text('basis')),
    effectiveFrom: claims.instant('effective_from'),
    effectiveUntil: claims.has('effective_until') ? claims.instant('effective_until') : null,
    binds: claims.has('binds') ? claims.texts('binds', MAX_BINDS) : [],
    status: readStatus(claims, issuer),
    delegation: claims.has('delegation') ? claims.long('delegation') : undefined,
  };
  if (claims.has('ref')) claims.text('ref');
  claims.end();
  requireContent(mark);
  return mark;
}

function readGrammar(token: string): UnverifiedToken {
  try {
    return readToken('trust-mark', token);
  } catch (cause) {
    throw new TrustError('mark_malformed', 'not a trust mark', { cause });
  }
}

function readBasis(text: string): Basis {
  const basis = BASES.find((known) => known === text);
  if (!basis) throw new TrustError('mark_malformed', 'the trust mark has no acceptable `basis`');
  return basis;
}

function requireContent(mark: UnverifiedTrustMark): void {
  if (mark.effectiveUntil !== null && mark.effectiveUntil <= mark.effectiveFrom) {
    throw new TrustError('mark_malformed', 'the trust mark ends before it takes effect');
  }
  if (!mark.binds.every((agencyClass) => CLASS.test(agencyClass))) {
    throw new TrustError('mark_malformed', 'the trust mark has no acceptable `binds`');
  }
}

/**
 * Verifies one mark as shown by `subject`. Refused: a mark about another entity (T06), of another type than it is shown
 * as, from an issuer the anchor does not list for the type, or without the delegation of the type's owner (T05), from an
 * issuer that has no authority over the subject (T08), without or past its `exp`. One that its subject issued to itself, or
 * had issued by its own controller, is marked as such (T09).
 *
 * @param input.shown the element of the subject's `trust_marks`
 * @param input.issuer verified chain (or anchor) of the mark's `iss`; `undefined` where there is none
 * @param input.anchor the anchor's verified configuration, with its `trust_mark_issuers`
 * @param input.now milliseconds
 * @throws TrustError
 */
export async function verifyTrustMark(input: {
  readonly shown: ShownTrustMark;
  readonly subject: MarkSubject;
  readonly issuer: MarkIssuer | undefined;
  readonly anchor: VerifiedAnchor;
  readonly now: number;
}): Promise<VerifiedTrustMark> {
  const { shown, subject, issuer, anchor, now } = input;
  try {
    const mark = parseTrustMark(shown.token);
    const type = parseProtectionMarkType(anchor.entityId, mark.type);
    if (mark.type !== shown.type) throw new TrustError('mark_type_mismatch', 'shown as another type than it is');
    if (mark.subject !== subject.entityId) throw new TrustError('mark_subject_mismatch', 'attests another entity');
    if (!issuer || issuer.entityId !== mark.issuer || issuer.anchor !== anchor.entityId) {
      throw new TrustError('mark_issuer_unknown', 'its issuer has no chain to this anchor');
    }
    requireListed(mark, anchor);
    requireAuthority(mark, subject);
    requireInForce(mark, now);
    if (now >= issuer.expiresAt) throw new TrustError('expired', 'the chain of its issuer is no longer valid');
    const delegatedUntil = await requireDelegation(mark, anchor, now);
    await requireMarkSignature(mark, issuer.federationKeys, now);
    const facts: Omit<VerifiedTrustMark, typeof verified> = {
      ...mark,
      ...type,
      selfIssued: isSelfIssued(mark, subject, issuer),
      issuerStatements: issuer.tokens,
      expiresAt: Math.min(mark.expiresAt, issuer.expiresAt, delegatedUntil),
    };
    return facts as VerifiedTrustMark;
  } catch (error) {
    throw error instanceof TrustError ? error.at(undefined, subject.entityId) : error;
  }
}

function requireListed(mark: UnverifiedTrustMark, anchor: VerifiedAnchor): void {
  const issuers = anchor.trustMarkIssuers.get(mark.type);
  // In OpenID Federation an empty list lets anyone issue. Here nobody may.
  if (issuers?.length === 0) throw new TrustError('mark_issuers_open', 'the anchor names no issuer for the type');
  if (!issuers?.includes(mark.issuer)) {
    throw new TrustError('mark_issuer_not_listed', 'the anchor does not list its issuer for the type');
  }
}

/** @returns until when the delegation holds; for ever where the type has no owner */
async function requireDelegation(mark: UnverifiedTrustMark, anchor: VerifiedAnchor, now: number): Promise<number> {
  const { type, issuer, delegation } = mark;
  const owner = anchor.trustMarkOwners.get(type);
  if (!owner) {
    if (delegation === undefined) return Infinity;
    throw new TrustError('mark_delegation_refused', 'a delegation for a type without an owner');
  }
  if (delegation === undefined)
    throw new TrustError('mark_delegation_missing', 'the owner of the type delegated nothing');
  return verifyMarkDelegation({ token: delegation, owner, issuer, type, now });
}

/** Authority runs downwards: over subordinates and, for the anchor's accredited, over oneself. */
function requireAuthority(mark: UnverifiedTrustMark, subject: MarkSubject): void {
  if (mark.issuer !== subject.entityId && !subject.superiors.includes(mark.issuer)) {
    throw new TrustError('mark_issuer_without_authority', 'its issuer is no superior of the entity');
  }
}

/**
 * A jurisdiction that attests its own enacted statute speaks as the legal authority that it is accredited as. Whatever else
 * an entity says of itself is its own word, also where it says it through the body that controls it, or through another
 * that the same body controls.
 */
function isSelfIssued(mark: UnverifiedTrustMark, subject: MarkSubject, issuer: MarkIssuer): boolean {
  if (mark.issuer === subject.entityId) return subject.entityType !== 'comity_jurisdiction' || mark.basis !== 'statute';
  const controllers = controllingBodies(subject.access);
  const others = issuer.access ? controllingBodies(issuer.access) : [];
  return controllers.includes(mark.issuer) || others.some((body) => controllers.includes(body));
}

function controllingBodies({ controllingBodies: bodies }: VerifiedChain['access']): string[] {
  return bodies.stated ? bodies.value.flatMap(({ entityId }) => entityId ?? []) : [];
}

async function requireMarkSignature(mark: UnverifiedTrustMark, keys: KeySet, now: number): Promise<void> {
  const { token, issuer } = mark;
  try {
    await verifyToken({ kind: 'trust-mark', token, keys, issuer, audience: NO_AUDIENCE, now });
  } catch (cause) {
    throw new TrustError('signature_invalid', 'not signed by a federation key of its issuer', { cause });
  }
}
