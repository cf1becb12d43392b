import { CsvError, parse } from 'csv-parse/sync';
import { AGREEMENT_MODELS, usState, type AgreementModel } from './agreement-names.js';

/** One line of the published list of 287(g) agreements, as far as it could be read. */
export interface AgreementRow {
  /** In the file, the heading being 1. */
  readonly line: number;
  /** USPS code; `undefined` where the text is no state. */
  readonly state: string | undefined;
  readonly stateText: string;
  /** As listed, without the blanks around it. */
  readonly agency: string;
  readonly type: string;
  readonly county: string | undefined;
  readonly model: AgreementModel | undefined;
  readonly modelText: string;
  /** `YYYY-MM-DD`; `undefined` where it is no day of the calendar. */
  readonly signed: string | undefined;
  readonly ori: string | undefined;
  readonly fips: string | undefined;
}

const REQUIRED = ['STATE', 'LAW ENFORCEMENT AGENCY', 'TYPE', 'COUNTY', 'SUPPORT TYPE', 'SIGNED'] as const;
const MAX_ROWS = 20_000;
/** How the list says that there is nothing. */
const NOTHING = new Set(['', '#N/A', 'N/A', 'NA', '-']);

/** As the parser gives it, with `info`. */
interface Line {
  readonly record: Record<string, string | undefined>;
  readonly info: { readonly lines: number };
}

/**
 * Reads the list. A line that says something odd is kept with what could be read of it: one that was dropped would be an
 * agency that looks as if it had signed nothing.
 *
 * @throws TypeError where it is no such list at all
 */
export function parseAgreementList(text: string): AgreementRow[] {
  // Spreadsheets are archives, and what is no UTF-8 was read with replacement characters.
  if (text.startsWith('PK\u0003\u0004')) throw new TypeError('a spreadsheet and no CSV: save it as CSV in UTF-8 first');
  // eslint-disable-next-line no-control-regex -- the characters that no list has
  if (/[\u0000-\u0008\ufffd]/.test(text)) throw new TypeError('no text in UTF-8, so no CSV that can be read');
  let headings: string[] = [];
  const rows = linesOf(text, (heading) => (headings = heading.map((name) => trimmed(name).toUpperCase())));
  const missing = REQUIRED.filter((name) => !headings.includes(name));
  if (headings.length === 0) throw new TypeError('no list of agreements: it is empty');
  if (missing.length > 0) throw new TypeError(`no list of agreements: no column ${missing.join(', ')}`);
  if (rows.length === 0) throw new TypeError('no list of agreements: it has a heading and no rows');
  if (rows.length > MAX_ROWS) throw new TypeError(`more than ${MAX_ROWS} rows`);
  return rows.map(({ record, info }) => readRow(record, info.lines));
}

function linesOf(text: string, headings: (heading: string[]) => string[]): Line[] {
  try {
    return parse(text, {
      bom: true,
      columns: headings,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
      to: MAX_ROWS + 1,
    });
  } catch (cause) {
    // Its own text repeats what stands in the file.
    const line = cause instanceof CsvError && typeof cause.lines === 'number' ? `: see line ${cause.lines}` : '';
    throw new TypeError(`no CSV that can be read${line}`, { cause });
  }
}

function readRow(record: Record<string, string | undefined>, line: number): AgreementRow {
  const text = (name: string) => trimmed(record[name] ?? '');
  const given = (name: string) => (NOTHING.has(text(name).toUpperCase()) ? undefined : text(name));
  const modelText = text('SUPPORT TYPE');
  const stateText = text('STATE');
  return {
    line,
    state: usState(stateText),
    stateText,
    agency: given('LAW ENFORCEMENT AGENCY') ?? '',
    type: text('TYPE'),
    county: given('COUNTY'),
    model: AGREEMENT_MODELS.get(modelText.toLowerCase()),
    modelText,
    signed: calendarDay(text('SIGNED')),
    ori: given('ORI')?.toUpperCase(),
    fips: given('FIPS'),
  };
}

/** Also the blanks that no one sees: no-break, zero width, byte order mark. */
function trimmed(text: string): string {
  return text
    .replaceAll(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** A day of the calendar as `YYYY-MM-DD`. */
export function calendarDay(text: string): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const parsed = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text ? undefined : text;
}
