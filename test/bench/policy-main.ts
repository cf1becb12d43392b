import 'reflect-metadata';
import { measureLoads, policyLoads, verificationsPerSecond } from './policy-load.js';
import { thisMachine } from './machine.js';

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `npm run bench:policy`: what a decision costs. Takes fifteen seconds; the table goes to stdout. */
async function main(): Promise<void> {
  const machine = thisMachine(process.argv.slice(2));
  const loads = await policyLoads();
  measureLoads(loads, 500);
  const rates = measureLoads(loads, 3_000);
  const verifications = verificationsPerSecond(1_000);
  const rows = rates.map(({ name, outcome, perSecond }) => {
    const cost = verifications / perSecond;
    return `| \`decide\`, ${name}: ${outcome} | ${whole(perSecond)} | ${(1e6 / perSecond).toFixed(1)} | ${cost.toFixed(2)} |`;
  });
  const floor = `| one Ed25519 signature verified | ${whole(verifications)} | ${(1e6 / verifications).toFixed(1)} | 1.00 |`;
  const head = '| | per second | µs each | signatures |\n| --- | ---: | ---: | ---: |';
  process.stdout.write(`${JSON.stringify(machine)}\n\n${head}\n${[...rows, floor].join('\n')}\n`);
}

await main();
