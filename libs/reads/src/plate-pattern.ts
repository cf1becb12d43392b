import { malformed, membersOf, parseState } from './query-members.js';
import { ReadsError } from './reads-error.js';

/** A plate of which some characters are not known: `?` is exactly one character, everything else is itself (P12). */
export interface PlatePattern {
  /** 2 to 10 of `A-Z0-9?`, with at least one `?` and one that is known. */
  readonly text: string;
  readonly state?: string;
}

/** @throws ReadsError `query_malformed` `pattern_invalid` `plate_state_invalid` */
export function parsePattern(value: unknown): PlatePattern {
  const { text, state } = membersOf(value, 'pattern', ['text'], ['state']);
  if (typeof text !== 'string' || text.length > 32) throw malformed('pattern.text');
  if (!/^[A-Za-z0-9? -]*$/.test(text)) throw invalid('holds letters, digits and `?` only');
  const written = text.replaceAll(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z0-9?]{2,10}$/.test(written)) throw invalid('has from 2 to 10 characters');
  if (!written.includes('?')) throw invalid('has at least one `?`; a whole plate is asked for as plate history');
  if (knownCharacters({ text: written }) === 0) throw invalid('has at least one known character');
  return { text: written, ...(state !== undefined && { state: parseState(state, 'pattern.state') }) };
}

export function knownCharacters({ text }: PlatePattern): number {
  return text.replaceAll('?', '').length;
}

/** Whether a normalised plate, whatever its state, is one that the pattern means. */
export function fitsPattern({ text }: PlatePattern, plate: string): boolean {
  return (
    plate.length === text.length &&
    Array.from(text).every((known, position) => known === '?' || known === plate.charAt(position))
  );
}

function invalid(what: string): ReadsError {
  return new ReadsError('pattern_invalid', `a partial plate ${what}`, { at: 'pattern.text' });
}
