import 'reflect-metadata';
import { compareEngines } from './two-engines.js';

/** `npm run cedar -- [cases] [seed]`: decides as many generated cases by both engines, and ends with 1 where they differ. */
const [cases = '100000', seed = '20261122'] = process.argv.slice(2);
const started = performance.now();
const comparison = compareEngines(Number(cases), Number(seed), (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done.toLocaleString('en-US')} cases`);
});
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const { rules, permitted, denied, disagreements } = comparison;
const count = (value: number) => value.toLocaleString('en-US');
console.log(
  `${count(comparison.cases)} cases under ${count(rules)} rules, seed ${seed}: ${count(permitted)} permitted, ${count(denied)} denied, ` +
    `${count(disagreements.length)} disagreements, ${seconds} s`,
);
for (const { rule, facts, decide, cedar } of disagreements.slice(0, 10)) {
  console.log(JSON.stringify({ decide, cedar, rule, facts }));
}
process.exitCode = disagreements.length === 0 ? 0 : 1;
