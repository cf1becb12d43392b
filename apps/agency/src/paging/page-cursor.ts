import { protocolReason, type VerifiedRequest } from '#exchange';
import { lifetime } from '#exchange/io';
import { CursorClaims, newIdentifier, parseMessage, signToken, verifyToken, type ReasonClaims } from '#protocol';
import type { AgencyNode } from '../agency-node.js';

/** An officer who reads a page and asks for the next has this long. */
const CURSOR_SECONDS = 60 * 60;

/** A further page of an answer, after everything that its cursor names was compared with the request that brings it. */
export interface Continuation {
  /** Digest of the request that used the approval. */
  readonly first: string;
  readonly page: number;
  readonly released: number;
  /** Digest of the rule by which the page before was released. */
  readonly rule: string;
  readonly position: string;
}

/** One text for everything but a changed rule: it would tell a borrower which of his guesses fits. */
const INVALID: ReasonClaims = protocolReason(
  'cursor_invalid',
  'a cursor that this owner gave this officer for this very ask, within the hour',
  'another cursor',
  'ask anew',
);

const RULE_CHANGED: ReasonClaims = protocolReason(
  'cursor_rule_changed',
  'the rule by which the first page was released',
  'another version of it',
  'ask anew, so that the new version decides',
);

/**
 * What a request goes on from, or the reason why it does not (P14): forged, expired, of another requester, officer, ask or
 * transaction.
 *
 * @param officer the owner's own pseudonym of the officer whose ID token came with this request
 */
export async function readContinuation(
  cursor: string,
  request: VerifiedRequest,
  officer: string,
  node: AgencyNode,
): Promise<Continuation | ReasonClaims> {
  const claims = await verifiedClaims(cursor, request, node);
  if (claims === undefined) return INVALID;
  const { request: first, page, released, rule } = claims;
  if (claims.officer !== officer || claims.ask_digest !== request.claims.ask_digest) return INVALID;
  const position = node.positions.open(claims.position, placeOf(first, page));
  return position === undefined ? INVALID : { first, page, released, rule, position };
}

async function verifiedClaims(
  cursor: string,
  request: VerifiedRequest,
  node: AgencyNode,
): Promise<CursorClaims | undefined> {
  try {
    const { claims } = await verifyToken({
      kind: 'cursor',
      token: cursor,
      keys: node.directory.chainFor(node.entityId).protocolKeys.signing,
      issuer: node.entityId,
      audience: request.claims.iss,
      now: node.clock.now(),
    });
    return parseMessage(CursorClaims, claims);
  } catch {
    return undefined;
  }
}

/** Every version in force decides a page again; one that came between begins a new search, not the middle of an old one. */
export function ruleChanged(continues: Continuation | undefined, rule: string): readonly ReasonClaims[] {
  return continues !== undefined && continues.rule !== rule ? [RULE_CHANGED] : [];
}

/** For the page after this one. */
export function signCursor(
  request: VerifiedRequest,
  after: {
    readonly continues: Continuation | undefined;
    readonly officer: string;
    readonly rule: string;
    readonly released: number;
    readonly position: string;
  },
  node: AgencyNode,
): Promise<string> {
  const first = after.continues?.first ?? request.digest;
  const page = (after.continues?.page ?? 0) + 1;
  return signToken({
    kind: 'cursor',
    key: node.signingKey,
    claims: {
      iss: node.entityId,
      aud: request.claims.iss,
      jti: newIdentifier(node.randomness),
      ...lifetime(node.clock, CURSOR_SECONDS),
      request: first,
      ask_digest: request.claims.ask_digest,
      officer: after.officer,
      rule: after.rule,
      page,
      released: after.released,
      position: node.positions.seal(after.position, placeOf(first, page)),
    },
  });
}

const placeOf = (first: string, page: number): string => `${first}\n${page}`;
