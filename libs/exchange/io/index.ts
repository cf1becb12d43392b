export { lifetime, type ExchangeNode } from './exchange-node.js';
export { openNode, startOrClose, type OpenNode, type OpenNodeInput, type Ports } from './open-node.js';
export {
  ConfigurationError,
  EnvironmentReader,
  noteKeyName,
  readNodeConfig,
  readNoteKey,
  readSecretFile,
  type Environment,
  type NodeConfig,
  type NodeKeys,
} from './node-config.js';
export { AddCheckpointController, readCheckpointsAsBytes } from './add-checkpoint.controller.js';
export { CosignedController, WITNESS } from './cosigned.controller.js';
export { LEDGER, LedgerController } from './ledger.controller.js';
export { NODE_CONTROLLERS, nodeProviders } from './node.module.js';
export { readEventsAsText } from './federation.controller.js';
export { problemOfExchange } from './problem-of-exchange.js';
export { ledgerEvidence } from './ledger-evidence.js';
export { LogFollower, type FollowedLedger } from './log-follower.js';
export { WitnessJob } from './witness.job.js';
export { askWitnesses, type WitnessDoor } from './ask-witnesses.js';
export { PeerRefusal, callPeer, callPeerJson, isTemporary, unavailable, type PeerCall } from './peer.js';
export { refusedOnRecord } from './refused-on-record.js';
export { receiptsOf, traceReceipts } from './trace-receipts.js';
export { partiesView, partyView } from './party-views.js';
export { runProcess } from './run-process.js';
