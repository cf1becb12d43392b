import { describe, expect, it } from 'vitest';
import { AuditExportReader, type AuditExport } from './audit-export.js';
import { pastSearches } from './past-search.js';

const HEADER =
  'ID|Name|Org Name|Total Networks Searched|Time Frame|License Plate|Reason|Case #|Filters|Search Time|Search Type|Text Prompt|Moderation';
const FRAME = '03/01/2026, 08:00:00 AM UTC\n03/08/2026, 08:00:00 AM UTC';
const AT = '03/08/2026, 07:59:58 AM UTC';

function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function row(number: number, changes: Partial<Record<string, string>> = {}): string[] {
  const cells: Record<string, string> = {
    ID: id(number),
    Name: '***',
    'Org Name': 'Example CA PD',
    'Total Networks Searched': '375',
    'Time Frame': FRAME,
    'License Plate': '***',
    Reason: 'robbery',
    'Case #': '26-01628',
    Filters: '',
    'Search Time': AT,
    'Search Type': 'lookup - Mobile',
    'Text Prompt': '',
    Moderation: '',
  };
  return HEADER.split('|').map((name) => changes[name] ?? cells[name] ?? '');
}

function read(...records: readonly (readonly string[])[]): AuditExport {
  const reader = new AuditExportReader();
  for (const [index, cells] of records.entries()) reader.take({ line: index + 1, cells });
  return reader.end();
}

const header = HEADER.split('|');

describe('an audit export', () => {
  it('is read in its thirteen columns, the two lines of a time frame in one cell', () => {
    const { rows, problems } = read(header, row(1));
    expect(problems).toEqual([]);
    expect(rows[0]).toMatchObject({
      line: 2,
      networks: { state: 'stated', text: '375' },
      searchType: { state: 'stated', text: 'lookup - Mobile' },
      offence: { state: 'not_published' },
      searchedAtMs: Date.parse('2026-03-08T07:59:58Z'),
    });
  });

  it.each([
    ['***', 'masked'],
    ['* * *', 'masked'],
    ['###', 'masked'],
    ['REDACTED', 'masked'],
    ['[Redacted]', 'masked'],
    ['7923.600 GC', 'masked'],
    ['Gov. Code § 7923.600(a)', 'masked'],
    ['[w] [w]', 'masked'],
    ['REDACTED, stolen', 'partly_masked'],
    ['suspect [w]', 'partly_masked'],
    ['.', 'placeholder'],
    ['n/a', 'placeholder'],
    ['  ', 'blank'],
    ['\\N', 'not_published'],
    ['inv', 'stated'],
    ['1700', 'stated'],
  ])('tells a reason of `%s` to be %s', (text, state) => {
    expect(read(header, row(1, { Reason: text })).rows[0]?.reason.state).toBe(state);
  });

  it('keeps no text of a masked cell', () => {
    const plate = read(header, row(1, { 'License Plate': 'REDACTED ABC1' })).rows[0]?.plate;
    expect(plate).toEqual({ state: 'partly_masked' });
  });

  it('takes a star within a plate for a wildcard, not for a mask', () => {
    const plate = read(header, row(1, { 'License Plate': '****999' })).rows[0]?.plate;
    expect(plate).toEqual({ state: 'stated', text: '****999' });
  });

  it('is read without a header in the layout of the older network audit', () => {
    const cells = ['***', 'Example CA PD', '375', '15737', FRAME, '***', 'inv', '', '', AT, 'search'];
    const { rows, layouts } = read(cells);
    expect(layouts[0]).toMatchObject({ line: 1, header: false });
    expect(rows[0]).toMatchObject({ reason: { state: 'stated', text: 'inv' }, id: { state: 'not_published' } });
  });

  it('is refused row by row where it has no header and fits no known layout', () => {
    const { rows, problems } = read(['a', 'b'], ['c', 'd']);
    expect(rows).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual([
      'no_header_and_no_known_layout',
      'no_header_and_no_known_layout',
    ]);
  });

  it('joins a search date and a search time that stand in two columns', () => {
    const { rows } = read(
      ['Org Name', 'Total Networks Searched', 'Search Date', 'Search Time', 'Reason'],
      ['Example CA PD', '3', '2025-05-01', '09:11:16', 'inv'],
    );
    expect(rows[0]?.searchedAtMs).toBe(Date.parse('2025-05-01T09:11:16Z'));
  });

  it('is read in the columns of a transparency portal', () => {
    const { rows } = read(
      ['agency_slug', 'id', 'userId', 'searchDate', 'networkCount', 'reason', 'caseNumber', 'offenseType'],
      ['alameda-ca-pd', id(7), '***', '2026-03-20T14:19:15.904Z', '1', '\\N', '', 'Robbery'],
    );
    expect(rows[0]).toMatchObject({
      organisation: { state: 'stated', text: 'alameda-ca-pd' },
      officer: { state: 'masked' },
      reason: { state: 'not_published' },
      caseNumber: { state: 'blank' },
      searchedAtMs: Date.parse('2026-03-20T14:19:15Z'),
    });
  });

  it('reads two exports in one file by the header of each, and a repeated header as nothing', () => {
    const portal = ['id', 'userId', 'searchDate', 'networkCount', 'reason'];
    const second = [id(2), '***', '2026-03-20T14:19:15.904Z', '1', 'inv'];
    const { rows, layouts, problems } = read(header, row(1), header, row(3), portal, second);
    expect(problems).toEqual([]);
    expect(rows.map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(layouts.map(({ line }) => line)).toEqual([1, 5]);
  });

  it('reports a row that lacks a cell as shifted, and where', () => {
    const short = row(1).toSpliced(3, 1);
    const { rows, problems } = read(header, short);
    expect(rows).toEqual([]);
    expect(problems[0]).toMatchObject({
      line: 2,
      code: 'shifted',
      message: 'looks shifted: one cell missing at `networks`',
    });
  });

  it('reports a row with one cell too many as shifted', () => {
    const long = row(1).toSpliced(3, 0, 'extra');
    expect(read(header, long).problems[0]).toMatchObject({ code: 'shifted' });
  });

  it('reports a verdict below the search time, and never shows what stands in the row', () => {
    const { problems } = read(header, row(1, { 'Search Time': 'allow', 'License Plate': '7ABC123' }));
    expect(problems[0]).toMatchObject({
      code: 'cell_of_another_kind',
      message: 'not what the header says: searchTime',
    });
    expect(JSON.stringify(problems)).not.toContain('7ABC123');
  });

  it('takes no impossible day for a time', () => {
    expect(read(header, row(1, { 'Search Time': '02/30/2026, 07:59:58 AM UTC' })).problems).toHaveLength(1);
  });
});

describe('the searches of an export', () => {
  it('are counted once, however many owners export them', () => {
    const { searches } = pastSearches(read(header, row(1), row(2), row(1), row(1)));
    expect(searches.map(({ key, lines }) => [key, lines])).toEqual([
      [id(1), [2, 4, 5]],
      [id(2), [3]],
    ]);
  });

  it('are counted by agency, second, networks and officer where there is no id', () => {
    const cells = ['***', 'Example CA PD', '375', '0', FRAME, '***', 'inv', '', '', AT, 'search'];
    const { searches } = pastSearches(read(cells, cells, cells.with(2, '376')));
    expect(searches.map(({ lines }) => lines)).toEqual([[1, 2], [3]]);
  });

  it('keep masked what one of their rows masks', () => {
    const { searches } = pastSearches(read(header, row(1, { 'Case #': '***' }), row(1)));
    expect(searches[0]?.row.caseNumber).toEqual({ state: 'masked' });
  });

  it('are reported and not judged where their rows contradict each other', () => {
    const { searches, problems } = pastSearches(read(header, row(1), row(1, { Reason: 'homicide' })));
    expect(searches).toEqual([]);
    expect(problems).toMatchObject([{ line: 2, code: 'rows_of_one_search_differ' }]);
  });

  it('show a column that says the same in every row to be overwritten by the agency', () => {
    const many = [...Array(60).keys()].map((number) => row(number, { Reason: 'Investigation' }));
    const { searches } = pastSearches(read(header, ...many));
    expect([...(searches[0]?.overwritten ?? [])]).toEqual(['reason', 'caseNumber']);
    const few = pastSearches(read(header, ...many.slice(0, 40)));
    expect([...(few.searches[0]?.overwritten ?? [])]).toEqual([]);
  });
});
