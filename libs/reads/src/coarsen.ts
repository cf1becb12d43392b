import { EARTH_METRES } from '#policy';
import type { Location } from './read.js';

const METRES_A_DEGREE = (EARTH_METRES * Math.PI) / 180;
/** A tenth of a metre: what a coarser place hides is not in its last digits. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/**
 * The middle of the square of `metres` a side that a place lies in, so that whoever stood anywhere in it is told alike. Rows
 * of one height; as many columns in each as keep a square no wider than that. The place is within `metres` of it.
 */
export function coarsePlace({ lat, lon }: Location, metres: number): Location {
  const step = metres / METRES_A_DEGREE;
  const rows = Math.ceil(180 / step);
  const height = 180 / rows;
  const row = Math.min(rows - 1, Math.floor((lat + 90) / height));
  const middle = -90 + (row + 0.5) * height;
  // By its edge towards the equator, where the row is widest.
  const widest = Math.cos((Math.max(0, Math.abs(middle) - height / 2) * Math.PI) / 180);
  const columns = Math.max(1, Math.ceil((360 * widest) / step));
  const width = 360 / columns;
  const column = Math.min(columns - 1, Math.floor((lon + 180) / width));
  return { lat: rounded(middle), lon: rounded(-180 + (column + 0.5) * width) };
}

/** Rounded down, and not before the time that was asked for: a read of the window stays in it. Milliseconds. */
export function coarseTime(instant: number, seconds: number, from: number): number {
  const step = seconds * 1000;
  return Math.max(from, Math.floor(instant / step) * step);
}
