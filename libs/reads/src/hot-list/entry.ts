export type { SourcePermit } from '#policy';

/** What a list says of a vehicle, as far as it says it; a person compares it with the image. */
export interface ListedVehicle {
  readonly make?: string;
  readonly model?: string;
  readonly colour?: string;
  readonly type?: string;
}

/** One wanted plate, as it is stored. What is not permitted to be listed never becomes one. */
export interface ListedPlate {
  /** The list's own name of the entry: the same again replaces it. */
  readonly record: string;
  /** Normalised (`normalisePlate`). */
  readonly plate: string;
  /** Two letters; absent where the list does not say. */
  readonly plateState?: string;
  /** The source file, by the code of the vocabulary (`ncic-vehicle`, `manual` ...). */
  readonly source: string;
  /** The law, order or report that the entry stands on, in the words of whoever listed it. */
  readonly legalBasis: string;
  /** Why it is looked for: `stolen-vehicle`, `missing-person` ... */
  readonly reason: string;
  readonly caseNumber?: string;
  readonly vehicle?: ListedVehicle;
  /** Milliseconds; from this instant on it is gone. */
  readonly expiresAt: number;
}

/** A listed plate with its list, and when the list was compiled or the entry typed in. */
export interface ActiveEntry extends ListedPlate {
  readonly list: string;
  /** Milliseconds: how fresh a hit on it is. */
  readonly refreshedAt: number;
}

/** The name of a list of the agency: small letters, digits and dashes. */
export function isListName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text);
}

/** The list that officers type into during a shift. */
export const MANUAL_LIST = 'manual';
