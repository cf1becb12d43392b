/** Where a rule of law was read, and how surely. */
export interface Statute {
  /** USPS code of the state, or a country code. */
  readonly jurisdiction: string;
  readonly citation: string;
  /** What the source says, in a few words. */
  readonly reading: string;
  /** `H`: primary text seen. `M`: summary or press seen. `L`: not verified, and no more than a hint. */
  readonly confidence: 'H' | 'M' | 'L';
  readonly source: string;
  /** The day on which it was read, `YYYY-MM-DD`. */
  readonly as_of: string;
}

const READ_ON = '2026-11-22';

export function statute(
  jurisdiction: string,
  citation: string,
  reading: string,
  confidence: Statute['confidence'],
  source: string,
): Statute {
  return { jurisdiction, citation, reading, confidence, source, as_of: READ_ON };
}
