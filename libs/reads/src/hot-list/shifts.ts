import { checkTimeZone, instantOf } from '../local-time.js';
import { ReadsError } from '../reads-error.js';

/** When the shifts of an agency end: local times of day, in its zone. */
export interface Shifts {
  /** `HH:MM`, ascending. */
  readonly ends: readonly string[];
  readonly timeZone: string;
}

/** Where an agency states no shifts, what is typed in is gone after as long as a shift lasts. */
export const LONGEST_SHIFT_MS = 12 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads `06:00 14:00 22:00 America/Chicago`.
 *
 * @throws ReadsError `shifts_invalid` `time_zone_unknown`
 */
export function parseShifts(text: string): Shifts {
  const words = text.trim().split(/\s+/);
  const timeZone = words.at(-1) ?? '';
  const ends = words.slice(0, -1);
  const ascending = ends.every((end, at) => at === 0 || (ends[at - 1] ?? '') < end);
  if (ends.length === 0 || !ends.every((end) => /^([01]\d|2[0-3]):[0-5]\d$/.test(end)) || !ascending) {
    throw new ReadsError('shifts_invalid', 'shifts are written as `06:00 14:00 22:00 America/Chicago`');
  }
  checkTimeZone(timeZone);
  return { ends, timeZone };
}

/**
 * When an entry that is typed in now is purged: at the end of the running shift (Neb. Rev. Stat. 60-3201 ff), and never later
 * than a shift can last. Milliseconds.
 */
export function shiftEndAfter(now: number, shifts: Shifts | undefined): number {
  const latest = now + LONGEST_SHIFT_MS;
  if (shifts === undefined) return latest;
  const ends = [-DAY_MS, 0, DAY_MS].flatMap((away) => {
    const day = new Date(now + away).toISOString().slice(0, 10);
    return shifts.ends.flatMap((end) => endOn(day, end, shifts.timeZone));
  });
  return Math.min(latest, ...ends.filter((end) => end > now));
}

/** An hour that spring skips ends no shift: the next one does, or the limit. */
function endOn(day: string, end: string, timeZone: string): number[] {
  try {
    return [instantOf(`${day}T${end}:00`, timeZone).instant];
  } catch (error) {
    if (error instanceof ReadsError && error.code === 'local_time_nonexistent') return [];
    throw error;
  }
}
