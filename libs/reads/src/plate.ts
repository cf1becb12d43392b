import { ReadsError } from './reads-error.js';

/** The longest plate that a query or a released read may carry (protocol: `PlateTarget.text`). */
export const PLATE_MAX_LENGTH = 10;

/** What is looked at before any pattern: no plate as written, with its spaces and dashes, is longer. */
const WRITTEN_MAX_LENGTH = 32;

/** What SQL `LIKE`, shells and regular expressions read as more than themselves. */
const WILDCARDS = /[%_*?.[\](){}|^$+\\]/;
const WRITTEN = /^[A-Za-z0-9 -]*$/;

/** Whether `text` is spelt as plates are stored and searched. */
export function isNormalisedPlate(text: string): boolean {
  return /^[A-Z0-9]{1,10}$/.test(text);
}

/**
 * The one spelling by which a plate is stored and searched: ASCII capitals and digits, spaces and dashes dropped.
 * Everything else is refused, never guessed: a wildcard would widen a search (P12, `Like('A_C123')` matches `ABC123`), and
 * `ı`, `ſ` or a full-width digit would become an ASCII letter by the way of `toUpperCase` or NFKC.
 * @throws ReadsError `plate_empty` `plate_too_long` `plate_wildcard` `plate_character`
 */
export function normalisePlate(text: string): string {
  if (text.length > WRITTEN_MAX_LENGTH) throw new ReadsError('plate_too_long', 'the plate is too long');
  if (WILDCARDS.test(text)) {
    throw new ReadsError('plate_wildcard', 'a plate is matched literally and holds no wildcard or pattern character');
  }
  if (!WRITTEN.test(text)) {
    throw new ReadsError('plate_character', 'a plate holds ASCII letters, digits, spaces and dashes only');
  }
  const plate = text.replaceAll(/[ -]/g, '').toUpperCase();
  if (plate === '') throw new ReadsError('plate_empty', 'the plate is empty');
  if (plate.length > PLATE_MAX_LENGTH) throw new ReadsError('plate_too_long', 'the plate is too long');
  return plate;
}

/**
 * The two-letter code of the place that issued the plate (`wa` becomes `WA`). Not checked against a list: temporary,
 * tribal and government plates have codes of their own.
 * @throws ReadsError `plate_state_invalid`
 */
export function normalisePlateState(text: string): string {
  const state = text.trim();
  if (!/^[A-Za-z]{2}$/.test(state)) throw new ReadsError('plate_state_invalid', 'a plate state is two letters');
  return state.toUpperCase();
}
