import 'reflect-metadata';
import { runProcess } from '#exchange/io';
import { systemClock, systemRandomness, undiciNetwork } from '#protocol/io';
import { startAgency } from './app.js';
import { readAgencyConfig } from './config.js';

await runProcess('agency', async (log) => {
  const config = await readAgencyConfig(process.env);
  const ports = {
    clock: systemClock,
    randomness: systemRandomness,
    network: undiciNetwork({ egress: config.node.egress }),
  };
  return startAgency(config, ports, log);
});
