import type { JsonObject } from '#protocol';
import type { ImportProgress, ImportReport } from '#reads/io';
import { counted } from './describe-ask.js';
import { bold, good, warn, type Line } from './terminal.js';

/** @param size in bytes; 0 where nobody knows it */
export function progressText({ bytesRead, rows, accepted, rejected }: ImportProgress, size: number): string {
  const share = size === 0 ? '' : `${Math.min(100, Math.round((bytesRead / size) * 100))} %  `;
  return `${share}${counted(rows, 'row')}, ${accepted} accepted, ${rejected} rejected ...`;
}

export function describeImport(file: string, report: ImportReport, rejectedPath: string): Line[] {
  const reasons = Object.entries(report.rejectedByReason).map(([reason, count]) => `${count} ${reason}`);
  const others = Object.entries(report.passedOverByReason).map(([why, count]) => `${count} ${why}`);
  const span = [report.firstSeenAt, report.lastSeenAt].flatMap((at) => instant(at) ?? []);
  return [
    [bold(file), `  ${counted(report.rows, 'row')}`],
    ['  accepted         ', good(String(report.accepted))],
    `  already present  ${report.alreadyPresent}`,
    ...(report.superseded > 0 ? [`  superseded       ${report.superseded} earlier readings of the same passages`] : []),
    [
      '  rejected         ',
      report.rejected === 0 ? '0' : warn(`${report.rejected}: ${reasons.join(', ')}; see ${rejectedPath}`),
    ],
    ...(report.passedOver > 0 ? [`  no sighting      ${report.passedOver}: ${others.join(', ')}`] : []),
    `  blank            ${report.blank}`,
    `  without place    ${report.withoutLocation}`,
    `  words on signs   ${report.nonPlates}`,
    ...(report.ambiguousTimes > 0 ? [`  hour shown twice ${report.ambiguousTimes}`] : []),
    ...(span.length === 2 ? [`  seen from        ${span.join(' to ')}`] : []),
    ...(report.resumed === undefined
      ? []
      : [
          `  went on after    ${counted(report.resumed.rows, 'row')} that an interrupted import had done; all are counted here`,
        ]),
    ...(report.repeats === undefined ? [] : ['  this very file was imported before']),
  ];
}

/** Several files: a line for each of which something was rejected, and the sum. */
export function describeImports(
  done: readonly { readonly file: string; readonly report: ImportReport; readonly rejectedPath: string }[],
): Line[] {
  const sum = (count: (report: ImportReport) => number) => done.reduce((total, { report }) => total + count(report), 0);
  const rejections = done.flatMap(({ file, report, rejectedPath }): Line[] =>
    report.rejected === 0 ? [] : [[file, '  ', warn(`${report.rejected} rejected; see ${rejectedPath}`)]],
  );
  return [
    ...rejections,
    [
      bold(counted(done.length, 'file')),
      `  ${counted(
        sum(({ rows }) => rows),
        'row',
      )}`,
    ],
    ['  accepted         ', good(String(sum(({ accepted }) => accepted)))],
    `  already present  ${sum(({ alreadyPresent }) => alreadyPresent)}`,
    `  rejected         ${sum(({ rejected }) => rejected)}`,
    `  no sighting      ${sum(({ passedOver }) => passedOver)}`,
  ];
}

export function importDocument(report: ImportReport, rejectedPath: string): JsonObject {
  const { firstSeenAt, lastSeenAt, repeats, resumed } = report;
  return {
    import_id: report.importId,
    file_digest: report.fileDigest,
    repeats: repeats ?? null,
    resumed_after: resumed?.rows ?? null,
    rows: report.rows,
    accepted: report.accepted,
    already_present: report.alreadyPresent,
    superseded: report.superseded,
    passed_over: report.passedOver,
    passed_over_by_reason: { ...report.passedOverByReason },
    rejected: report.rejected,
    rejected_by_reason: { ...report.rejectedByReason },
    rejected_file: report.rejected === 0 ? null : rejectedPath,
    blank: report.blank,
    without_location: report.withoutLocation,
    non_plates: report.nonPlates,
    ambiguous_times: report.ambiguousTimes,
    first_seen_at: instant(firstSeenAt),
    last_seen_at: instant(lastSeenAt),
  };
}

function instant(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
