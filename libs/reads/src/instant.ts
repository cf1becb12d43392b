import { ReadsError } from './reads-error.js';

/** `offset` is undefined for a naive time; `milliseconds` counts from the epoch as if the fields were UTC. */
export interface WrittenTime {
  readonly milliseconds: number;
  readonly offsetMinutes: number | undefined;
}

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;
const EARLIEST = 0;
const LATEST = Date.UTC(10_000, 0, 1) - 1;

/**
 * An instant as it may stand in a query: RFC 3339 with `T`, seconds and an offset (`2021-10-03T03:53:03-07:00`), at most
 * milliseconds. Refused: no offset, `-00:00` (offset unknown), 24:00, :60, a day that no calendar has, years before
 * 1970 and after 9999 (P10). Never the platform's `Date.parse`, which reads a naive time in the server's own zone.
 * @returns milliseconds since the epoch
 * @throws ReadsError `instant_malformed` `instant_no_offset` `instant_out_of_range`
 */
export function parseInstant(text: string): number {
  if (/\.\d{4,}/.test(text))
    throw new ReadsError('instant_malformed', 'an instant is given in milliseconds at the finest');
  const written = parseWrittenTime(text);
  if (written.offsetMinutes === undefined) throw new ReadsError('instant_no_offset', 'the instant has no offset');
  return instantAt(written.milliseconds, written.offsetMinutes);
}

/** Whether `text` is written as an instant and names this very one; what cannot be read names none. */
export function namesInstant(text: string, instant: number): boolean {
  return instantIn(text) === instant;
}

/** The instant that `text` names, or undefined: for what other parties wrote, where refusing means dropping. */
export function instantIn(text: string): number | undefined {
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof ReadsError) return undefined;
    throw error;
  }
}

/** The way an instant is written by this library: UTC with milliseconds, `2021-10-03T10:53:03.000Z`. */
export function formatInstant(instant: number): string {
  return new Date(inRange(instant)).toISOString();
}

/** The instant of a time written with an offset; digits beyond milliseconds were cut. */
export function instantAt(milliseconds: number, offsetMinutes: number): number {
  return inRange(milliseconds - offsetMinutes * 60_000);
}

/**
 * Reads the fields of a time with or without an offset; the calendar is checked, the zone is not known here.
 * @throws ReadsError `instant_malformed`
 */
export function parseWrittenTime(text: string): WrittenTime {
  // Longer than any time: not even looked at, so that no input costs more than another (W24).
  const match = text.length > 40 ? null : WRITTEN.exec(text);
  if (!match) throw malformed();
  const [, year, month, day, hour, minute, second, fraction = '', offset] = match;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  );
  // `Date.UTC` carries 30 February, 24:00 and :60 over; what comes back must be what was written.
  if (new Date(milliseconds).toISOString().slice(0, 19) !== text.slice(0, 19)) throw malformed();
  return { milliseconds, offsetMinutes: offset === undefined ? undefined : parseOffset(offset) };
}

function parseOffset(offset: string): number {
  if (offset === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  const total = hours * 60 + minutes;
  // RFC 3339 §4.3: -00:00 says that the offset to local time is unknown. No zone lies beyond 14 hours.
  if (minutes > 59 || total > 14 * 60 || offset === '-00:00') throw malformed();
  return offset.startsWith('-') ? -total : total;
}

function inRange(instant: number): number {
  if (!(instant >= EARLIEST && instant <= LATEST)) {
    throw new ReadsError('instant_out_of_range', 'the instant lies before 1970 or after 9999');
  }
  return instant;
}

function malformed(): ReadsError {
  return new ReadsError('instant_malformed', 'the time is not written as `2021-10-03T03:53:03-07:00`');
}
