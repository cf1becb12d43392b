import { instantAt, parseWrittenTime } from './instant.js';
import { ReadsError } from './reads-error.js';

/** `ambiguous`: the clock showed this time twice, and `instant` (milliseconds) is the earlier of the two. */
export interface LocalInstant {
  readonly instant: number;
  readonly ambiguous: boolean;
}

/** Longer than any clock is ever ahead of or behind UTC, so that both sides of a change of offset are looked at. */
const DAY = 24 * 3_600_000;

/**
 * The instant at which a clock in `timeZone` (an IANA name) showed the naive time `localText`
 * (`2021-10-03T03:53:03`, `T` or one space). In the hour that autumn repeats the earlier instant is taken and flagged; a
 * time that spring skips never was and is refused.
 * @throws ReadsError `instant_malformed` (also where the text carries an offset) `local_time_nonexistent` `time_zone_unknown`
 */
export function instantOf(localText: string, timeZone: string): LocalInstant {
  const written = parseWrittenTime(withT(localText));
  if (written.offsetMinutes !== undefined) throw new ReadsError('instant_malformed', 'a local time carries no offset');
  return resolveLocal(written.milliseconds, timeZone);
}

/**
 * The instant of a time in a camera's file: by its own offset where it has one, else by `timeZone`.
 * @throws ReadsError as `instantOf`; `instant_no_offset` where there is neither
 */
export function capturedAt(text: string, timeZone: string | undefined): LocalInstant {
  const written = parseWrittenTime(withT(text));
  if (written.offsetMinutes !== undefined) {
    return { instant: instantAt(written.milliseconds, written.offsetMinutes), ambiguous: false };
  }
  if (timeZone === undefined) {
    throw new ReadsError('instant_no_offset', 'the time has no offset, and no time zone is given for the file');
  }
  return resolveLocal(written.milliseconds, timeZone);
}

/**
 * Refuses a name that the platform's time zone data does not know.
 * @throws ReadsError `time_zone_unknown`
 */
export function checkTimeZone(timeZone: string): void {
  formatterFor(timeZone);
}

function resolveLocal(wall: number, timeZone: string): LocalInstant {
  const offsets = new Set([offsetAt(wall - DAY, timeZone), offsetAt(wall + DAY, timeZone)]);
  const instants = [...offsets].map((offset) => wall - offset).filter((at) => at + offsetAt(at, timeZone) === wall);
  if (instants.length === 0) {
    throw new ReadsError('local_time_nonexistent', `no clock in \`${timeZone}\` showed that time`);
  }
  return { instant: instantAt(Math.min(...instants), 0), ambiguous: instants.length > 1 };
}

/** How far, in milliseconds, a clock in the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatterFor(timeZone).formatToParts(instant)) {
    if (type in fields) fields[type as keyof typeof fields] = Number(value);
  }
  const { year, month, day, hour, minute, second } = fields;
  const wholeSeconds = Math.floor(instant / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSeconds;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
    return formatter;
  } catch (cause) {
    throw new ReadsError('time_zone_unknown', `the time zone \`${timeZone}\` is not known`, { cause });
  }
}

/** Exports write `2021-10-03 03:53:03` as often as the `T` of RFC 3339. */
function withT(text: string): string {
  return text.charAt(10) === ' ' ? `${text.slice(0, 10)}T${text.slice(11)}` : text;
}
