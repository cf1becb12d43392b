import { parseAuditInstant, parseTimeFrame } from './audit-time.js';

/** What a column of an audit export holds, whatever it is called there. */
export type AuditColumn =
  | 'id'
  | 'officer'
  | 'organisation'
  | 'networks'
  | 'devices'
  | 'timeFrame'
  | 'plate'
  | 'reason'
  | 'caseNumber'
  | 'filters'
  | 'searchDate'
  | 'searchTime'
  | 'searchType'
  | 'prompt'
  | 'moderation'
  | 'offence';

/** Column by place; `undefined` for a column that nobody knows. */
export type AuditLayout = readonly (AuditColumn | undefined)[];

const NAMES: Readonly<Record<string, AuditColumn>> = {
  id: 'id',
  searchid: 'id',
  name: 'officer',
  userid: 'officer',
  user: 'officer',
  orgname: 'organisation',
  organization: 'organisation',
  agency: 'organisation',
  agencyslug: 'organisation',
  totalnetworkssearched: 'networks',
  networkcount: 'networks',
  totaldevicessearched: 'devices',
  timeframe: 'timeFrame',
  licenseplate: 'plate',
  reason: 'reason',
  case: 'caseNumber',
  casenumber: 'caseNumber',
  filters: 'filters',
  searchtime: 'searchTime',
  searchdatetime: 'searchTime',
  searchtype: 'searchType',
  textprompt: 'prompt',
  moderation: 'moderation',
  offensetype: 'offence',
  offencetype: 'offence',
};

/** The older network audit without a header, and today's thirteen columns, by the number of their cells. */
const HEADERLESS: readonly AuditLayout[] = [
  [
    'officer',
    'organisation',
    'networks',
    'devices',
    'timeFrame',
    'plate',
    'reason',
    'caseNumber',
    'filters',
    'searchTime',
    'searchType',
  ],
  [
    'id',
    'officer',
    'organisation',
    'networks',
    'timeFrame',
    'plate',
    'reason',
    'caseNumber',
    'filters',
    'searchTime',
    'searchType',
    'prompt',
    'moderation',
  ],
];

/** The layout that a header row names, or `undefined` where the cells are no header. */
export function layoutOfHeader(cells: readonly string[]): AuditLayout | undefined {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z]/gu, ''),
  );
  const hasClock = names.includes('searchtime');
  const columns = names.map((name): AuditColumn | undefined =>
    // Alone, `searchDate` is the whole instant; beside `Search Time` it is the day.
    name === 'searchdate' ? (hasClock ? 'searchDate' : 'searchTime') : NAMES[name],
  );
  const known = new Set(columns.filter((column) => column !== undefined));
  const isHeader =
    known.has('searchTime') && (known.has('networks') || known.has('reason') || known.has('organisation'));
  return isHeader ? columns : undefined;
}

/** A file without a header is read by the one known layout that its first row fits, or not at all. */
export function layoutOfRow(cells: readonly string[]): AuditLayout | undefined {
  return HEADERLESS.find((layout) => layout.length === cells.length && misfits(cells, layout).length === 0);
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/iu;

/** Columns whose cell is of another kind than the layout says: the sign of a row that was shifted or edited. */
export function misfits(cells: readonly string[], layout: AuditLayout): readonly AuditColumn[] {
  const split = layout.includes('searchDate');
  return layout.flatMap((column, place) => {
    const cell = (cells[place] ?? '').trim();
    return column === undefined || fits(column, cell, split) ? [] : [column];
  });
}

function fits(column: AuditColumn, cell: string, split: boolean): boolean {
  // A mask, a blank cell or one that is not published says nothing about where the row stands.
  const silent = cell === '' || cell === '\\N' || /^[*#\s]+$/u.test(cell);
  switch (column) {
    case 'id':
      return silent || UUID.test(cell);
    case 'networks':
    case 'devices':
      return silent || /^\d{1,7}$/u.test(cell);
    case 'timeFrame':
      return silent || parseTimeFrame(cell) !== undefined;
    case 'searchDate':
      return /^\d{4}-\d{2}-\d{2}$/u.test(cell);
    case 'searchTime':
      return split ? /^\d{2}:\d{2}:\d{2}$/u.test(cell) : parseAuditInstant(cell) !== undefined;
    case 'searchType':
      return silent || /^[A-Za-z][A-Za-z0-9]{0,30}( - Mobile)?$/u.test(cell);
    case 'moderation':
      return silent || /^[a-z]{1,12}$/iu.test(cell);
    case 'officer':
    case 'organisation':
    case 'plate':
    case 'reason':
    case 'caseNumber':
    case 'filters':
    case 'prompt':
    case 'offence':
      return parseAuditInstant(cell) === undefined && !UUID.test(cell);
  }
}

/**
 * Where one cell too few or too many makes a row fit that did not: the place at which it happened. Such a row is reported
 * and never repaired: which cell is missing can be guessed, and a guess is no fact.
 */
export function shiftOf(cells: readonly string[], layout: AuditLayout): { place: number; by: 1 | -1 } | undefined {
  for (let place = 0; place <= cells.length; place += 1) {
    const without = cells.toSpliced(place, 1);
    if (place < cells.length && without.length <= layout.length && misfits(without, layout).length === 0) {
      return { place, by: 1 };
    }
    const filled = cells.toSpliced(place, 0, '').slice(0, layout.length);
    if (misfits(filled, layout).length === 0) return { place, by: -1 };
  }
  return undefined;
}
