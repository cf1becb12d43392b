import { capturedAt, type LocalInstant } from '../local-time.js';
import { isLocation, type Location } from '../read.js';
import { Rejected } from '../rejection.js';
import type { CaptureContext } from './captured-read.js';
import type { Part } from './part.js';
import { asRejection } from './plate-parts.js';

/** The day before which no camera of this kind made reads: older means a broken clock. */
const OLDEST = Date.UTC(2000, 0, 1);
/** A camera's clock or zone may be wrong; days beyond tomorrow would only make empty partitions. */
const AHEAD_MS = 24 * 3_600_000;

/**
 * Where it was. Both members absent, or both zero (what a receiver without a fix writes), are no place; one alone, and
 * what lies outside the earth, rejects the record, since then nothing it says of the place can be trusted.
 * @throws Rejected `location_half_set` `location_invalid`
 */
export function locationOf(lat: Part, lon: Part): { location?: Location } {
  const place = { lat: degrees(lat), lon: degrees(lon) };
  if (place.lat === undefined && place.lon === undefined) return {};
  if (place.lat === undefined || place.lon === undefined) throw new Rejected('location_half_set', lat.at);
  if (place.lat === 0 && place.lon === 0) return {};
  const location = { lat: place.lat, lon: place.lon };
  if (!isLocation(location)) throw new Rejected('location_invalid', lat.at);
  return { location };
}

/** A compass direction; -1 and what is beyond a circle is how sources say that they do not know. */
export function directionOf(part: Part): { direction?: number } {
  const direction = part.number();
  if (direction === undefined || !(direction >= 0 && direction <= 360)) return {};
  return { direction: direction === 360 ? 0 : direction };
}

export interface CapturedTime {
  readonly seenAt: number;
  readonly timeAmbiguous: boolean;
}

/** Seconds or milliseconds since 1970. @throws Rejected `instant_malformed` `seen_at_in_future` `seen_at_too_old` */
export function epochTime(part: Part, unitMs: 1 | 1000, context: CaptureContext): CapturedTime {
  const value = part.required(part.number());
  if (!Number.isFinite(value)) throw new Rejected('instant_malformed', part.at);
  return plausible({ instant: Math.floor(value * unitMs), ambiguous: false }, part.at, context);
}

/** A written time, by its own offset where it has one, else by the zone that is configured. @throws Rejected */
export function writtenTime(part: Part, context: CaptureContext): CapturedTime {
  return timeOfText(part.required(part.text()), part.at, context);
}

/** As `writtenTime`, for a text that was put together from several members. */
export function timeOfText(text: string, at: string, context: CaptureContext): CapturedTime {
  return plausible(
    asRejection(at, () => capturedAt(text, context.timeZone)),
    at,
    context,
  );
}

function plausible({ instant, ambiguous }: LocalInstant, at: string, { now }: CaptureContext): CapturedTime {
  if (instant > now + AHEAD_MS) throw new Rejected('seen_at_in_future', at);
  if (instant < OLDEST) throw new Rejected('seen_at_too_old', at);
  return { seenAt: instant, timeAmbiguous: ambiguous };
}

function degrees(part: Part): number | undefined {
  try {
    return part.number();
  } catch (error) {
    if (error instanceof Rejected) throw new Rejected('location_invalid', part.at);
    throw error;
  }
}
