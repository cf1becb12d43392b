import { EnvironmentReader, readNodeConfig, type Environment, type NodeConfig } from '#exchange/io';

export interface BrokerConfig extends NodeConfig {
  /** Between two entries about another broker's ledger. */
  readonly peerCheckpointSeconds: number;
}

/** Beyond what every node is told: `COMITY_PEER_CHECKPOINT_SECONDS` (3600). @throws ConfigurationError with every problem */
export async function readBrokerConfig(environment: Environment): Promise<BrokerConfig> {
  const reader = new EnvironmentReader(environment);
  const config = await readNodeConfig(reader);
  const peerCheckpointSeconds = Math.max(10, reader.wholeNumber('COMITY_PEER_CHECKPOINT_SECONDS', 3_600, 86_400));
  reader.finish();
  if (config === undefined) throw new TypeError('a configuration without problems is complete');
  return Object.freeze({ ...config, peerCheckpointSeconds });
}
