import { EnvironmentReader, readNodeConfig, type Environment, type NodeConfig } from '#exchange/io';

/** A broker is told nothing beyond what every node is told. @throws ConfigurationError with every problem */
export async function readBrokerConfig(environment: Environment): Promise<NodeConfig> {
  const reader = new EnvironmentReader(environment);
  const config = await readNodeConfig(reader);
  reader.finish();
  if (config === undefined) throw new TypeError('a configuration without problems is complete');
  return Object.freeze(config);
}
