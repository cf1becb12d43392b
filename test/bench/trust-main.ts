import 'reflect-metadata';
import { measureTrust, type TrustTimes } from './trust-load.js';
import { thisMachine } from './machine.js';

const NAMES: Readonly<Record<keyof TrustTimes, string>> = {
  coldChain: 'chain of three levels, cold: four statements verified',
  fetchedChain: 'the same, fetched over HTTP on this machine first',
  warmChain: 'the same chain again, warm',
  mark: 'trust mark, its issuer verified before',
  statusList: 'status list of 18,000 entries',
};

/** `npm run bench:trust`: what belief costs. Takes ten seconds; the table goes to stdout. */
async function main(): Promise<void> {
  const machine = thisMachine(process.argv.slice(2));
  const times = await measureTrust(2_000);
  const rows = (Object.keys(NAMES) as (keyof TrustTimes)[]).map((name) => {
    const { count, p50, p95, p99 } = times[name];
    return `| ${NAMES[name]} | ${count} | ${[p50, p95, p99].map((ms) => ms.toFixed(3)).join(' | ')} |`;
  });
  const head = '| | times | p50 ms | p95 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |';
  process.stdout.write(`${JSON.stringify(machine)}\n\n${head}\n${rows.join('\n')}\n`);
}

await main();
