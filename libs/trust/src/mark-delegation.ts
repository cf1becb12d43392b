import { NO_AUDIENCE, signToken, type JsonObject, type KeySet, type SigningKey } from '#protocol';
import { parseEntityId } from './entity-id.js';
import { readClaims, requireIssuer, secondsOf, type Grammar } from './signed-claims.js';
import { StrictClaims } from './strict-claims.js';
import { federationKeysFrom } from './federation-keys.js';
import { TrustError } from './trust-error.js';
import { requireInForce } from './validity.js';

/** Who owns a type of mark, with the keys that the anchor states for it (`trust_mark_owners`). */
export interface MarkOwner {
  readonly entityId: string;
  readonly keys: KeySet;
}

const GRAMMAR: Grammar = { kind: 'trust-mark-delegation', code: 'mark_delegation_refused', name: 'delegation' };
const MAX_OWNED = 512;

/** @throws TrustError `statement_malformed` or `keys_refused` */
export async function readMarkOwners(value: JsonObject): Promise<Map<string, MarkOwner>> {
  const types = Object.keys(value);
  if (types.length > MAX_OWNED) throw new TrustError('statement_malformed', 'too many types in `trust_mark_owners`');
  const all = new StrictClaims(value, 'statement_malformed', '`trust_mark_owners`');
  const owners = new Map<string, MarkOwner>();
  for (const type of types) {
    const claims = new StrictClaims(all.object(type), 'statement_malformed', 'an owner of a mark type');
    const entityId = parseEntityId(claims.text('sub')).id;
    const keys = await federationKeysFrom(claims.object('jwks'));
    claims.end();
    owners.set(type, { entityId, keys });
  }
  return owners;
}

/** @returns compact `trust-mark-delegation+jwt`, which the issuer puts into the marks of the type; a day at most */
export function signMarkDelegation(content: {
  /** Of the mark type. */
  readonly owner: string;
  /** To whom the right to issue is given. */
  readonly issuer: string;
  readonly type: string;
  /** Milliseconds. */
  readonly issuedAt: number;
  readonly lifetimeSeconds: number;
  readonly key: SigningKey;
}): Promise<string> {
  const { owner, issuer, type, issuedAt, lifetimeSeconds, key } = content;
  const iat = secondsOf(issuedAt);
  const claims = { iss: owner, sub: issuer, trust_mark_type: type, iat, exp: iat + lifetimeSeconds };
  return signToken({ kind: 'trust-mark-delegation', claims, key });
}

/**
 * That the owner of a mark type lets `issuer` issue it. The owner's keys come from the anchor and from nowhere else: a
 * delegation signed with the issuer's own key is what a usurper would show (T05). It lives a day at most, so that an owner
 * who delegates no longer need not revoke.
 *
 * @returns until when it holds, in milliseconds
 * @throws TrustError `mark_delegation_refused`, `signature_invalid`, `expired`, `not_yet_valid` or `lifetime_too_long`
 */
export async function verifyMarkDelegation(input: {
  readonly token: string;
  readonly owner: MarkOwner;
  readonly issuer: string;
  readonly type: string;
  /** Milliseconds. */
  readonly now: number;
}): Promise<number> {
  const { token, owner, issuer, type, now } = input;
  const { claims } = readClaims(GRAMMAR, token);
  const said = {
    owner: parseEntityId(claims.text('iss')).id,
    issuer: parseEntityId(claims.text('sub')).id,
    type: claims.text('trust_mark_type'),
    issuedAt: claims.instant('iat'),
    expiresAt: claims.instant('exp'),
  };
  if (claims.has('ref')) claims.text('ref');
  claims.end();
  if (said.owner !== owner.entityId || said.issuer !== issuer || said.type !== type) {
    throw new TrustError(
      'mark_delegation_refused',
      'another owner’s delegation, to another issuer or for another type',
    );
  }
  requireInForce(said, now);
  const { keys, entityId } = owner;
  await requireIssuer(GRAMMAR, { token, issuer: entityId, keys, audience: NO_AUDIENCE, now, entityId: undefined });
  return said.expiresAt;
}
