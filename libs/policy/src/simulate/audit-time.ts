import type { TimeWindow } from '../facts.js';

const VENDOR = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),?\s+(\d{1,2}):(\d{2}):(\d{2})\s*(AM|PM)\s*(?:UTC)?$/iu;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|\+00:00|\s*UTC)?$/u;

/**
 * Milliseconds of an instant as audit exports write it: `3/20/2026, 02:19:15 PM UTC`, ISO 8601, or a date and a time joined
 * by a space. All of them mean UTC: the same search carries the same second in every layout. `undefined` for anything else.
 */
export function parseAuditInstant(text: string): number | undefined {
  const vendor = VENDOR.exec(text.trim());
  if (vendor) {
    const [, month, day, year, hour, minute, second, half] = vendor;
    const twelve = Number(hour);
    if (twelve < 1 || twelve > 12) return undefined;
    const of24 = (twelve % 12) + (half?.toUpperCase() === 'PM' ? 12 : 0);
    return instant(Number(year), Number(month), Number(day), of24, Number(minute), Number(second));
  }
  const iso = ISO.exec(text.trim());
  if (!iso) return undefined;
  const [, year, month, day, hour, minute, second] = iso;
  return instant(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
}

/** The window that was asked for: two lines in one cell, or `A to B`. Ends before it begins in some real rows. */
export function parseTimeFrame(text: string): TimeWindow | undefined {
  const parts = text.split(/\r?\n|\s+to\s+/u).filter((part) => part.trim() !== '');
  const [from, until, ...more] = parts.map(parseAuditInstant);
  if (parts.length !== 2 || more.length > 0 || from === undefined || until === undefined) return undefined;
  return { fromMs: from, untilMs: until };
}

/** `Date.UTC` carries 31 February over into March: what does not come back as it went in is no instant. */
function instant(year: number, month: number, day: number, hour: number, minute: number, second: number) {
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(ms);
  const same =
    read.getUTCFullYear() === year &&
    read.getUTCMonth() === month - 1 &&
    read.getUTCDate() === day &&
    read.getUTCHours() === hour &&
    read.getUTCMinutes() === minute &&
    read.getUTCSeconds() === second;
  return same ? ms : undefined;
}
