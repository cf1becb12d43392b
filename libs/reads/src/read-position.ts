import { ReadsError } from './reads-error.js';

/** Where a page of reads ended: the next one begins behind this read in the order of the search. */
export interface ReadPosition {
  /** Milliseconds. */
  readonly seenAt: number;
  /** The store's number of the read, in decimal. */
  readonly id: string;
}

/**
 * The text by which a caller takes a search up again. It holds no plate, device or place, but the store's own numbers: keep it
 * inside what is signed and sealed.
 */
export function formatReadPosition({ seenAt, id }: ReadPosition): string {
  return `r${seenAt}.${id}`;
}

/** @throws ReadsError `position_invalid` */
export function parseReadPosition(text: string): ReadPosition {
  const match = /^r(\d{1,15})\.(\d{1,18})$/.exec(text);
  if (!match) throw invalid();
  return { seenAt: Number(match[1]), id: match[2] ?? '' };
}

/** How many reads of a list that is made anew each time were given. */
export function formatListPosition(given: number): string {
  return `n${given}`;
}

/** @throws ReadsError `position_invalid` */
export function parseListPosition(text: string | undefined): number {
  if (text === undefined) return 0;
  const match = /^n(\d{1,6})$/.exec(text);
  if (!match) throw invalid();
  return Number(match[1]);
}

function invalid(): ReadsError {
  return new ReadsError('position_invalid', 'the position does not belong to this search');
}
