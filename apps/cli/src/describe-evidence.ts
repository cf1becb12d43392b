import { isUndisclosed, notProvenBy, provenBy, type EvidenceReport } from '#exchange';
import type { JsonObject } from '#protocol';
import { counted } from './describe-ask.js';
import { traceDocument } from './describe-trace.js';
import { bad, bold, good, warn, type Line } from './terminal.js';

/** What a bundle proves, what it does not, and what is wrong with it. */
export function describeEvidence(report: EvidenceReport, sha256: string, altered: readonly string[]): Line[] {
  const open = [
    ...report.trace.checks.filter(({ code, state }) => !isUndisclosed(code, state, report.level)),
    ...report.checks,
  ].filter(({ state }) => state !== 'holds' && state !== 'undisclosed');
  return [
    [bold('transaction '), report.txn],
    ['exported    ', `${new Date(report.exportedAt).toISOString()}, level ${report.level}`],
    ['sha256      ', sha256],
    '',
    [bold('what it proves')],
    ...provenBy(report).map((sentence): Line => ['  ', good('✓'), ` ${sentence}`]),
    '',
    [bold('what it does not prove')],
    ...notProvenBy(report).map((sentence): Line => ['  ', warn('–'), ` ${sentence}`]),
    '',
    ...altered.map((name): Line => ['  ', bad('✗'), ` ${name} is not what the evidence makes of it`]),
    ...open.map(({ state, party, text }): Line => {
      const mark = state === 'pending' ? warn('…') : bad(state === 'missing' ? '?' : '✗');
      return ['  ', mark, ` ${party ?? 'the ledgers together'}: ${text}`];
    }),
    [bold('verdict     '), verdictOf(report, altered)],
  ];
}

function verdictOf(report: EvidenceReport, altered: readonly string[]) {
  if (altered.length > 0) return bad(`not believed: ${counted(altered.length, 'file')} of the bundle altered`);
  switch (report.verdict) {
    case 'verified':
      return good(
        `verified: ${counted(report.trace.hops.length, 'receipt')} in ${counted(report.trace.ledgers.length, 'ledger')}`,
      );
    case 'incomplete':
      return warn('what is there verifies, but something is missing');
    case 'broken':
      return bad('not believed: a check failed');
  }
}

/** For programs. */
export function evidenceDocument(report: EvidenceReport, sha256: string, altered: readonly string[]): JsonObject {
  return {
    txn: report.txn,
    level: report.level,
    exported_at: new Date(report.exportedAt).toISOString(),
    sha256,
    verdict: altered.length > 0 ? 'broken' : report.verdict,
    altered: [...altered],
    proves: provenBy(report),
    does_not_prove: notProvenBy(report),
    checks: report.checks.map(({ party, ...check }) => ({ ...check, party: party ?? null })),
    trace: traceDocument(report.trace),
  };
}
