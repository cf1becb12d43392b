import { signToken, type JsonObject, type SigningKey } from '#protocol';
import type { ShownTrustMark } from './entity-statement.js';
import type { EntityMetadata } from './metadata.js';
import { statusClaim } from './status-list.js';
import type { Basis } from './trust-mark.js';

interface Issue {
  /** Federation key of the issuer. */
  readonly key: SigningKey;
  /** Milliseconds. */
  readonly issuedAt: number;
  /** At most a day. */
  readonly lifetimeSeconds: number;
}

export interface EntityConfigurationContent extends Issue {
  readonly entityId: string;
  /** Public federation keys; the signing key's alone where left out. */
  readonly jwks?: JsonObject;
  readonly metadata: EntityMetadata;
  /** Superiors; none for an anchor. */
  readonly authorityHints: readonly string[];
  readonly trustMarks: readonly ShownTrustMark[];
  /** By mark type; an anchor's only. */
  readonly trustMarkIssuers?: Readonly<Record<string, readonly string[]>>;
  /** By mark type, those whose marks need a delegation; an anchor's only. `jwks` are public federation keys. */
  readonly trustMarkOwners?: Readonly<Record<string, { readonly entityId: string; readonly jwks: JsonObject }>>;
}

/** What an entity says about itself. @returns compact `entity-statement+jwt` */
export function signEntityConfiguration(content: EntityConfigurationContent): Promise<string> {
  const { entityId, key, authorityHints, trustMarks, trustMarkIssuers } = content;
  const claims: JsonObject = {
    iss: entityId,
    sub: entityId,
    ...times(content),
    jwks: content.jwks ?? { keys: [key.publicJwk] },
    metadata: content.metadata,
  };
  if (authorityHints.length > 0) claims['authority_hints'] = [...authorityHints];
  if (trustMarks.length > 0) {
    claims['trust_marks'] = trustMarks.map(({ type, token }) => ({ trust_mark_type: type, trust_mark: token }));
  }
  if (trustMarkIssuers) {
    claims['trust_mark_issuers'] = Object.fromEntries(
      Object.entries(trustMarkIssuers).map(([type, issuers]) => [type, [...issuers]]),
    );
  }
  if (content.trustMarkOwners) {
    claims['trust_mark_owners'] = Object.fromEntries(
      Object.entries(content.trustMarkOwners).map(([type, { entityId: sub, jwks }]) => [type, { sub, jwks }]),
    );
  }
  return signToken({ kind: 'entity-statement', claims, key });
}

export interface SubordinateStatementContent extends Issue {
  readonly issuer: string;
  readonly subject: string;
  /** Federation keys of the subject. */
  readonly jwks: JsonObject;
  /** What the superior states about the subject; its Comity entity type is required for a chain to verify. */
  readonly metadata: EntityMetadata;
  readonly constraints?: JsonObject;
  /** In the issuer's status list: one that was never given out before. */
  readonly statusIndex: number;
}

/** What a superior says about a subordinate. @returns compact `entity-statement+jwt` */
export function signSubordinateStatement(content: SubordinateStatementContent): Promise<string> {
  const { issuer, subject, jwks, metadata, constraints, key } = content;
  const status = statusClaim(issuer, content.statusIndex);
  const claims: JsonObject = { iss: issuer, sub: subject, ...times(content), jwks, metadata, status };
  if (constraints) claims['constraints'] = constraints;
  return signToken({ kind: 'entity-statement', claims, key });
}

export interface TrustMarkContent extends Issue {
  readonly issuer: string;
  readonly subject: string;
  /** `protectionMarkType(...)`. */
  readonly type: string;
  readonly statute: string;
  readonly textDigest: string;
  readonly basis: Basis;
  /** Milliseconds. */
  readonly effectiveFrom: number;
  readonly effectiveUntil: number | null;
  /** Agency classes; empty for a mark about an agency itself. */
  readonly binds: readonly string[];
  /** `signMarkDelegation(...)` of the type's owner, where it has one. */
  readonly delegation?: string;
  /** In the issuer's status list: one that was never given out before. */
  readonly statusIndex: number;
}

/** @returns compact `trust-mark+jwt` */
export function signTrustMark(content: TrustMarkContent): Promise<string> {
  const { issuer, subject, type, statute, textDigest, basis, effectiveFrom, effectiveUntil, binds, key } = content;
  const claims: JsonObject = {
    iss: issuer,
    sub: subject,
    trust_mark_type: type,
    ...times(content),
    statute,
    text_digest: textDigest,
    basis,
    effective_from: seconds(effectiveFrom),
    status: statusClaim(issuer, content.statusIndex),
  };
  if (effectiveUntil !== null) claims['effective_until'] = seconds(effectiveUntil);
  if (binds.length > 0) claims['binds'] = [...binds];
  if (content.delegation !== undefined) claims['delegation'] = content.delegation;
  return signToken({ kind: 'trust-mark', claims, key });
}

function times(issue: Issue): { iat: number; exp: number } {
  const iat = seconds(issue.issuedAt);
  return { iat, exp: iat + issue.lifetimeSeconds };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
