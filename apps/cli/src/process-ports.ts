import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from '#protocol';
import { systemBrowser } from './browser.js';
import type { CliPorts } from './ports.js';
import { processTerminal } from './terminal.js';

/** The world of a command that was started from a shell. */
export function processPorts(): CliPorts {
  const { env: environment, stdout, stderr, platform } = process;
  return {
    environment,
    terminal: processTerminal(stdout, stderr, environment),
    browser: systemBrowser(platform, environment),
    network: networkOnDemand(),
    clock: { now: () => Date.now(), sleep: (milliseconds) => sleep(milliseconds) },
  };
}

/** Loading the network takes a moment that `--help` and `decide` do not need. */
function networkOnDemand(): Network {
  let opened: Promise<Network> | undefined;
  return {
    async request(request) {
      opened ??= import('#protocol/io').then(({ OFFICE_TOO, undiciNetwork }) => undiciNetwork({ egress: OFFICE_TOO }));
      return (await opened).request(request);
    },
  };
}
