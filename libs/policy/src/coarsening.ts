import type { CoarseningCondition } from './conditions.js';

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
