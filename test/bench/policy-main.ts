import 'reflect-metadata';
import { CedarRule } from '../cedar/cedar-engine.js';
import { NOW, measureLoads, policyLoads, verificationsPerSecond, type PolicyLoad } from './policy-load.js';
import { thisMachine } from './machine.js';
import { measureSideDoors } from './side-doors-load.js';

/** Organisations of the public sample, and every agency of the country. */
const SIZES = [1_480, 18_000];

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `npm run bench:policy`: what a decision costs, and side doors. Takes half a minute; the tables go to stdout. */
async function main(): Promise<void> {
  const machine = thisMachine(process.argv.slice(2));
  const loads = await policyLoads();
  measureLoads(loads, 500);
  const rates = measureLoads(loads, 3_000);
  const compiled = new Map(loads.map((load, place) => [load, new CedarRule(load.rule, `bench ${place}`)]));
  const byCedar = (load: PolicyLoad) => (compiled.get(load)?.permits(load.facts, NOW) === true ? 'permit' : 'deny');
  const cedar = measureLoads(loads, 3_000, byCedar);
  const verifications = verificationsPerSecond(1_000);
  const engines = [
    ...rates.map((rate) => ({ engine: '`decide`', ...rate })),
    ...cedar.map((rate) => ({ engine: 'Cedar', ...rate })),
  ];
  const rows = engines.map(({ engine, name, outcome, perSecond }) => {
    const cost = verifications / perSecond;
    return `| ${engine}, ${name}: ${outcome} | ${whole(perSecond)} | ${(1e6 / perSecond).toFixed(1)} | ${cost.toFixed(2)} |`;
  });
  const floor = `| one Ed25519 signature verified | ${whole(verifications)} | ${(1e6 / verifications).toFixed(1)} | 1.00 |`;
  const head = '| | per second | µs each | signatures |\n| --- | ---: | ---: | ---: |';
  const decisions = [head, ...rows, floor].join('\n');
  process.stdout.write(`${JSON.stringify(machine)}\n\n${decisions}\n\n${sideDoorTable()}\n`);
}

function sideDoorTable(): string {
  const times = SIZES.flatMap((organisations) => measureSideDoors(organisations));
  const rows = times.map(({ what, organisations, shares, steps, ways, changes, milliseconds }) => {
    const counts = [organisations, shares, steps, ways ?? Infinity, changes, milliseconds].map(whole);
    return `| ${[what, ...counts].join(' | ')} |`;
  });
  const head = '| side doors | organisations | shares | steps | ways | changes | ms |';
  return [head, '| --- | ---: | ---: | ---: | ---: | ---: | ---: |', ...rows].join('\n');
}

await main();
