import type { LedgerBench } from './ledger-bench.js';
import type { LedgerLevel } from './ledger-load.js';
import type { Machine } from './machine.js';

/** The figures of the ledger as Markdown, so that they can be kept as they are. */
export function ledgerReport(bench: LedgerBench, machine: Machine, seconds: number): string {
  const { cpu, cores, memoryGib, node, loadBefore, date, commit, command } = machine;
  return [
    [
      `- ${date}, commit ${commit}`,
      `- ${cpu}, ${cores} cores, ${memoryGib} GiB, Node ${node}, load average before ${loadBefore.toFixed(1)}`,
      `- \`${command}\`, ${seconds} s a level; ${bench.server} with fsync, clients on the same machine`,
    ].join('\n'),
    table(
      [
        'clients',
        'signed receipts/s to committed proof',
        'p50 ms',
        'p99 ms',
        'each in a transaction of its own',
        'p50 ms',
        'p99 ms',
        'bare batched INSERT/s',
        'p50 ms',
        'p99 ms',
      ],
      bench.levels.map((level) => {
        const beside = [bench.inTransaction, bench.bareInsert].map((levels) =>
          levels.find(({ clients }) => clients === level.clients),
        );
        return [
          String(level.clients),
          ...cells(level),
          ...beside.flatMap((other) => (other === undefined ? ['', '', ''] : cells(other))),
        ];
      }),
    ),
    table(
      ['', 'per second'],
      [
        ['signatures of receipts alone, side by side', whole(bench.signaturesPerSecond)],
        [
          'offline verification of a receipt with proof, checkpoint and opening, one thread',
          whole(bench.verificationsPerSecond),
        ],
      ],
    ),
    table(
      ['bytes an entry', ''],
      bench.bytesPerEntry.map(({ of, bytes }) => [of, whole(bytes)]),
    ),
    ...(bench.large === undefined ? [] : [largeTable(bench.large)]),
  ].join('\n\n');
}

function largeTable({
  entries,
  fillPerSecond,
  proof,
  startMs,
  checkMs,
  wholeTableReads,
}: NonNullable<LedgerBench['large']>): string {
  return table(
    [`a log of ${entries.toLocaleString('en')} entries`, ''],
    [
      ['filled by bulk, signed receipts/s integrated', whole(fillPerSecond)],
      ['proof of a random old receipt, p50 / p99 ms', `${tenth(proof.p50)} / ${tenth(proof.p99)}`],
      ['restart until it signs, ms', tenth(startMs)],
      ['every entry, tile and index row hashed and compared again, s', tenth(checkMs / 1_000)],
      ['statements of a proof that no index could serve (F20)', String(wholeTableReads.length)],
    ],
  );
}

function cells({ perSecond, latency }: LedgerLevel): string[] {
  return [whole(perSecond), tenth(latency.p50), tenth(latency.p99)];
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
