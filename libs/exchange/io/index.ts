export { lifetime, type ExchangeNode } from './exchange-node.js';
export {
  openNode,
  otherWitnesses,
  publishedBy,
  startOrClose,
  type OpenNode,
  type OpenNodeInput,
  type Ports,
} from './open-node.js';
export {
  ConfigurationError,
  EnvironmentReader,
  noteKeyName,
  readNodeConfig,
  readNoteKey,
  type Environment,
  type NodeConfig,
  type NodeKeys,
} from './node-config.js';
export { readSecretFile } from './secret-file.js';
export { readSideRecordKeys } from './side-record-keys.js';
export { AddCheckpointController, readCheckpointsAsBytes } from './add-checkpoint.controller.js';
export { CosignedController, WITNESS } from './cosigned.controller.js';
export { LEDGER, LedgerController } from './ledger.controller.js';
export { NODE_CONTROLLERS, nodeProviders } from './node.module.js';
export { readEventsAsText } from './federation.controller.js';
export { problemOfExchange } from './problem-of-exchange.js';
export { ledgerEvidence } from './ledger-evidence.js';
export { LogFollower, type FollowedLedger } from './log-follower.js';
export { WitnessJob } from './witness.job.js';
export { WitnessWatch } from './witness-watch.js';
export { askWitnesses, type WitnessDoor } from './ask-witnesses.js';
export { PeerRefusal, callPeer, callPeerJson, isTemporary, unavailable, type PeerCall } from './peer.js';
export { refusedOnRecord } from './refused-on-record.js';
export { receiptsOf, traceReceipts } from './trace-receipts.js';
export { partiesView, partyView } from './party-views.js';
export { witnessedLogs } from './witnessed-logs.js';
export { CosignatureGatherer, type GatheredCosignature } from './gather-cosignatures.js';
export { controllersOf } from './known-witnesses.js';
export { PEER_CHECKPOINTS, PeerCheckpointsController } from './peer-checkpoints.controller.js';
export { PeerCheckpointsJob } from './peer-checkpoints.job.js';
export { PeerCheckpoints, hashOf, type PeerLog } from './peer-checkpoints.js';
export { SideRecordsJob, type SideRecordDays } from './side-records.job.js';
export { runProcess } from './run-process.js';
export { refusedMarksDocument } from './refused-marks-document.js';
export { writeNodeKeys, type NewNodeKeys } from './write-node-keys.js';
