import { InvalidArgumentError } from 'commander';
import { PolicyError, parseInstant } from '#policy';

/** An instant with its offset, as it was given. */
export function instantOption(text: string): string {
  try {
    parseInstant(text);
    return text;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new InvalidArgumentError('An instant with an offset: 2026-12-01T00:00:00-08:00.');
  }
}
