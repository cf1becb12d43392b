import {
  canonicalJson,
  isJsonObject,
  NO_AUDIENCE,
  signToken,
  type JsonObject,
  type KeySet,
  type SigningKey,
} from '#protocol';
import { parseEntityId } from './entity-id.js';
import { type ShownTrustMark } from './entity-statement.js';
import { readMetadata, type EntityMetadata } from './metadata.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import type { PinnedAnchor } from './trust-anchor.js';
import { verifyTrustChain, type VerifiedChain } from './trust-chain.js';
import { TrustError } from './trust-error.js';

const GRAMMAR: Grammar = { kind: 'resolve-response', code: 'response_malformed', name: 'resolve response' };
const MAX_MARKS = 64;
const MAX_CHAIN = 8;

/** What a chain resolves to: the metadata of its leaf as its superior leaves it. */
export function resolvedMetadata(chain: VerifiedChain): EntityMetadata {
  return { [chain.entityType]: chain.metadata, federation_entity: chain.federationEntity };
}

/**
 * Answers what an authority made of a chain that it verified. `exp` is that of the chain and of every mark in it, whichever
 * comes first.
 *
 * @param content.trustMarks those that were verified, and no other
 * @returns compact `resolve-response+jwt`, served as `application/resolve-response+jwt`
 */
export function signResolveResponse(content: {
  readonly issuer: string;
  readonly chain: VerifiedChain;
  /** As the request asked; all of them where it did not. */
  readonly entityTypes: readonly string[] | undefined;
  readonly trustMarks: readonly (ShownTrustMark & { readonly expiresAt: number })[];
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { issuer, chain, entityTypes, trustMarks, issuedAt, key } = content;
  const metadata = Object.entries(resolvedMetadata(chain)).filter(([type]) => entityTypes?.includes(type) ?? true);
  const claims: JsonObject = {
    iss: issuer,
    sub: chain.entityId,
    iat: secondsOf(issuedAt),
    exp: secondsOf(Math.min(chain.expiresAt, ...trustMarks.map(({ expiresAt }) => expiresAt))),
    metadata: Object.fromEntries(metadata),
    trust_chain: [...chain.tokens],
  };
  if (trustMarks.length > 0) {
    claims['trust_marks'] = trustMarks.map(({ type, token }) => ({ trust_mark_type: type, trust_mark: token }));
  }
  return signToken({ kind: 'resolve-response', claims, key });
}

export interface ResolvedEntity {
  /** Verified here, from the own anchor. */
  readonly chain: VerifiedChain;
  /** As the resolver hands them on: to be verified like marks that the entity shows itself. */
  readonly trustMarks: readonly ShownTrustMark[];
  readonly expiresAt: number;
}

/**
 * A resolver is believed in nothing: the chain in its answer is verified from the own anchor, and an answer that says
 * something else than its chain is refused, so that a resolver that rewrites metadata is found out (T14).
 *
 * @param input.keys federation keys of the resolver
 * @throws TrustError `response_malformed`, `response_contradicts_chain`, `signature_invalid`, what a chain is refused for
 */
export async function verifyResolveResponse(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly subject: string;
  readonly anchors: readonly PinnedAnchor[];
  /** Milliseconds. */
  readonly now: number;
}): Promise<ResolvedEntity> {
  const { token, issuer, keys, subject, anchors, now } = input;
  const { claims } = readClaims(GRAMMAR, token);
  const said = {
    issuer: parseEntityId(claims.text('iss')).id,
    subject: parseEntityId(claims.text('sub')).id,
    issuedAt: claims.instant('iat'),
    expiresAt: claims.instant('exp'),
    metadata: readMetadata(claims.object('metadata')),
    tokens: claims.list('trust_chain', MAX_CHAIN).map((each) => (typeof each === 'string' ? each : '')),
    trustMarks: claims.has('trust_marks') ? claims.list('trust_marks', MAX_MARKS).map(readMark) : [],
  };
  claims.end();
  await requireIssuer(GRAMMAR, { token, issuer, keys, audience: NO_AUDIENCE, now, entityId: subject });
  const chain = await verifyTrustChain({ chain: said.tokens, anchors, now });
  const agrees =
    said.subject === subject &&
    chain.entityId === subject &&
    said.expiresAt <= chain.expiresAt &&
    isPartOf(said.metadata, resolvedMetadata(chain));
  if (!agrees) {
    throw new TrustError('response_contradicts_chain', 'the resolver says something else than the chain it shows', {
      entityId: subject,
    });
  }
  return { chain, trustMarks: said.trustMarks, expiresAt: said.expiresAt };
}

/** A resolver may answer for some entity types only, and then with all that there is of each. */
function isPartOf(said: JsonObject, resolved: JsonObject): boolean {
  return Object.entries(said).every(([type, metadata]) => {
    const own = resolved[type];
    return own !== undefined && canonicalJson(metadata) === canonicalJson(own);
  });
}

function readMark(value: unknown): ShownTrustMark {
  const { trust_mark_type: type, trust_mark: token } = isJsonObject(value) ? value : {};
  if (typeof type !== 'string' || typeof token !== 'string') {
    throw new TrustError('response_malformed', 'the resolve response has no acceptable `trust_marks`');
  }
  return { type, token };
}
