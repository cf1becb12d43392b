import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../apps/sandbox/src/sandbox.js';
import { cpuBetween, partyNames, readCpu, type CpuReading, type CpuTimes } from './cpu-time.js';
import { loadExchanges, type LevelOfLoad } from './exchange-load.js';
import { operationsBetween, readCounts } from './read-counts.js';
import { ShownWatch } from './shown-watch.js';
import { stagesOf, type Stage } from './stages.js';

/** CPU milliseconds a party spends on one exchange; `idle` is what of it the party would have used without any. */
export interface PartyCpu {
  readonly party: string;
  readonly measured: number;
  readonly idle: number;
}

export interface ExchangeLevel extends Omit<LevelOfLoad, 'txns'> {
  readonly cpu: readonly PartyCpu[];
  /** Of all parties of the exchange and the database, less what they use when idle. Milliseconds. */
  readonly cpuMs: number;
}

export interface ExchangeMeasurement {
  readonly levels: readonly ExchangeLevel[];
  /** Between the receipts of an exchange, one at a time. */
  readonly stages: readonly Stage[];
  /** Of one exchange, all parties together, less what happens without one. */
  readonly operations: Readonly<Record<string, number>>;
}

interface Bench {
  readonly sandbox: Sandbox;
  readonly watch: ShownWatch;
  readonly counts: string;
  readonly parties: ReadonlyMap<number, string>;
  readonly cpu: () => CpuReading;
}

const INVOLVED = ['salish-point', 'broker', 'juniper-bend'];
const WARM_UP_SECONDS = 10;
/** Two rounds of the directory, which costs more than anything else that an idle party does. */
const IDLE_SECONDS = 20;

export async function measureExchange(
  input: { directory: string; port: number; levels: readonly number[]; seconds: number },
  say: (line: string) => void,
): Promise<ExchangeMeasurement> {
  const bench = await openBench(input, say);
  try {
    say('exchange: warming up');
    await loadExchanges(bench.sandbox, bench.watch, { concurrency: 4, seconds: WARM_UP_SECONDS });
    say('exchange: what the parties do when nobody asks');
    const idle = await measureIdle(bench);
    const operations = await countOperations(bench, idle.operations);
    const levels: ExchangeLevel[] = [];
    let alone: readonly string[] = [];
    for (const concurrency of input.levels) {
      say(`exchange: ${concurrency} at once`);
      const before = bench.cpu();
      const { txns, ...load } = await loadExchanges(bench.sandbox, bench.watch, {
        concurrency,
        seconds: input.seconds,
      });
      const cpu = partyCpu(cpuBetween(before, bench.cpu()), idle.cpu, load);
      levels.push({ ...load, cpu, cpuMs: cpu.reduce((sum, { measured, idle: own }) => sum + measured - own, 0) });
      if (concurrency === 1) alone = txns;
    }
    return { levels, operations, stages: await stagesOf(alone, urlsOf(bench.sandbox)) };
  } finally {
    await bench.watch.stop();
    await bench.sandbox.stop();
  }
}

async function openBench(
  { directory, port }: { directory: string; port: number },
  say: (line: string) => void,
): Promise<Bench> {
  const counts = join(directory, 'counts');
  await mkdir(counts, { recursive: true });
  const counting = new URL('counted-operations.js', import.meta.url);
  counting.searchParams.set('directory', counts);
  const nodeArguments = ['--import', counting.href, ...extraArguments()];
  const sandbox = await startSandbox({ directory, basePort: port, nodeArguments }, say);
  const parties = partyNames(JSON.parse(await readFile(join(directory, 'run', 'pids.json'), 'utf8')) as number[]);
  const postmaster = Number.parseInt(
    await readFile(join(directory, 'postgres', 'cluster', 'postmaster.pid'), 'utf8'),
    10,
  );
  const watch = await ShownWatch.over(sandbox.databaseUrl('salish-point'));
  const skip = new Set([watch.backend]);
  return { sandbox, watch, counts, parties, cpu: () => readCpu(parties, postmaster, skip) };
}

/** For a profile of the parties: `COMITY_BENCH_NODE="--cpu-prof --cpu-prof-dir=/tmp/profiles"`. */
function extraArguments(): string[] {
  return (process.env['COMITY_BENCH_NODE'] ?? '').split(' ').filter((argument) => argument !== '');
}

/** Rates a second, of CPU milliseconds by party and of operations. */
async function measureIdle({ counts, parties, cpu }: Bench) {
  await sleep(500);
  const [cpuBefore, before] = [cpu(), await readCounts(counts, parties)];
  await sleep(IDLE_SECONDS * 1_000);
  const [cpuAfter, after] = [cpu(), await readCounts(counts, parties)];
  const perSecond = (rates: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(rates).map(([what, n]) => [what, n / IDLE_SECONDS] as const));
  return {
    cpu: perSecond(cpuBetween(cpuBefore, cpuAfter)),
    operations: perSecond(operationsBetween(before, after)),
  };
}

const COUNTED_SECONDS = 20;

async function countOperations(bench: Bench, idle: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const before = await readCounts(bench.counts, bench.parties);
  const load = { concurrency: 1, seconds: COUNTED_SECONDS };
  const { seconds, exchange } = await loadExchanges(bench.sandbox, bench.watch, load);
  // `sent` is logged after the answer has left.
  await sleep(300);
  const done = operationsBetween(before, await readCounts(bench.counts, bench.parties));
  const own = (what: string, n: number) => Math.max(0, (n - (idle[what] ?? 0) * (seconds + 0.3)) / exchange.count);
  return Object.fromEntries(Object.entries(done).map(([what, n]) => [what, own(what, n)]));
}

/** The three parties of the exchange and their databases, and what the database server does for all. */
function partyCpu(spent: CpuTimes, idle: CpuTimes, load: Omit<LevelOfLoad, 'txns'>): PartyCpu[] {
  const names = [...INVOLVED.flatMap((name) => [name, `${name}: database`]), 'database'];
  const { count } = load.exchange;
  return names.map((party) => ({
    party,
    measured: (spent[party] ?? 0) / count,
    idle: ((idle[party] ?? 0) * load.seconds) / count,
  }));
}

function urlsOf(sandbox: Sandbox) {
  return {
    asker: sandbox.databaseUrl('salish-point'),
    broker: sandbox.laidOut.environments.broker['DATABASE_URL'] ?? '',
    owner: sandbox.databaseUrl('juniper-bend'),
  };
}
