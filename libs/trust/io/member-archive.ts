import type { DataSource } from 'typeorm';
import { digestOf } from '#protocol';
import { TrustError, verifyTrustChain, type PinnedAnchor, type VerifiedChain } from '../src/index.js';

/** A chain as it was verified once: in force at `at` (milliseconds), and judged at that instant for ever. */
export interface ArchivedChain {
  readonly tokens: readonly string[];
  readonly at: number;
}

/**
 * Chains of those who were members, so that their part in old transactions is verified after they have left: the statements
 * name the keys that the superiors vouched for, and the anchor's historical keys vouch for the statements.
 */
export interface MemberArchive {
  /** Durable when it returns. Only what differs in keys or metadata from what is kept is written. */
  keep(chain: VerifiedChain, tokens: readonly string[], at: number): Promise<void>;
  /** Newest first; of one that was never a member none. */
  chainsOf(entityId: string): Promise<readonly ArchivedChain[]>;
}

/** For a command that looks once and ends. */
export const ARCHIVE_NOTHING: MemberArchive = { keep: () => Promise.resolve(), chainsOf: () => Promise.resolve([]) };

/** In the node's own database, table `member_archive`. Nothing is ever taken out of it. */
export function memberArchiveIn(dataSource: DataSource): MemberArchive {
  const kept = new Map<string, string>();
  return {
    async keep(chain, tokens, at) {
      const { entityId } = chain;
      const fingerprint = fingerprintOf(chain);
      if (kept.get(entityId) === fingerprint) return;
      await dataSource.query(
        `insert into member_archive (entity_id, fingerprint, tokens, verified_at) values ($1, $2, $3, $4)
         on conflict (entity_id, fingerprint) do nothing`,
        [entityId, fingerprint, [...tokens], new Date(at)],
      );
      kept.set(entityId, fingerprint);
    },
    async chainsOf(entityId) {
      const rows = await dataSource.query<{ tokens: string[]; verified_at: Date }[]>(
        'select tokens, verified_at from member_archive where entity_id = $1 order by verified_at desc limit 64',
        [entityId],
      );
      return rows.map(({ tokens, verified_at: at }) => ({ tokens, at: at.getTime() }));
    },
  };
}

/** Statements are signed anew every hour and say the same: what counts is whose keys, under whom, with which metadata. */
function fingerprintOf({ anchor, superiors, federationKeys, metadata }: VerifiedChain): string {
  return digestOf({ anchor, superiors: [...superiors], keys: [...federationKeys.keys()].toSorted(), metadata });
}

/** Its chain as it was in force at `at` (milliseconds). */
export interface FormerMember extends ArchivedChain {
  readonly chain: VerifiedChain;
}

/** The newest archived chain that still verifies, each at its own instant. */
export async function formerMember(
  archive: MemberArchive,
  anchors: readonly PinnedAnchor[],
  entityId: string,
): Promise<FormerMember | undefined> {
  for (const { tokens, at } of await archive.chainsOf(entityId)) {
    try {
      const chain = await verifyTrustChain({ chain: tokens, anchors, now: at });
      if (chain.entityId === entityId) return { tokens, at, chain };
    } catch (error) {
      // After the anchor's keys have turned an archived chain may lead nowhere, and another one not.
      if (!(error instanceof TrustError)) throw error;
    }
  }
  return undefined;
}
