import type { ExchangeNode, PeerCheckpoints, PeerCheckpointsJob } from '#exchange/io';
import type { BrokerRequests } from './broker-requests.store.js';
import type { OwnerRules } from './owner-rules.js';

/** All that the broker's flow stands on. It has no plate, no read, and no key that would open one. */
export interface BrokerNode extends ExchangeNode {
  readonly requests: BrokerRequests;
  readonly rules: OwnerRules;
  /** What this broker's ledger says of those of other brokers. */
  readonly peers: PeerCheckpoints;
  readonly peersJob: PeerCheckpointsJob;
  /** How far each owner has followed this broker's ledger, as it last said; a wrong guess costs one look-up. */
  readonly followedSizes: Map<string, number>;
}
