import type { DataSource } from 'typeorm';
import type { JsonObject } from '#protocol';
import type { KeyHistoryStore } from './key-history.store.js';
import type { Authority } from './statement-desk.js';

/** As long as anything that the old key signed can still be in force, and then some. */
const OVERLAP_MS = 24 * 60 * 60 * 1_000;

/**
 * Brings the key files of an authority into its history: a key that signs now is published, one that is to come is published
 * ahead of it, and one that was replaced stays published until nothing in force can bear its signature, and then goes into
 * the historical keys as superseded by its own end.
 *
 * @param next the public half of the next key, where its file is there
 */
export async function rollAuthorityKeys(
  dataSource: DataSource,
  keys: KeyHistoryStore,
  input: { readonly authority: Authority; readonly next: JsonObject | undefined; readonly at: number },
): Promise<void> {
  const { authority, next, at } = input;
  const { entityId, key } = authority;
  await dataSource.transaction(async (manager) => {
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('keys of ' || $1, 0))`, [entityId]);
    const published = await keys.current(entityId, at, manager);
    const wanted = [key.publicJwk, ...(next ? [next] : [])];
    for (const jwk of wanted) {
      if (!published.some(({ kid }) => kid === jwk['kid'])) await keys.publish(manager, entityId, jwk, at);
    }
    for (const { kid, retireAt } of published) {
      if (retireAt === null && !wanted.some((jwk) => jwk['kid'] === kid))
        await keys.retire(manager, kid, at + OVERLAP_MS);
    }
  });
}
