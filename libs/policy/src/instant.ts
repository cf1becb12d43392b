import { isInstant } from '#protocol';
import { PolicyError } from './policy-error.js';

/**
 * Milliseconds of an instant with its offset. A local time without one, `24:00`, `:60`, a day that no calendar has and a
 * year beyond 9999 are refused (P10).
 *
 * @throws PolicyError `instant_malformed`
 */
export function parseInstant(text: string): number {
  if (!isInstant(text)) {
    throw new PolicyError('instant_malformed', [{ path: 'instant', message: 'not an instant with an offset' }]);
  }
  return Date.parse(text);
}

/** `2026-11-22T08:00:00.000Z`. Throws RangeError for what is no time, so that no text can stand for *never*. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
