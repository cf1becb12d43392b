import { metresBetween } from '#policy';
import type { Location } from './read.js';

/** Two reads closer together than this were made at one place, as by the two lanes of a bridge. */
export const PLACE_METRES = 250;

/** A read as far as travelling together looks at it. */
export interface PassedBy {
  readonly id: string;
  readonly plate: string;
  readonly seenAt: number;
  readonly device: string;
  readonly location?: Location;
}

/** A plate that passed with another one. */
export interface Companion {
  readonly plate: string;
  /** Distinct places at which it did, at least two. */
  readonly places: number;
  /** Its reads that lie so near, the newest first. */
  readonly reads: readonly PassedBy[];
}

/**
 * Of what passed the same devices at nearly the same time, the plates that did so at two places or more: one meeting is a
 * crossroads, two are a question. Those of the most places first, then of the most reads, then by plate.
 */
export function companionsAmong(passed: readonly PassedBy[]): Companion[] {
  const byPlate = new Map<string, Map<string, PassedBy>>();
  for (const read of passed) {
    const reads = byPlate.get(read.plate) ?? new Map<string, PassedBy>();
    byPlate.set(read.plate, reads.set(read.id, read));
  }
  return [...byPlate]
    .map(([plate, byId]) => {
      const reads = [...byId.values()].toSorted(newestFirst);
      return { plate, places: distinctPlaces(reads), reads };
    })
    .filter(({ places }) => places >= 2)
    .toSorted((a, b) => b.places - a.places || b.reads.length - a.reads.length || (a.plate < b.plate ? -1 : 1));
}

/** By the instant, and of one instant in the order in which they were stored. */
export function newestFirst(a: { seenAt: number; id: string }, b: { seenAt: number; id: string }): number {
  return b.seenAt - a.seenAt || Number(BigInt(a.id) - BigInt(b.id));
}

/**
 * How many places the reads were surely made at. A read far enough from every place so far, in the order of the reads, is
 * another one. Devices that state no place are told apart by their names, and are not added: they may stand at one of the
 * places that others state.
 */
export function distinctPlaces(reads: readonly PassedBy[]): number {
  const places: Location[] = [];
  const devices = new Set<string>();
  for (const { location, device } of reads) {
    if (location === undefined) devices.add(device);
    else if (!places.some((place) => metresBetween(place, location) < PLACE_METRES)) places.push(location);
  }
  return Math.max(places.length, devices.size);
}
