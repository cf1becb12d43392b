import type { Machine } from './machine.js';
import type { ReadsBench } from './reads-bench.js';

/** The figures of the store of reads as Markdown, so that they can be kept as they are. */
export function readsReport(bench: ReadsBench, machine: Machine): string {
  const { cpu, cores, memoryGib, node, loadBefore, date, commit, command } = machine;
  return [
    [
      `- ${date}, commit ${commit}`,
      `- ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load average before ${loadBefore.toFixed(1)}`,
      `- \`${command}\`; ${bench.server} with fsync, client on the same machine`,
      `- ${whole(bench.reads)} reads of 50 cameras on 25 devices over ${bench.days} days`,
    ].join('\n'),
    table(
      ['ingest', 'reads/s', 'of raw COPY'],
      [
        ['raw COPY, one table without index', bench.rawCopy],
        ['into the store with its primary key alone', bench.primaryKeyAlone],
        ['into the store', bench.ingest],
        ['the same reads again: nothing new', bench.ingestAgain],
      ].map(([name, rate]) => [String(name), whole(Number(rate)), (Number(rate) / bench.rawCopy).toFixed(2)]),
    ),
    table(
      ['search', 'p50 ms', 'p99 ms', 'bare index p50 ms', 'p99 ms', 'reads found, mean'],
      bench.searches.map(({ name, search, bareIndex, found }) => [
        name,
        ...[search.p50, search.p99, bareIndex.p50, bareIndex.p99, found].map(tenth),
      ]),
    ),
    table(
      ['bytes a read', ''],
      bench.sizes.map(({ of, bytes }) => [of, tenth(bytes)]),
    ),
    table(
      ['beside it', ''],
      [
        [`the oldest day dropped, ${whole(bench.readsOfDroppedDay)} reads, ms`, tenth(bench.dropDayMs)],
        ['memory of the process that asks, MiB', whole(bench.nodeMemory)],
        ['database, MiB', whole(bench.databaseMegabytes)],
      ],
    ),
  ].join('\n\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function tenth(value: number): string {
  return value.toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map((_cell, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
