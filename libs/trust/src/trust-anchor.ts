import { NO_AUDIENCE, verifyToken, type JsonObject, type JsonValue, type KeySet } from '#protocol';
import { parseEntityConfiguration, type UnverifiedEntityConfiguration } from './entity-statement.js';
import { federationKeysFrom } from './federation-keys.js';
import { readMarkOwners, type MarkOwner } from './mark-delegation.js';
import { TrustError } from './trust-error.js';
import { requireInForce } from './validity.js';

/** An anchor as every node pins it, brought to it out of band and never by a message. */
export interface PinnedAnchor {
  readonly entityId: string;
  readonly jwks: JsonValue;
}

declare const verified: unique symbol;

/** What a pinned anchor says about itself. Made only by `verifyAnchorConfiguration`. */
export interface VerifiedAnchor {
  readonly [verified]: 'anchor';
  readonly entityId: string;
  /** Itself; so that an anchor can be the issuer of a mark like any other authority. */
  readonly anchor: string;
  readonly federationKeys: KeySet;
  readonly federationEntity: JsonObject;
  readonly trustMarkIssuers: ReadonlyMap<string, readonly string[]>;
  /** By type: whose delegation a mark of it needs. */
  readonly trustMarkOwners: ReadonlyMap<string, MarkOwner>;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Of its configuration, as of any chain. */
  readonly digests: readonly string[];
  readonly tokens: readonly string[];
  readonly token: string;
}

/**
 * Verifies an anchor's configuration against the keys pinned for it.
 *
 * @throws TrustError `anchor_not_pinned`, `signature_invalid` and what a statement can be refused for
 */
export async function verifyAnchorConfiguration(input: {
  readonly token: string;
  readonly anchors: readonly PinnedAnchor[];
  /** Milliseconds. */
  readonly now: number;
}): Promise<VerifiedAnchor> {
  const configuration = parseEntityConfiguration(input.token);
  const pinned = pinnedAnchor(input.anchors, configuration.subject);
  requireInForce(configuration, input.now);
  const federationKeys = await federationKeysFrom(configuration.jwks);
  await requireSignature(configuration, await federationKeysFrom(pinned.jwks), input.now);
  const facts: Omit<VerifiedAnchor, typeof verified> = {
    entityId: configuration.subject,
    anchor: configuration.subject,
    federationKeys,
    federationEntity: configuration.metadata.federation_entity ?? {},
    trustMarkIssuers: configuration.trustMarkIssuers,
    trustMarkOwners: await readMarkOwners(configuration.trustMarkOwners),
    issuedAt: configuration.issuedAt,
    expiresAt: configuration.expiresAt,
    digests: [configuration.digest],
    tokens: [configuration.token],
    token: configuration.token,
  };
  return facts as VerifiedAnchor;
}

/** @throws TrustError `anchor_not_pinned` */
export function pinnedAnchor(anchors: readonly PinnedAnchor[], entityId: string): PinnedAnchor {
  const pinned = anchors.find((anchor) => anchor.entityId === entityId);
  if (!pinned) throw new TrustError('anchor_not_pinned', 'the chain does not end at a pinned anchor');
  return pinned;
}

type Signed = Pick<UnverifiedEntityConfiguration, 'token' | 'issuer'>;

/** @throws TrustError `signature_invalid` */
export async function requireSignature(statement: Signed, keys: KeySet, now: number): Promise<void> {
  const { token, issuer } = statement;
  try {
    await verifyToken({ kind: 'entity-statement', token, keys, issuer, audience: NO_AUDIENCE, now });
  } catch (cause) {
    throw new TrustError('signature_invalid', 'not signed by a key that is stated for its issuer', { cause });
  }
}
