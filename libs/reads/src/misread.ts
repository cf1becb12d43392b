import { confusables } from './confusables.js';
import { isNonPlate } from './non-plate.js';

/** Goes with every read that a person is shown. */
export interface MisreadWarning {
  readonly code: 'read_is_no_ground';
  /** One or two sentences for the person who is about to act. */
  readonly text: string;
  /** Plates that differ by one character which readers mistake; they were not searched. */
  readonly lookAlikes: readonly string[];
  /** 0 to 1, as the camera said; undefined where it did not. */
  readonly confidence: number | undefined;
  /** The text is a word that stands on signs and vehicles. */
  readonly nonPlate: boolean;
}

/**
 * The warning for a read or a released read. A read alone is no ground to act: NH and MT statutes, Green v. San Francisco
 * (9th Cir. 2014); a person compares the image with plate, state and vehicle first (D6).
 * @param read `plate` normalised
 */
export function misreadWarning(read: { readonly plate: string; readonly confidence?: number }): MisreadWarning {
  const lookAlikes = confusables(read.plate);
  const nonPlate = isNonPlate(read.plate);
  const sentences = [
    'a read is no ground by itself: a person compares the image with plate, state and vehicle before any action',
    read.confidence === undefined
      ? 'the camera stated no confidence'
      : `the camera stated a confidence of ${read.confidence}`,
    ...(lookAlikes.length > 0 ? [`mistaken easily for ${lookAlikes.join(', ')}`] : []),
    ...(nonPlate ? ['this is a word that stands on signs and vehicles'] : []),
  ];
  return {
    code: 'read_is_no_ground',
    text: sentences.join('; '),
    lookAlikes,
    confidence: read.confidence,
    nonPlate,
  };
}
