import { LedgerError } from '#ledger';
import type { Witness } from '#ledger/io';
import { ProblemError, ProtocolError } from '#protocol';
import { TrustError } from '#trust';
import { ExchangeError, nodeMetadataOf } from '../src/index.js';
import type { ExchangeNode } from './exchange-node.js';
import { PeerRefusal } from './peer.js';

/**
 * The logs that a node follows as a witness: those of every enrolled broker and agency but its own. Whoever brings a checkpoint
 * of a log that this node has seen nothing of makes it look up one that another witness has cosigned, and go on from there: a
 * checkpoint alone, from anybody, begins no history here (B04).
 */
export function witnessedLogs(node: Pick<ExchangeNode, 'directory' | 'follower' | 'entityId'>): Witness['logs'] {
  return {
    async get(origin) {
      const published = node.directory.ledgers().find((ledger) => ledger.origin === origin);
      if (published === undefined || published.entityId === node.entityId) return undefined;
      try {
        const { ledger, endpoint } = nodeMetadataOf(node.directory.chainFor(published.entityId));
        await node.follower.meet({ ledger, endpoint });
      } catch (error) {
        // It cannot be looked up now, or nobody else has seen it: then it is followed by nobody here yet.
        if (UNMET.some((kind) => error instanceof kind)) return undefined;
        throw error;
      }
      return published;
    },
  };
}

const UNMET = [LedgerError, ExchangeError, PeerRefusal, ProtocolError, ProblemError, TrustError] as const;
