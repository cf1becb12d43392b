import { signToken, type JsonObject } from '#protocol';
import type { AuthorityNode } from './authority-node.js';
import { FederationError } from './federation-error.js';
import type { KeyRecord } from './key-history.store.js';
import type { Authority } from './statement-desk.js';

/**
 * OpenID Federation 1.0, "Federation Historical Keys Response". Of a subordinate the superior tells what it stated itself,
 * so that its old chains verify also after it is gone: then `sub` names the subordinate.
 *
 * @returns `jwk-set+jwt`
 * @throws FederationError `not_found` where the authority never enrolled the subject
 */
export async function historicalKeys(node: AuthorityNode, authority: Authority, subject: string): Promise<string> {
  const own = subject === authority.entityId;
  if (!own && !(await wasEnrolled(node, authority.entityId, subject))) {
    throw new FederationError('not_found', 'no such subordinate');
  }
  const now = node.clock.now();
  const records = await node.keys.historical(subject, now);
  const claims: JsonObject = {
    iss: authority.entityId,
    ...(!own && { sub: subject }),
    iat: Math.floor(now / 1_000),
    keys: records.map(historicalKey),
  };
  return signToken({ kind: 'historical-keys', claims, key: authority.key });
}

function historicalKey({ jwk, publishedAt, retireAt, revoked }: KeyRecord): JsonObject {
  const end = Math.min(retireAt ?? Infinity, revoked?.at ?? Infinity);
  return {
    ...jwk,
    iat: Math.floor(publishedAt / 1_000),
    exp: Math.floor(end / 1_000),
    ...(revoked && { revoked: { revoked_at: Math.floor(revoked.at / 1_000), reason: revoked.reason } }),
  };
}

async function wasEnrolled(node: AuthorityNode, superior: string, entityId: string): Promise<boolean> {
  const rows = await node.dataSource.query<unknown[]>(
    `select 1 from enrolled_entity where superior = $1 and entity_id = $2 limit 1`,
    [superior, entityId],
  );
  return rows.length > 0;
}
