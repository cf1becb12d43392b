// A party as a process of its own that can be told to die: node --import run-typescript.mjs party-process.ts broker|agency
// It starts what apps/*/main.ts starts, with ports wrapped from here.
import 'reflect-metadata';
import { flushCompileCache } from 'node:module';
import { runProcess } from '#exchange/io';
import { ProtocolError, type Network } from '#protocol';
import { systemClock, systemRandomness, LOOPBACK_TOO, undiciNetwork } from '#protocol/io';
import { startAgency } from '../../apps/agency/src/app.js';
import { readAgencyConfig } from '../../apps/agency/src/config.js';
import { startBroker } from '../../apps/broker/src/app.js';
import { readBrokerConfig } from '../../apps/broker/src/config.js';
import { CrashPoints } from './crash-points.js';
import type { PartyCommand } from './party-child.js';

const points = new CrashPoints();
points.watchDatabase();
points.arm(undefined);
const network = points.network(
  process.env['TEST_HOLD_RULE'] === '1'
    ? withoutRules(undiciNetwork({ egress: LOOPBACK_TOO }))
    : undiciNetwork({ egress: LOOPBACK_TOO }),
);
const ports = { clock: systemClock, randomness: systemRandomness, network };

await runProcess(process.argv[2] ?? '', async (log) => {
  const running =
    process.argv[2] === 'broker'
      ? await startBroker(await readBrokerConfig(process.env), ports, log)
      : await startAgency(await readAgencyConfig(process.env), ports, log);
  process.on('message', (command: PartyCommand) => {
    void obey(command, running.node).then(() => process.send?.('done'));
  });
  return running;
});
process.on('disconnect', () => process.exit(1));
process.send?.('done');
flushCompileCache();

async function obey(command: PartyCommand, node: { directory: { refresh(): Promise<unknown> } }): Promise<void> {
  switch (command.do) {
    case 'arm':
      return points.arm(command.target);
    case 'refresh':
      if ('own' in node) await (node.own as { refresh(): Promise<unknown> }).refresh();
      await node.directory.refresh();
  }
}

/** Holding agencies cannot be asked for their rule, and the one that is known stays in force. */
function withoutRules(inner: Network): Network {
  return {
    request: (request) =>
      new URL(request.url).pathname === '/rule'
        ? Promise.reject(new ProtocolError('network_failed', 'the rule is held'))
        : inner.request(request),
  };
}
