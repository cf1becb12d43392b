import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '#postgres/io';
import { loadBareProxy } from './bare-load.js';
import { openBenchServer } from './bench-server.js';
import { measureDecide } from './decide-load.js';
import { measureLedgerAlone } from './ledger-bench.js';
import { measureLedger } from './ledger-load.js';
import { ledgerReport } from './ledger-report.js';
import { thisMachine } from './machine.js';
import { measureExchange } from './measure-exchange.js';
import { measureOperations } from './operation-costs.js';
import { HELP, readOptions, type BenchOptions } from './options.js';
import { measureOwners } from './owners-bench.js';
import { ownersReport } from './owners-report.js';
import { measureReads } from './reads-bench.js';
import { readsReport } from './reads-report.js';
import { reportOf, type BenchResult } from './report.js';
import { measureTraceFanOut, traceFanOutReport } from './trace-fan-out.js';
import { signatureFloor } from './signature-floor.js';

const LEVELS = [1, 4, 16];
const LEDGER_CLIENTS = [1, 32];
const OPERATION_MS = 1_000;

/** Progress goes to stderr, the result to stdout. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function run({ seconds, port }: BenchOptions, args: readonly string[]): Promise<BenchResult> {
  const machine = thisMachine(args);
  const directory = resolve('.comity', 'bench');
  // The ledger and the sandbox use one server; the sandbox finds it running and ends it.
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') });
  say('ledger: append and proof, alone');
  const ledger = await measureLedger(server, 'transaction', LEDGER_CLIENTS, Math.min(seconds, 10));
  const exchange = await measureExchange({ directory, port, levels: LEVELS, seconds }, say);
  await server.stop();
  const bareProxy = await loadBareProxy(LEVELS, Math.min(seconds, 10), say);
  say('one operation after the other: sign, verify, seal, open');
  const costs = await measureOperations(OPERATION_MS);
  say('decide, alone');
  const decide = await measureDecide(2_000);
  return { machine, seconds, exchange, floor: signatureFloor(exchange.operations, costs), bareProxy, decide, ledger };
}

async function benchLedger(
  { seconds, entries, server: url, json }: BenchOptions,
  args: readonly string[],
): Promise<void> {
  const machine = thisMachine(args);
  const server = await openBenchServer(url);
  const bench = await measureLedgerAlone(server, { seconds, entries }, say);
  await server.stop();
  process.stdout.write(
    `${json ? JSON.stringify({ machine, bench }, null, 2) : ledgerReport(bench, machine, seconds)}\n`,
  );
}

async function benchReads(
  { reads = 1_000_000, server: url, json }: BenchOptions,
  args: readonly string[],
): Promise<void> {
  const machine = thisMachine(args);
  const server = await openBenchServer(url);
  const bench = await measureReads(server, reads, say);
  await server.stop();
  process.stdout.write(`${json ? JSON.stringify({ machine, bench }, null, 2) : readsReport(bench, machine)}\n`);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  if ('fault' in options) {
    process.stderr.write(`${options.fault}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (options.only === 'ledger') {
    await benchLedger(options, args);
    return;
  }
  if (options.only === 'trace') {
    const machine = thisMachine(args);
    const fanOut = await measureTraceFanOut(options.owners, say);
    const text = options.json ? JSON.stringify({ machine, fanOut }, null, 2) : traceFanOutReport(fanOut, machine);
    process.stdout.write(`${text}\n`);
    return;
  }
  if (options.only === 'owners') {
    const machine = thisMachine(args);
    const input = { directory: resolve('.comity', 'bench'), port: options.port, count: options.owners };
    const bench = await measureOwners(input, say);
    const text = options.json ? JSON.stringify({ machine, bench }, null, 2) : ownersReport(bench, machine);
    process.stdout.write(`${text}\n`);
    return;
  }
  if (options.only === 'reads') {
    await benchReads(options, args);
    return;
  }
  const result = await run(options, args);
  process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : reportOf(result)}\n`);
}

main()
  // Whatever was started keeps the process alive after a failure; the database ends with it.
  .then(() => process.exit())
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
