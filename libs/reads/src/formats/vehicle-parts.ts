import type { CapturedVehicle } from './captured-read.js';
import { confidenceOf } from './plate-parts.js';
import type { Part } from './part.js';

/** Below this a source's own score says that it guessed: of thousands of models, one per cent is noise. */
const LEAST_CONFIDENCE = 0.2;
const MAX_LENGTH = 40;
/** What sources write where they do not know. */
const UNKNOWN = new Set(['', '-', 'unknown', 'other', 'none', 'n/a', 'null', 'undefined']);

const GREY = 'gray';

/** The attributes that are known; nothing where none is. */
export function vehicleOf(known: Readonly<Record<keyof CapturedVehicle, string | undefined>>): {
  vehicle?: CapturedVehicle;
} {
  const { make, model, colour, type } = known;
  const vehicle = {
    ...(make !== undefined && { make }),
    ...(model !== undefined && { model }),
    ...(colour !== undefined && { colour: colour === 'grey' ? GREY : colour }),
    ...(type !== undefined && { type }),
  };
  return Object.keys(vehicle).length === 0 ? {} : { vehicle };
}

/**
 * An attribute as one spelling: lower-case ASCII letters and digits, parted by single spaces or dashes (`Citroën C3` is
 * `citroen c3`). Undefined where it says nothing.
 */
export function vehicleWord(text: string | undefined): string | undefined {
  const plain = (text ?? '')
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  if (UNKNOWN.has(plain.trim())) return undefined;
  const word = plain
    .replaceAll(/[^a-z0-9-]+/g, ' ')
    .replaceAll(/-+/g, '-')
    .replaceAll(/ ?- | -/g, ' ')
    .replaceAll(/^[ -]+|[ -]+$/g, '');
  return word === '' || UNKNOWN.has(word) || word.length > MAX_LENGTH ? undefined : word;
}

/** The likeliest of a list of guesses, where the source believes in it enough. */
export function likeliest(list: Part, member: { text: string; score: string; scale: 1 | 100 }): string | undefined {
  const best = likeliestPart(list, member.score, member.scale);
  return best && vehicleWord(best.member(member.text).text());
}

/** The item of the largest score that is large enough; a list without scores has none. */
export function likeliestPart(list: Part, score: string, scale: 1 | 100): Part | undefined {
  const scored = list
    .items()
    .map((item) => ({ item, confidence: confidenceOf(item.member(score), scale).confidence ?? 0 }));
  const best = scored.toSorted((a, b) => b.confidence - a.confidence)[0];
  return best !== undefined && best.confidence >= LEAST_CONFIDENCE ? best.item : undefined;
}

/** One guess with its own score, as `{type: 'Sedan', score: 0.8}`. */
export function believed(text: Part, score: Part, scale: 1 | 100): string | undefined {
  const { confidence = 1 } = confidenceOf(score, scale);
  return confidence < LEAST_CONFIDENCE ? undefined : vehicleWord(text.text());
}
