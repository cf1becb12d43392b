import type { BareLevel } from './bare-load.js';
import type { DecideRate } from './decide-load.js';
import type { LedgerLevel } from './ledger-load.js';
import type { Machine } from './machine.js';
import type { ExchangeLevel, ExchangeMeasurement } from './measure-exchange.js';
import type { SignatureFloor } from './signature-floor.js';

export interface BenchResult {
  readonly machine: Machine;
  readonly seconds: number;
  readonly exchange: ExchangeMeasurement;
  readonly floor: SignatureFloor;
  readonly bareProxy: readonly BareLevel[];
  readonly decide: readonly DecideRate[];
  readonly ledger: readonly LedgerLevel[];
}

/** The result as Markdown, so that it can be kept as it is. */
export function reportOf(result: BenchResult): string {
  return [
    machineLines(result),
    '### One exchange: ask, approve, grant, release, show',
    exchangeTable(result),
    '### CPU milliseconds an exchange, by party (less what the party uses when idle)',
    cpuTable(result.exchange.levels),
    '### Where an exchange waits, one at a time (from receipt to receipt)',
    table(
      ['from', 'to', 'p50 ms'],
      result.exchange.stages.map(({ from, to, p50 }) => [from, to, tenth(p50)]),
    ),
    '### The signature floor of one exchange',
    floorTable(result.floor),
    '### Beside it',
    besideTable(result.floor),
    '### A bare proxy that verifies a JWT and forwards',
    bareTable(result),
    '### Decisions and ledger alone',
    aloneTable(result),
  ].join('\n\n');
}

function machineLines({ machine, seconds }: BenchResult): string {
  const { cpu, cores, memoryGib, node, loadBefore, date, commit, command } = machine;
  return [
    `- ${date}, commit ${commit}`,
    `- ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load average before ${loadBefore.toFixed(1)}`,
    `- \`${command}\`, ${seconds} s a level; everything on one machine, clients and database included`,
  ].join('\n');
}

function exchangeTable({ exchange, floor }: BenchResult): string {
  const head = ['at once', 'exchanges/s', 'p50 ms', 'p95 ms', 'p99 ms', 'asking p50 ms', 'CPU ms', 'CPU / floor'];
  return table(
    head,
    exchange.levels.map(({ concurrency, perSecond, exchange: of, asking, cpuMs }) => [
      String(concurrency),
      tenth(perSecond),
      tenth(of.p50),
      tenth(of.p95),
      tenth(of.p99),
      tenth(asking.p50),
      tenth(cpuMs),
      `${tenth(cpuMs / floor.totalMs)} x`,
    ]),
  );
}

function cpuTable(levels: readonly ExchangeLevel[]): string {
  const parties = levels[0]?.cpu.map(({ party }) => party) ?? [];
  const rows = parties.map((party) => [
    party,
    ...levels.map(({ cpu }) => {
      const of = cpu.find((one) => one.party === party);
      return of === undefined ? '' : `${tenth(of.measured - of.idle)} (idle ${tenth(of.idle)})`;
    }),
  ]);
  const total = ['all', ...levels.map(({ cpuMs }) => tenth(cpuMs))];
  return table(['', ...levels.map(({ concurrency }) => `${concurrency} at once`)], [...rows, total]);
}

function floorTable({ lines, totalMs }: SignatureFloor): string {
  const rows = lines.map(({ operation, times, eachMs }) => [
    operation,
    tenth(times),
    eachMs.toFixed(3),
    (times * eachMs).toFixed(2),
  ]);
  return table(['operation', 'times', 'CPU ms each', 'CPU ms'], [...rows, ['floor', '', '', totalMs.toFixed(2)]]);
}

function besideTable({ besides }: SignatureFloor): string {
  return table(
    ['also done for one exchange', 'times'],
    Object.entries(besides).map(([what, n]) => [what, tenth(n)]),
  );
}

function bareTable({ bareProxy, exchange }: BenchResult): string {
  return table(
    ['at once', 'calls/s', 'p50 ms', 'p99 ms', 'CPU ms', 'exchange CPU / proxy CPU', 'proxy rate / exchange rate'],
    bareProxy.map(({ concurrency, perSecond, latency, cpuMs }) => {
      const level = exchange.levels.find((one) => one.concurrency === concurrency);
      const beside = level === undefined ? ['', ''] : [level.cpuMs / cpuMs, perSecond / level.perSecond].map(times);
      return [
        String(concurrency),
        tenth(perSecond),
        tenth(latency.p50),
        tenth(latency.p99),
        cpuMs.toFixed(2),
        ...beside,
      ];
    }),
  );
}

function aloneTable({ decide, ledger }: BenchResult): string {
  const decisions = decide.map(({ asks, outcome, perSecond }) => [
    `\`decide\`, ${asks} asks: ${outcome}`,
    Math.round(perSecond).toLocaleString('en'),
    `${((1 / perSecond) * 1_000_000).toFixed(1)} µs each`,
  ]);
  const appends = ledger.map(({ clients, perSecond, latency }) => [
    `ledger append to proof, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
    Math.round(perSecond).toLocaleString('en'),
    `p50 ${tenth(latency.p50)} ms, p99 ${tenth(latency.p99)} ms`,
  ]);
  return table(['', 'per second', ''], [...decisions, ...appends]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map((_cell, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function tenth(value: number): string {
  return value.toFixed(1);
}

function times(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')} x`;
}
