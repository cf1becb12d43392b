import 'reflect-metadata';
import { runProcess } from '#exchange/io';
import { systemClock, systemRandomness, undiciNetwork } from '#protocol/io';
import { startBroker } from './app.js';
import { readBrokerConfig } from './config.js';

await runProcess('broker', async (log) => {
  const config = await readBrokerConfig(process.env);
  const ports = { clock: systemClock, randomness: systemRandomness, network: undiciNetwork({ egress: config.egress }) };
  return startBroker(config, ports, log);
});
