import {
  CLOCK_TOLERANCE_SECONDS,
  publicKeyFrom,
  signToken,
  type JsonObject,
  type KeySet,
  type PublicKey,
  type SigningKey,
} from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireArchivedIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { StrictClaims } from './strict-claims.js';
import { TrustError } from './trust-error.js';

/** Why a key is no longer good: OpenID Federation 1.0, "Federation Historical Keys Revocation Reasons". */
export const KEY_REVOCATION_REASONS = ['unspecified', 'compromised', 'superseded'] as const;
export type KeyRevocationReason = (typeof KEY_REVOCATION_REASONS)[number];

/** The life of a federation key that is no longer published. Instants in milliseconds. */
export interface KeyLife {
  readonly issuedAt: number;
  /** The first instant at which it signs nothing more. */
  readonly expiresAt: number;
  readonly revoked: { readonly at: number; readonly reason: KeyRevocationReason } | undefined;
}

export interface HistoricalKey extends KeyLife {
  readonly key: PublicKey;
}

declare const verified: unique symbol;

/** The keys that an entity used before. Made only by `verifyHistoricalKeys`. */
export interface VerifiedKeyHistory {
  readonly [verified]: 'historical keys';
  readonly issuer: string;
  readonly issuedAt: number;
  /** By `kid`. */
  readonly keys: ReadonlyMap<string, HistoricalKey>;
  readonly token: string;
}

const GRAMMAR: Grammar = { kind: 'historical-keys', code: 'history_malformed', name: 'set of historical keys' };
const MAX_KEYS = 256;

/** @returns compact `jwk-set+jwt`, served as `application/jwk-set+jwt` */
export function signHistoricalKeys(content: {
  readonly issuer: string;
  readonly keys: readonly (KeyLife & { readonly jwk: JsonObject })[];
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { issuer, keys, issuedAt, key } = content;
  const claims = {
    iss: issuer,
    iat: secondsOf(issuedAt),
    keys: keys.map(({ jwk, issuedAt: iat, expiresAt, revoked }) => ({
      ...jwk,
      iat: secondsOf(iat),
      exp: secondsOf(expiresAt),
      ...(revoked && { revoked: { revoked_at: secondsOf(revoked.at), reason: revoked.reason } }),
    })),
  };
  return signToken({ kind: 'historical-keys', claims, key });
}

/**
 * @param input.keys federation keys of the issuer, as they are now
 * @param input.now milliseconds
 * @throws TrustError `history_malformed`, `keys_refused`, `link_broken`, `not_yet_valid`, `signature_invalid`
 * @see OpenID Federation 1.0, "Federation Historical Keys Response"
 */
export async function verifyHistoricalKeys(input: {
  readonly token: string;
  readonly issuer: string;
  readonly keys: KeySet;
  readonly now: number;
}): Promise<VerifiedKeyHistory> {
  const { token, issuer, keys: signers, now } = input;
  const { claims } = readClaims(GRAMMAR, token);
  if (parseEntityId(claims.text('iss')).id !== issuer) {
    throw new TrustError('link_broken', 'the historical keys of another entity', { entityId: issuer });
  }
  const issuedAt = claims.instant('iat');
  const list = claims.list('keys', MAX_KEYS);
  claims.end();
  if (issuedAt > now + CLOCK_TOLERANCE_SECONDS * 1_000) {
    throw new TrustError('not_yet_valid', 'historical keys from the future', { entityId: issuer });
  }
  await requireArchivedIssuer(GRAMMAR, { token, issuer, keys: signers, entityId: issuer });
  const keys = new Map<string, HistoricalKey>();
  for (const value of list) {
    const found = await readHistoricalKey(value as JsonObject, issuer);
    if (keys.has(found.key.kid)) throw new TrustError('history_malformed', 'two keys of one kid', { entityId: issuer });
    keys.set(found.key.kid, found);
  }
  return { issuer, issuedAt, keys, token } as unknown as VerifiedKeyHistory;
}

async function readHistoricalKey(value: JsonObject, entityId: string): Promise<HistoricalKey> {
  const claims = new StrictClaims(value, 'history_malformed', 'a historical key');
  const { iat: _iat, exp: _exp, revoked: _revoked, ...jwk } = value;
  const issuedAt = claims.instant('iat');
  const expiresAt = claims.instant('exp');
  const revoked = claims.has('revoked') ? readRevocation(claims.object('revoked')) : undefined;
  const key = await publicKeyFrom(jwk).catch((cause: unknown) => {
    throw new TrustError('keys_refused', 'a historical key is not acceptable', { entityId, cause });
  });
  if (key.use !== 'sig' || expiresAt <= issuedAt) {
    throw new TrustError('history_malformed', 'a historical key signs, and ends after it began', { entityId });
  }
  return { key, issuedAt, expiresAt, revoked };
}

function readRevocation(value: JsonObject): NonNullable<KeyLife['revoked']> {
  const claims = new StrictClaims(value, 'history_malformed', '`revoked`');
  const at = claims.instant('revoked_at');
  const text = claims.has('reason') ? claims.text('reason') : 'unspecified';
  claims.end();
  const reason = KEY_REVOCATION_REASONS.find((known) => known === text);
  if (!reason) throw new TrustError('history_malformed', 'a key was revoked for no known reason');
  return { at, reason };
}

/** A statement to be judged by the history of the key that signed it. Instants in milliseconds. */
export interface SignedStatement {
  readonly issuer: string;
  readonly subject: string;
  readonly kid: string;
  readonly digest: string;
  readonly issuedAt: number;
}

/**
 * Whether a key that is gone may still vouch for a statement of its time. One that was superseded vouches for what is dated
 * within its life. One that was compromised vouches only for what is *proven* to be older than the compromise, by an
 * inclusion proof: with the key in hand an attacker dates as he likes (T11).
 *
 * @param provenBy by when the statement provably existed (a logged checkpoint); `undefined` where nothing proves it
 * @throws TrustError `key_retired` or `key_compromised`
 */
export function requireVouchedFor(
  statement: SignedStatement,
  histories: readonly VerifiedKeyHistory[],
  provenBy: number | undefined,
): void {
  for (const history of histories) {
    const life = history.issuer === statement.issuer ? history.keys.get(statement.kid) : undefined;
    if (life) requireWithinLife(statement, life, provenBy);
  }
}

function requireWithinLife(statement: SignedStatement, life: KeyLife, provenBy: number | undefined): void {
  const place = { entityId: statement.subject };
  const { revoked } = life;
  if (revoked?.reason === 'compromised') {
    if (provenBy === undefined || provenBy >= revoked.at) {
      throw new TrustError('key_compromised', 'not proven to be older than the compromise of the key', place);
    }
    return;
  }
  const ended = Math.min(life.expiresAt, revoked?.at ?? Infinity);
  if (statement.issuedAt < life.issuedAt || statement.issuedAt >= ended) {
    throw new TrustError('key_retired', 'dated outside the life of the key', place);
  }
}

/** The keys of an entity that signed at `at`, as a key set, those that are published now among them. */
export function keysInForceAt(current: KeySet, history: VerifiedKeyHistory | undefined, at: number): KeySet {
  const then = [...(history?.keys ?? [])].filter(
    ([, life]) => at >= life.issuedAt && at < Math.min(life.expiresAt, life.revoked?.at ?? Infinity),
  );
  return new Map([...current, ...then.map(([kid, { key }]) => [kid, key] as const)]);
}
