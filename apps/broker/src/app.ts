import { Module, type DynamicModule } from '@nestjs/common';
import {
  NODE_CONTROLLERS,
  PEER_CHECKPOINTS,
  PeerCheckpoints,
  PeerCheckpointsController,
  PeerCheckpointsJob,
  nodeProviders,
  openNode,
  problemOfExchange,
  readEventsAsText,
  startOrClose,
  type OpenNode,
  type Ports,
} from '#exchange/io';
import { createHttpApp } from '#protocol/io';
import { flushTracing } from '#tracing/io';
import { migrations } from '../../../migrations/broker/index.js';
import type { BrokerNode } from './broker-node.js';
import type { BrokerConfig } from './config.js';
import { BrokerRequests } from './broker-requests.store.js';
import { BROKER_NODE, ExchangeController } from './exchange.controller.js';
import { OwnerRules } from './owner-rules.js';
import { RegisterController } from './register.controller.js';

@Module({})
class BrokerModule {
  static of(node: BrokerNode, open: OpenNode): DynamicModule {
    return {
      module: BrokerModule,
      controllers: [...NODE_CONTROLLERS, PeerCheckpointsController, ExchangeController, RegisterController],
      providers: [
        { provide: BROKER_NODE, useValue: node },
        { provide: PEER_CHECKPOINTS, useValue: node.peers },
        ...nodeProviders(open),
      ],
    };
  }
}

/** A broker that listens. `close` lets what is under way end, and stops its database if it started one. */
export interface RunningBroker {
  readonly node: BrokerNode;
  readonly url: string;
  close(): Promise<void>;
}

/** A grant comes with a request, a receipt and proofs; a release notice with proofs. */
const BODY_BYTES = 192 * 1024;
/** A broker waits for its owners. */
const HANDLER_TIMEOUT_MS = 60_000;

/** Boots a broker. Tests wrap the ports; the sandbox and `main.ts` boot the same thing. */
export async function startBroker(
  config: BrokerConfig,
  ports: Ports,
  log: (line: string) => void,
): Promise<RunningBroker> {
  const open = await openNode({
    config,
    ports,
    log,
    migrations,
    // A broker holds nothing for anybody.
    keptTransactions: () => Promise.resolve([]),
    entityType: 'comity_broker',
    metadata: () => () => ({ jwks: { keys: [config.keys.signing.publicJwk] } }),
  });
  const peers = new PeerCheckpoints(open.entityId, open.ledger, open.dataSource);
  const peersJob = new PeerCheckpointsJob(open, peers, config.peerCheckpointSeconds * 1000, log);
  const node: BrokerNode = {
    ...open,
    requests: new BrokerRequests(open.dataSource),
    rules: new OwnerRules(open.dataSource, ports.network, ports.clock, log),
    followedSizes: new Map(),
    peers,
    peersJob,
  };
  const app = await createHttpApp(BrokerModule.of(node, open), {
    problemOf: problemOfExchange,
    bodyLimit: BODY_BYTES,
    handlerTimeoutMs: HANDLER_TIMEOUT_MS,
  });
  readEventsAsText(app);
  await app.listen(config.port, config.host);
  await startOrClose(open, app);
  peersJob.start();
  return {
    node,
    url: await app.getUrl(),
    close: async () => {
      peersJob.stop();
      await app.close();
      await open.close();
      await flushTracing();
    },
  };
}
