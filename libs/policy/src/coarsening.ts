import type { Sourced } from './conditions.js';

/** Told less exactly than it was seen, where no more is needed. At least one of the two. */
export interface CoarseningCondition extends Sourced {
  /** A place is told as the middle of its square, and lies within so many metres of it. */
  readonly place_metres?: number;
  /** A time is told rounded down to so many seconds. */
  readonly time_seconds?: number;
}

/** How exactly places and times are told; `undefined`: as they were seen. */
export interface Coarsening {
  readonly placeMetres: number | undefined;
  readonly timeSeconds: number | undefined;
}

export const AS_SEEN: Coarsening = { placeMetres: undefined, timeSeconds: undefined };

export function coarseningOf(condition: CoarseningCondition | undefined): Coarsening {
  return condition === undefined
    ? AS_SEEN
    : { placeMetres: condition.place_metres, timeSeconds: condition.time_seconds };
}

/** Coarse enough for both. */
export function coarser(a: Coarsening, b: Coarsening): Coarsening {
  return {
    placeMetres: larger(a.placeMetres, b.placeMetres),
    timeSeconds: larger(a.timeSeconds, b.timeSeconds),
  };
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
