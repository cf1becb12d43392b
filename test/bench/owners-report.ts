import type { Machine } from './machine.js';
import type { OwnersBench } from './owners-bench.js';

/** Tables as they stand in `docs/benchmarks.md`. */
export function ownersReport(bench: OwnersBench, machine: Machine): string {
  const { looks, trace, evidence } = bench;
  const first = looks.find(({ shown }) => shown > 0);
  return [
    `## One request to ${bench.owners} owners`,
    '',
    `- ${machine.date}, commit ${machine.commit}`,
    `- ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Node ${machine.node}, load average before ${machine.loadBefore.toFixed(1)}`,
    `- \`${machine.command}\`; everything on one machine`,
    '',
    '|  | s |',
    '| --- | ---: |',
    row(`${bench.owners} owners enrolled, with ledger and rule, listening`, bench.openedMs),
    row('broker and asking agency know all of them', bench.knownMs),
    row('the officer asks', bench.askMs),
    row('the supervisor approves: so many requests put down', bench.approveMs),
    row('from there: first answer verified and logged', bench.firstMs),
    row('half of the honest owners', bench.answered.p50),
    row('99 of 100', bench.answered.p99),
    row('the last one', bench.lastMs),
    row(`every owner has ended (\`respond_by\` is ${bench.respondWithinSeconds} s from each signature)`, bench.endedMs),
    '',
    `The officer's page, looked at every two seconds, showed its first answers after ${seconds(first?.ms ?? Number.NaN)} s (${first?.shown ?? 0} of them); a look takes ${seconds(Math.max(...looks.map(({ tookMs }) => tookMs)))} s at most. States at the end: ${Object.entries(
      bench.states,
    )
      .map(([state, count]) => `${count} \`${state}\``)
      .join(', ')}.`,
    '',
    '| owner | what it did | what the officer sees | after s |',
    '| --- | --- | --- | ---: |',
    ...bench.bad.map(
      ({ nth, kind, state, problem, readCount, droppedCount, endedMs }) =>
        `| ${nth} | ${DID[kind]} | \`${state}\`${problem === undefined ? '' : `, \`${problem}\``}, ${readCount} reads${droppedCount === 0 ? '' : `, ${droppedCount} dropped`} | ${seconds(endedMs)} |`,
    ),
    '',
    '| memory (RSS) at the end | MiB | peak MiB |',
    '| --- | ---: | ---: |',
    ...bench.memory.map(
      ({ process, bytes, peakBytes }) =>
        `| ${process} | ${mib(bytes)} | ${peakBytes === undefined ? '' : mib(peakBytes)} |`,
    ),
    '',
    `The trace: ${trace.receipts} receipts of ${bench.owners + 2} ledgers, ${mib(trace.bytes)} MiB, collected in ${seconds(trace.collectMs)} s, verified and compared in ${seconds(trace.verifyMs)} s; ${trace.checks} checks. What does not match:`,
    '',
    ...unmatchedLines(trace.unmatched),
    '',
    `Evidence in one file: collected in ${seconds(evidence.collectMs)} s, made and verified in ${seconds(evidence.makeMs)} s, ${mib(evidence.bytes)} MiB; ${evidence.checks} checks, verdict \`${evidence.verdict}\`, which the owners above do not let be better.`,
  ].join('\n');
}

const LISTED = 12;

/** Each by its party where they are few; by what they are where a machine was too slow for many. */
function unmatchedLines(unmatched: OwnersBench['trace']['unmatched']): string[] {
  if (unmatched.length <= LISTED) {
    return unmatched.map(({ code, state, party, text }) => `- ${state} \`${code}\`, ${party ?? 'nobody'}: ${text}`);
  }
  const kinds = Map.groupBy(unmatched, ({ code, state, text }) => `${state} \`${code}\`: ${text}`);
  return [...kinds].map(([kind, all]) => `- ${all.length} times ${kind}`);
}

const DID = {
  slow: 'thinks for longer than anybody waits',
  signs_wrong: 'signs its answer with a key that nobody knows',
  forges: 'shows another receipt than its ledger holds',
  exceeds: 'sends reads beyond the question',
  gone: 'does not listen any more',
} as const;

function row(what: string, ms: number): string {
  return `| ${what} | ${seconds(ms)} |`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
